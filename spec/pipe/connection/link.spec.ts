import fc from 'fast-check';
import t from 'tap';
import type { StandpipeError } from '../../../lib/errors';
import { createClient } from '../../../lib/pipe/client';
import { CLOSE_CODES } from '../../../lib/wire/close-codes';
import { ManualClock } from '../../support/manual-clock';
import { CREDENTIALS, connectedClient, scriptedClient } from '../../support/scripted-client';

t.test('a connection goes from idle over dialing and greeting to open', async (t) => {
  const { client, gateway, states } = scriptedClient();
  t.equal(client.state, 'idle');
  const connected = client.connect();
  gateway.socket.open();
  await connected;
  t.same(states, ['dialing', 'greeting', 'open']);
});

t.test('the handshake is signed in a header and the URL holds no credentials', (t) => {
  const { client, gateway } = scriptedClient({ host: 'gateway.example', port: 8443 });
  void client.connect();
  const { url, options } = gateway.socket;
  t.equal(url, 'wss://gateway.example:8443/pipe/7');
  t.equal(options.protocol, 'standpipe.v1');
  t.match(
    options.headers['authorization'],
    /^Standpipe auth_key=the-key&auth_timestamp=1700000000&auth_version=1\.0&auth_signature=[\da-f]{64}$/,
  );
  t.end();
});

t.test('an address of IPv6 stands in brackets in the URL', (t) => {
  const { client, gateway } = scriptedClient({ host: '::1' });
  void client.connect();
  t.equal(gateway.socket.url, 'ws://[::1]:6001/pipe/7');
  t.end();
});

const refusal = (code: string, message = 'fix the secret'): string =>
  JSON.stringify({ error: { code, message } });

for (const [refused, code] of [
  ['missing_parameter', 'bad_credentials'],
  ['unknown_key', 'bad_credentials'],
  ['bad_version', 'bad_credentials'],
  ['bad_timestamp', 'bad_credentials'],
  ['bad_signature', 'bad_credentials'],
  ['bad_subprotocol', 'protocol_error'],
] as const) {
  t.test(`a gateway's refusal with ${refused} is final and told with what to fix`, async (t) => {
    const { client, gateway, clock, errors, states } = scriptedClient();
    const connected = client.connect();
    gateway.socket.refuse(401, refusal(refused));
    await t.rejects(connected, { code, message: 'fix the secret', status: 401 });
    t.equal(states.at(-1), 'failed');
    t.equal(errors.length, 1);
    clock.advance(3_600_000);
    t.equal(gateway.sockets.length, 1, 'and not retried');
    t.equal(clock.timers, 0, 'no timer is left');
  });
}

t.test('a 401, 403 or 404 of something else than a gateway is retried, and told as such', (t) => {
  for (const status of [401, 403, 404]) {
    for (const body of [
      '',
      '<html>Forbidden</html>',
      '{}',
      '{"error":"no"}',
      '{"error":{}}',
      'null',
    ]) {
      const { client, gateway, clock, errors } = scriptedClient();
      void client.connect();
      gateway.socket.refuse(status, body);
      t.equal(client.state, 'waiting', `${status} ${body}`);
      t.match(errors, [{ code: 'connect_failed', status, message: /not an answer of a gateway/ }]);
      clock.advance(1_000);
      gateway.socket.open();
      t.equal(client.state, 'open');
    }
  }
  t.end();
});

t.test(
  'an app that is unknown or switched off during a deploy is tried again, with a backoff',
  (t) => {
    for (const [status, code] of [
      [404, 'unknown_app'],
      [403, 'app_disabled'],
    ] as const) {
      const { client, gateway, clock, errors } = scriptedClient();
      clock.chance = 1;
      void client.connect();
      const waits: Array<number | undefined> = [];
      for (let i = 0; i < 3; i += 1) {
        gateway.socket.refuse(status, refusal(code, 'check appId'));
        waits.push(clock.nextMs);
        clock.advance(clock.nextMs ?? 0);
      }
      t.same(waits, [1_000, 2_000, 4_000]);
      t.match(errors[0], { code: 'connect_failed', status, message: /check appId/ });
      gateway.socket.open();
      t.equal(client.state, 'open');
    }
    t.end();
  },
);

t.test('a signature that the gateway takes for expired is made anew by its clock', (t) => {
  const { client, gateway, clock } = scriptedClient();
  const timestamp = (): number =>
    Number(/auth_timestamp=(\d+)/.exec(gateway.socket.options.headers['authorization'] ?? '')?.[1]);
  void client.connect();
  t.equal(timestamp(), 1_700_000_000);
  gateway.socket.refuse(401, refusal('expired'), {
    date: new Date(1_800_000_000_000).toUTCString(),
  });
  t.equal(client.state, 'waiting');
  clock.advance(1_000);
  const off = timestamp() - 1_800_000_000;
  t.ok(off >= 0 && off <= 1, `${off}`);
  gateway.socket.refuse(401, refusal('expired'), { date: 'nonsense' });
  clock.advance(4_000);
  t.ok(timestamp() < 1_700_000_100, 'without a date its own clock counts');
  t.end();
});

t.test(
  'a gateway that goes away is dialled again within a second, the next time with a backoff',
  (t) => {
    const { client, gateway, clock } = connectedClient({ backoff: { baseMs: 20_000 } });
    clock.chance = 1;
    clock.advance(10_000);
    gateway.socket.drop(4503);
    t.equal(clock.nextMs, 1_000);
    clock.advance(1_000);
    gateway.socket.open().drop(4503);
    t.equal(clock.nextMs, 30_000);
    t.equal(client.state, 'waiting');
    t.end();
  },
);

t.test('a gateway behind a prefix is dialled there, and the prefix is not signed', (t) => {
  for (const path of ['/realtime', '/realtime/']) {
    const plain = scriptedClient();
    const behind = scriptedClient({ path });
    for (const { client } of [plain, behind]) void client.connect();
    t.equal(behind.gateway.socket.url, 'ws://127.0.0.1:6001/realtime/pipe/7');
    t.same(behind.gateway.socket.options.headers, plain.gateway.socket.options.headers);
  }
  t.end();
});

t.test('bad credentials that nobody awaits or hears of go to the log', async (t) => {
  const { client, gateway, lines } = scriptedClient({}, { listenToErrors: false });
  void client.connect();
  gateway.socket.refuse(401, refusal('unknown_key'));
  await new Promise(setImmediate);
  t.match(lines, [{ level: 'warn', details: { code: 'bad_credentials' } }]);
});

t.test('after bad credentials connect may be called again', async (t) => {
  const { client, gateway } = scriptedClient();
  client.connect().catch(() => undefined);
  gateway.socket.refuse(401, refusal('bad_signature'));
  const connected = client.connect();
  gateway.socket.open();
  await connected;
  t.equal(client.state, 'open');
});

t.test('any other refusal is retried and connect stays pending', async (t) => {
  const { client, gateway, clock, errors } = scriptedClient();
  const connected = client.connect();
  gateway.socket.refuse(503);
  t.match(errors, [{ code: 'connect_failed', status: 503 }]);
  clock.advance(1_000);
  t.equal(gateway.sockets.length, 2);
  gateway.socket.fail('ECONNREFUSED');
  clock.advance(2_000);
  gateway.socket.open();
  await connected;
  t.equal(client.state, 'open');
});

t.test('a redirect is a refusal and is not followed', (t) => {
  const { client, gateway, errors } = scriptedClient();
  void client.connect();
  gateway.socket.refuse(302, '', { location: 'ws://elsewhere.example/' });
  t.match(errors, [{ code: 'connect_failed', status: 302 }]);
  t.equal(client.state, 'waiting');
  t.end();
});

t.test('Retry-After is honoured in both of its forms, up to ten minutes', (t) => {
  const cases: Array<[header: string, atLeastMs: number]> = [
    ['7', 7_000],
    [new Date(1_700_000_000_000 + 30_000).toUTCString(), 30_000],
    ['99999999', 600_000],
    ['nonsense', 0],
    ['-5', 0],
  ];
  for (const [header, atLeastMs] of cases) {
    const { client, gateway, clock } = scriptedClient();
    clock.chance = 0;
    void client.connect();
    gateway.socket.refuse(429, '', { 'retry-after': header });
    t.equal(clock.nextMs, atLeastMs, header);
  }
  t.end();
});

t.test('waits are random between zero and a limit that doubles up to maxMs', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }),
      (chances) => {
        const { client, gateway, clock } = scriptedClient({
          backoff: { baseMs: 500, maxMs: 30_000 },
        });
        void client.connect();
        chances.forEach((chance, failures) => {
          clock.chance = chance;
          gateway.socket.fail('refused');
          const limit = Math.min(30_000, 500 * 2 ** (failures + 1));
          t.equal(clock.nextMs, Math.round(chance * limit));
          clock.advance(clock.nextMs ?? 0);
        });
      },
    ),
    { numRuns: 50 },
  );
  t.end();
});

t.test('waits start small again only after ten seconds of health', (t) => {
  const { client, gateway, clock } = scriptedClient();
  clock.chance = 1;
  void client.connect();
  const waits: Array<number | undefined> = [];
  for (const healthMs of [0, 9_999, 0, 10_000]) {
    gateway.socket.open();
    clock.advance(healthMs);
    gateway.socket.drop();
    waits.push(clock.nextMs);
    clock.advance(clock.nextMs ?? 0);
  }
  t.same(waits, [1_000, 2_000, 4_000, 1_000]);
  t.end();
});

t.test('an attempt that takes longer than connectTimeoutMs is given up, in either half', (t) => {
  for (const half of ['dialing', 'greeting']) {
    const { client, gateway, clock, errors } = scriptedClient({ connectTimeoutMs: 5_000 });
    void client.connect();
    const first = gateway.socket;
    if (half === 'greeting') first.accept();
    t.equal(client.state, half);
    clock.advance(5_000);
    t.equal(first.terminated, true);
    t.match(errors, [{ code: 'connect_failed' }]);
    t.equal(client.state, 'waiting');
  }
  t.end();
});

t.test('a dial that throws is a failed attempt', (t) => {
  const clock = new ManualClock();
  const errors: StandpipeError[] = [];
  let calls = 0;
  const client = createClient(CREDENTIALS, {
    clock,
    dial: () => {
      calls += 1;
      throw new Error('bad certificate');
    },
  });
  client.on('error', (error) => void errors.push(error));
  void client.connect();
  t.match(errors, [{ code: 'connect_failed', message: 'bad certificate' }]);
  clock.advance(1_000);
  t.equal(calls, 2);
  t.end();
});

t.test('the close-code table decides whether a closed connection is tried again', (t) => {
  for (const { code, name, retry } of Object.values(CLOSE_CODES)) {
    const { client, gateway } = connectedClient();
    const told: boolean[] = [];
    client.on('disconnected', ({ willReconnect }) => void told.push(willReconnect));
    gateway.socket.drop(code, name);
    t.equal(client.state, retry === 'never' ? 'failed' : 'waiting', name);
    t.same(told, [retry !== 'never'], name);
  }
  for (const code of [1001, 1006, 1011, 1012, 4999]) {
    const { client, gateway } = connectedClient();
    gateway.socket.drop(code);
    t.equal(client.state, 'waiting', `${code} has no row, so nothing says that it is final`);
  }
  t.end();
});

t.test('callbacks of an old socket cannot touch the present one', (t) => {
  const { client, gateway, clock } = connectedClient();
  const old = gateway.socket;
  old.drop();
  clock.advance(1_000);
  gateway.socket.open();
  const before = gateway.socket.sent.length;
  old.say({ type: 'ping', time: 1 });
  old.drop(4401);
  old.accept();
  old.refuse(401);
  t.equal(client.state, 'open');
  t.equal(gateway.socket.sent.length, before);
  t.end();
});

t.test('a frame before the welcome, or bytes that are no frame, end the attempt with 4400', (t) => {
  for (const wrong of ['early', 'bytes', 'version'] as const) {
    const { client, gateway, errors } = scriptedClient();
    void client.connect();
    gateway.socket.accept();
    if (wrong === 'early') gateway.socket.say({ type: 'ping', time: 1 });
    if (wrong === 'bytes') gateway.socket.sayBytes(Uint8Array.of(255, 255, 255));
    if (wrong === 'version') gateway.socket.welcome({ version: 2 });
    t.match(gateway.socket.closed, { code: 4400 }, wrong);
    t.match(errors, [{ code: 'connect_failed', status: 4400 }], wrong);
    t.equal(client.state, 'waiting', wrong);
  }
  t.end();
});

t.test('a failure of any length and language ends the connection, not the process', (t) => {
  const { client, gateway } = connectedClient({
    log: {
      debug: () => undefined,
      info: () => {
        throw new Error('ö'.repeat(31).padEnd(500, '🙂'));
      },
      warn: () => undefined,
      error: () => undefined,
    },
  });
  gateway.socket.say({ type: 'goAway', deadlineMs: 0, reason: '', nodes: [] });
  t.match(gateway.socket.closed, { code: 4400, reason: /^ö{31}🙂+…$/u });
  t.equal(client.state, 'waiting');
  t.end();
});

t.test('each established connection has one connected and one disconnected', (t) => {
  const { client, gateway, clock } = scriptedClient();
  const told: string[] = [];
  client.on('connected', ({ session }) => void told.push(`connected ${session}`));
  client.on(
    'disconnected',
    ({ code, error }) => void told.push(`disconnected ${code} ${error?.code}`),
  );
  void client.connect();
  gateway.socket.fail('refused');
  clock.advance(1_000);
  gateway.socket.open();
  gateway.socket.drop(4503, 'draining');
  clock.advance(30_000);
  gateway.socket.open();
  t.same(told, ['connected new', 'disconnected 4503 connection_lost', 'connected reset']);
  t.end();
});

t.test('a handler of state may disconnect in any state', async (t) => {
  for (const state of ['dialing', 'greeting', 'open', 'waiting'] as const) {
    const { client, gateway, clock, errors } = scriptedClient();
    let over: Promise<void> | undefined;
    client.on('state', (next) => {
      if (next === state) over ??= client.disconnect();
    });
    client.connect().catch(() => undefined);
    if (state === 'waiting') gateway.socket.fail('refused');
    else if (state !== 'dialing') gateway.socket.open();
    await new Promise(setImmediate);
    clock.advance(2_000);
    await over;
    t.equal(client.state, 'closed', state);
    t.equal(clock.timers, 0, state);
    t.equal(gateway.sockets.length, 1, state);
    t.same(
      errors.filter(({ code }) => code !== 'connect_failed'),
      [],
      state,
    );
  }
});
