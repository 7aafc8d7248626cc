import { join } from 'node:path';
import type { Peer } from '../peers/peer';
import { standpipe } from '../peers/standpipe';
import type { ProgramOptions } from '../servers/program';
import { APP, LIMITS } from './app';

const ROOT = join(__dirname, '..', '..', '..');

/** The gateway as the command starts it, in so many processes. */
export function withWorkers(workers: number): Peer {
  const loader = join(ROOT, '.ci', 'transpiled.cjs');
  const main = join(ROOT, 'lib', 'cli', 'main.ts');
  const flags = ['--config', '{folder}/config.json', '--workers', `${workers}`];
  const options: ProgramOptions = {
    command: [process.execPath, '-r', loader, main, 'serve', '--port', '{port}', ...flags],
    files: { 'config.json': JSON.stringify({ apps: [APP], limits: LIMITS }) },
  };
  return { ...standpipe, name: `--workers ${workers}`, server: 'servers/program', options };
}

/** The gateway on Redis. */
export function onRedis(port: number): Peer {
  return { ...standpipe, name: 'on Redis', options: { redis: `redis://127.0.0.1:${port}` } };
}
