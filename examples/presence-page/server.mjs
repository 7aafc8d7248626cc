/**
 * A page that shows who has it open, with no server of the app's own but this process: it is the gateway, the backend that
 * says who joins, and the web server of the page.
 *
 *   node examples/presence-page/server.mjs      # prints a URL; open it in several tabs
 *
 * PORT and PAGE_PORT choose other ports than 6001 and 6002. In this repository, `npm run build` comes first.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createClient } from 'standpipe';
import { Gateway } from 'standpipe/gateway';

const app = { id: '1', key: 'presence-key', secret: 'presence-secret', clientEvents: true };
const gateway = await new Gateway({ port: Number(process.env.PORT ?? 6001), apps: [app] }).start();

const backend = createClient({
  appId: app.id,
  key: app.key,
  secret: app.secret,
  port: gateway.port,
});
// Everybody is who they say they are: an app with accounts looks at `cookies` or `headers` instead.
backend.authorize('presence-page', ({ socketId, body }) => {
  const name = (body.get('name') ?? '').trim().slice(0, 30) || 'somebody';
  return { userId: socketId, userInfo: { name } };
});
await backend.connect();

const script = createRequire(import.meta.url).resolve('standpipe/package.json');
const files = new Map([
  ['/', ['text/html', new URL('page/index.html', import.meta.url)]],
  ['/app.js', ['text/javascript', new URL('page/app.js', import.meta.url)]],
  [
    '/standpipe.min.js',
    ['text/javascript', script.replace(/package\.json$/, 'dist/standpipe.min.js')],
  ],
]);
const settings = JSON.stringify({ key: app.key, port: gateway.port });

const server = createServer(async (request, response) => {
  const [path] = request.url.split('?', 1);
  const file = files.get(path);
  if (path === '/settings.json')
    response.setHeader('content-type', 'application/json').end(settings);
  else if (file === undefined) response.writeHead(404).end();
  else {
    const [type, source] = file;
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.end(await readFile(typeof source === 'string' ? source : fileURLToPath(source)));
  }
});
server.listen(Number(process.env.PAGE_PORT ?? 6002), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${server.address().port}`),
);

process.once('SIGINT', async () => {
  server.close();
  server.closeAllConnections();
  await backend.disconnect();
  await gateway.stop();
});
