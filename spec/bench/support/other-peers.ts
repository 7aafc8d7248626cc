import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PEERS, rawWs, standpipe, type Peer } from './peers';

/** Prebuilt uWebSockets.js for the versions of Node that this runs on; its own project publishes on GitHub only. */
const UWS = '@trufflesuite/uws-js-unofficial';

/** The servers of a run. With `all`, also uWebSockets.js, fetched into a temporary folder at its first use. */
export function peersOf(all: boolean): readonly Peer[] {
  if (!all) return PEERS;
  const others = PEERS.filter((peer) => peer !== standpipe);
  const module = fetched(UWS);
  if (module === undefined) return PEERS;
  const uws = {
    ...rawWs,
    name: 'uWebSockets.js',
    server: 'servers/uws',
    options: { folder: module },
  };
  return [...others, uws, standpipe];
}

function fetched(name: string): string | undefined {
  const folder = join(tmpdir(), 'standpipe-bench-peers');
  const module = join(folder, 'node_modules', name);
  if (existsSync(module)) return module;
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync('npm', ['install', '--prefix', folder, '--no-save', name], {
    encoding: 'utf8',
  });
  if (status === 0) return module;
  console.log(`Without ${name}: ${stderr.trim().split('\n')[0]}`);
  return undefined;
}
