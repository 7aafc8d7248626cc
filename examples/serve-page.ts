/**
 * A tiny HTTP server for the pages of the examples: the folder `page` of an example, the stock pusher-js from node_modules,
 * the back channel of Standpipe, a config.json that tells the page where its gateway is, and the example's code to look at.
 * It listens on 127.0.0.1 only.
 */
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { codePage, readCode } from './serve-code';

export interface PageOptions {
  /** The folder of the example; its folder `page` has index.html. Files are read once, at the start. */
  folder: string;
  /** The content of /config.json, which the page fetches: the app's key, the gateway's port, and other settings. */
  config: { key: string; port: number } & Record<string, unknown>;
  /** The port to listen on, or the first of the twenty to try. */
  port: number;
  /** False: take `port` or fail. */
  tryNext: boolean;
}

export interface Page {
  url: string;
  stop(): Promise<void>;
}

interface Asset {
  type: string;
  body: Buffer;
}

const HTML = 'text/html; charset=utf-8';
const TYPES = new Map([
  ['.html', HTML],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
]);

/** Addresses that a page may reach its gateway by, as WebSocket and for the answers of `/pusher/auth`. */
const GATEWAY_URLS = ['ws', 'http'].flatMap((scheme) => [
  `${scheme}://127.0.0.1`,
  `${scheme}://localhost`,
]);

/** Serves the page. Rejects when no port is free. */
export async function servePage(options: PageOptions): Promise<Page> {
  const assets = await loadAssets(options);
  const code = readCode(options.folder);
  const ws = options.config.port;
  const headers = {
    'content-security-policy': `default-src 'self'; img-src 'self' data:; connect-src 'self' ${GATEWAY_URLS.map((url) => `${url}:${ws}`).join(' ')}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
  const find = (path: string, query: string): Asset | undefined => {
    if (!path.startsWith('/code/')) return assets.get(path === '/' ? '/index.html' : path);
    const at = new URLSearchParams(query).get('at') ?? '';
    const body = codePage(code, path.slice('/code/'.length), at);
    return body === undefined ? undefined : { type: HTML, body: Buffer.from(body) };
  };
  const server = createServer(({ method, url = '/' }, response) => {
    const [path = '/', query = ''] = url.split('?', 2);
    const asset = find(path, query);
    if (asset === undefined || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(asset === undefined ? 404 : 405, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-type': asset.type });
    response.end(method === 'HEAD' ? undefined : asset.body);
  });

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const last = options.tryNext && options.port !== 0 ? options.port + 19 : options.port;
  for (let port = options.port; ; port += 1) {
    try {
      await listen(port);
      break;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || port >= last) throw error;
    }
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function loadAssets({ folder, config }: PageOptions): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  const add = (path: string, body: Buffer | string): void => {
    const type = TYPES.get(extname(path));
    if (type !== undefined) assets.set(path, { type, body: Buffer.from(body) });
  };
  const page = join(folder, 'page');
  for (const entry of await readdir(page, { withFileTypes: true })) {
    if (entry.isFile()) add(`/${entry.name}`, await readFile(join(page, entry.name)));
  }
  for (const name of ['base.css', 'code.css'])
    add(`/${name}`, await readFile(join(__dirname, name)));
  add('/pusher.js', await readFile(require.resolve('pusher-js/dist/web/pusher.min.js')));
  // The package is CommonJS; a browser has no `exports`, so it gets one with a name.
  const backChannel = await readFile(require.resolve('standpipe/back-channel'), 'utf8');
  add('/back-channel.js', `((exports) => {\n${backChannel}\n})((window.standpipe = {}));\n`);
  add('/config.json', JSON.stringify(config));
  return assets;
}
