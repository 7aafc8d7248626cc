import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { hasProgram, runServer } from './program';
import type { Certificate } from './tls';

/** Debian's nginx, which stands where only root looks. */
const PROGRAM = '/usr/sbin/nginx';

/** True when nginx is here. Without it a spec is skipped with the reason; in CI it fails. */
export function hasNginx(t: Test): boolean {
  return hasProgram(t, PROGRAM, 'the proxy');
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
      ${temporaryPaths(folder)}
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
  await runNginx(t, folder, config, `http://127.0.0.1:${port}/up`);
  return { port, tlsPort };
}

/** Directories for bodies that nginx writes to its disk. */
export function temporaryPaths(folder: string): string {
  const names = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return names.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
}

/** Runs nginx in the foreground until the test ends, and waits until it answers at `url`. */
export async function runNginx(
  t: Test,
  folder: string,
  config: string,
  url: string,
): Promise<void> {
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config);
  await runServer(t, [PROGRAM, '-e', 'stderr', '-p', folder, '-c', file], url);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
