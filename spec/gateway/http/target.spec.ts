import t from 'tap';
import { ClientAddress } from '../../../lib/gateway/http/client-address';
import { type Target, parseTarget } from '../../../lib/gateway/http/target';

const parsed = (target: string, prefix: string): Target => parseTarget(target, prefix)[0];

t.test('a target is split into path and query once', async (t) => {
  t.match(parsed('/a/b?c=d?e', ''), { path: '/a/b', query: 'c=d?e' });
  t.match(parsed('/a', ''), { path: '/a', query: '' });
  t.match(parsed('/', ''), { path: '/', query: '' });
});

t.test('a target in absolute form means the same (RFC 9112, section 3.2.2)', async (t) => {
  t.match(parsed('http://host:1/a?b', ''), { path: '/a', query: 'b', signable: ['/a'] });
  t.match(parsed('https://host?b', ''), { path: '/', query: 'b' });
  t.match(parsed('*', ''), { path: '*' });
});

t.test('a prefix is taken away, and both forms may have been signed', async (t) => {
  const both = ['/ws/apps/1', '/apps/1'];
  t.match(parsed('/ws/apps/1', '/ws'), { path: '/apps/1', signable: both });
  t.match(parsed('/apps/1', '/ws'), { path: '/apps/1', signable: [...both].reverse() });
  t.match(parsed('/wsx/apps/1', '/ws'), { path: '/wsx/apps/1' });
  const paths = parseTarget('/pusher/app/k/1/s/xhr', '/pusher').map(({ path }) => path);
  t.strictSame(paths, ['/app/k/1/s/xhr', '/pusher/app/k/1/s/xhr'], 'two readings');
});

t.test('addresses of X-Forwarded-For are counted in one form each', async (t) => {
  const clients = new ClientAddress(['127.0.0.1', 'fd00::/8']);
  const rows: Array<[forwarded: string, address: string]> = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['[0:0:0:0:0:ffff:192.0.2.1]:443', '192.0.2.1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['[2001:0db8::0001:0000:0000:0001]:80', '2001:db8::1:0:0:1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
    ['2001:db8::7, fd00:0::1%2', '2001:db8::7'],
    ['unknown', '127.0.0.1'],
  ];
  for (const [forwarded, address] of rows) t.equal(clients.of('127.0.0.1', forwarded), address);
});
