import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Peer } from './peer';
import { rawWs, uWebSockets } from './plain';
import { nats, nchan, redis, soketi } from './programs';
import { socketIo } from './socket-io';
import { standpipe } from './standpipe';

/** Prebuilt uWebSockets.js for the versions of Node that this runs on; its own project publishes on GitHub only. */
const UWS = { name: '@trufflesuite/uws-js-unofficial', version: '20.30.0-unofficial.0' };
/** Needs uWebSockets.js of GitHub, in a version for older Node: it gets the same prebuilt one. */
const SOKETI = { name: '@soketi/soketi', version: '1.6.1' };
const NCHAN = 'ngx_nchan_module.so';
/** Debian's nginx stands where only root looks. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'];

let everyPeer: readonly Peer[] | undefined;

/** The servers of a run: the first is what the others are compared with. */
export function peersOf({ peers }: { peers: boolean }): readonly Peer[] {
  if (!peers) return [rawWs, socketIo, standpipe];
  return (everyPeer ??= [rawWs, socketIo, ...otherPeers(), standpipe]);
}

/** Servers of other projects, as far as they are here or can be fetched from npm; the others are named, with the reason. */
function otherPeers(): Peer[] {
  const folder = join(tmpdir(), 'standpipe-bench-peers');
  const found: Peer[] = [];
  const uws = fetched(folder, UWS);
  if (uws !== undefined) found.push(uWebSockets(uws));
  const overrides = { 'uWebSockets.js': `npm:${UWS.name}@${UWS.version}` };
  const server = fetched(folder, SOKETI, overrides);
  if (server !== undefined) found.push(soketi(server));
  for (const [program, peer] of [
    ['redis-server', redis],
    ['nats-server', nats],
  ] as const) {
    if (isInstalled(program)) found.push(peer());
    else console.log(`Without ${program}: it is not installed`);
  }
  const module = nchanModule();
  if (module === undefined) console.log('Without nginx and nchan: they are not installed');
  else found.push(nchan(module));
  return found;
}

export function isInstalled(program: string): boolean {
  return FOLDERS.some((path) => existsSync(join(path, program)));
}

function nchanModule(): string | undefined {
  const { stderr, error } = spawnSync('nginx', ['-V'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: FOLDERS.join(':') },
  });
  if (error !== undefined) return undefined;
  const folder = /--modules-path=(\S+)/.exec(stderr)?.[1] ?? '';
  return [folder, ...FOLDERS].map((path) => join(path, NCHAN)).find((path) => existsSync(path));
}

/** Folder of a package in a project of its own, fetched at its first use. */
function fetched(
  root: string,
  { name, version }: { name: string; version: string },
  overrides: object = {},
): string | undefined {
  const project = join(root, `${name.replace('/', '-')}-${version}`);
  const module = join(project, 'node_modules', name);
  const done = join(project, 'fetched');
  if (existsSync(done)) return module;
  console.log(`Fetching ${name} ${version}`);
  mkdirSync(project, { recursive: true });
  const manifest = { private: true, dependencies: { [name]: version }, overrides };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];
  const { status, stderr } = spawnSync('npm', args, { cwd: project, encoding: 'utf8' });
  if (status !== 0) {
    console.log(`Without ${name}: ${stderr.trim().split('\n')[0]}`);
    return undefined;
  }
  writeFileSync(done, '');
  return module;
}
