import t from 'tap';
import { checkGatewayOptions, type GatewayOptions } from '../../../lib/gateway/options/options';

const APPS = [{ id: '1', key: 'key', secret: 'a-secret-of-the-specs' }];
const TOKEN = { name: 'ops', token: 't'.repeat(32) };

function check(console: GatewayOptions['console'], more: Partial<GatewayOptions> = {}): string {
  try {
    checkGatewayOptions({ apps: APPS, console, ...more });
    return 'fine';
  } catch (error) {
    return (error as Error).message;
  }
}

t.test('the console is for this machine unless it has tokens and TLS', async (t) => {
  const tls = { cert: 'cert', key: 'key' };
  t.equal(check({ port: 6010 }), 'fine');
  t.equal(check({ port: 6010, host: 'localhost' }), 'fine');
  t.equal(check({ port: 6010, host: '::1' }), 'fine');
  const everywhere = { port: 6010, host: '0.0.0.0' };
  t.match(check(everywhere), /^console\.tokens: must hold a token on 0\.0\.0\.0/);
  t.match(check({ ...everywhere, tls }), /^console\.tokens/);
  t.match(check({ ...everywhere, tokens: [TOKEN] }), /^console\.tls: is needed on 0\.0\.0\.0/);
  t.equal(check({ ...everywhere, tokens: [TOKEN], tls }), 'fine');
  t.equal(check({ ...everywhere, tokens: [TOKEN], behindProxy: true }), 'fine');
});

t.test(
  'a console at the paths of the gateway has tokens, and TLS where other machines come',
  async (t) => {
    const tls = { cert: 'cert', key: 'key' };
    const open = { public: true, tokens: [TOKEN] };
    const everywhere = { host: '0.0.0.0' };
    t.equal(check(open), 'fine');
    t.equal(check({ ...open, port: 6010 }), 'fine');
    t.match(check({ tokens: [TOKEN] }), /^console\.port: is needed, or public: true/);
    t.match(check({ public: true }), /^console\.tokens: must hold a token with public: true/);
    t.match(check({ public: true, port: 6010 }), /^console\.tokens/, 'none is made for the world');
    t.match(check(open, everywhere), /^console\.public: needs the gateway's tls on 0\.0\.0\.0/);
    t.equal(check(open, { ...everywhere, tls }), 'fine');
    const proxied = { ...open, behindProxy: true };
    t.match(check(proxied, everywhere), /^console\.behindProxy: needs trustedProxies/);
    t.equal(check(proxied, { ...everywhere, trustedProxies: ['10.0.0.0/8'] }), 'fine');
  },
);

t.test('options of the console are checked', async (t) => {
  t.match(check({ port: 6010, tokens: [{ name: 'ops', token: 'short' }] }), /32 to 256 characters/);
  t.match(
    check({ port: 6010, tokens: [{ ...TOKEN, name: 'a b' }] }),
    /^console\.tokens\[0\]\.name/,
  );
  t.match(check({ port: 6010, tokens: [TOKEN, TOKEN] }), /is the name of another token/);
  t.equal(
    check({ port: 6010, tokens: [TOKEN, { ...TOKEN, name: 'b', role: 'operator' }] }),
    "console.tokens[1].token: is that of 'ops': each has its own",
  );
  t.match(check({ port: 6010, tokens: [{ ...TOKEN, role: 'admin' as never }] }), /role/);
  t.match(check({ port: 6001 }, { port: 6001 }), /^console\.port: must be another port than port/);
  t.match(check({ port: 6010 }, { metrics: { port: 6010 } }), /another port than metrics\.port/);
});
