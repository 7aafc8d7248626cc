import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Certificate } from './tls';

/** Debian's nginx, which stands where only root looks. */
const PROGRAM = '/usr/sbin/nginx';

/** True when nginx is here. Without it a spec is skipped with the reason; in CI it fails. */
export function hasNginx(t: Test): boolean {
  if (existsSync(PROGRAM)) return true;
  const message = `${PROGRAM} is not installed: the proxy is not tested`;
  if (process.env['CI'] === 'true') t.fail(message);
  else t.comment(message);
  return false;
}

export interface Proxied {
  /** Location blocks of both servers. */
  locations: string;
  tls: Certificate;
}

/** An nginx whose settings are its own defaults, but for the locations; it stops when the test ends. */
export async function startNginx(
  t: Test,
  { locations, tls }: Proxied,
): Promise<{ port: number; tlsPort: number }> {
  const folder = t.testdir();
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'cert.pem'), tls.cert);
  writeFileSync(join(folder, 'key.pem'), tls.key);
  const config = `
    daemon off;
    pid ${folder}/pid;
    error_log stderr error;
    events {}
    http {
      access_log off;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      server { listen 127.0.0.1:${port}; location = /up { return 204; } ${locations} }
      server {
        listen 127.0.0.1:${tlsPort} ssl;
        ssl_certificate ${folder}/cert.pem;
        ssl_certificate_key ${folder}/key.pem;
        ${locations}
      }
    }`;
  writeFileSync(join(folder, 'nginx.conf'), config);
  const nginx = spawn(PROGRAM, ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => nginx.once('exit', () => resolve()));
  t.teardown(async () => {
    nginx.kill('SIGTERM');
    await ended;
  });
  let over = false;
  void ended.then(() => (over = true));
  for (let up = false; !up;) {
    if (over) throw new Error('nginx has ended');
    up = await fetch(`http://127.0.0.1:${port}/up`).then(
      () => true,
      () => false,
    );
  }
  return { port, tlsPort };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
