import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Publishing over the HTTP API, single and in batches of 10; a table of its own, beside bare node:http. */
export async function http(): Promise<void> {
  console.log('\nHTTP publish');
  const args = ['-r', 'ts-node/register/transpile-only', join(__dirname, 'http-publish.ts')];
  await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
}
