import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../util/logger';

/** Bytes of a socket's path that every system takes; longer paths are cut off without a word, outside of the folder. */
const MAX_PATH_BYTES = 103;
/** Room for a name in the folder: a slash and a number. */
const NAME_BYTES = 4;

/**
 * A folder for the sockets between workers, which nobody else may enter, until this process ends. Undefined, with a
 * warning, where no place takes one.
 * @param places tried in their order
 */
export function socketFolder(
  log: Pick<Logger, 'warn'>,
  places: readonly string[] = [tmpdir(), '/tmp'],
): string | undefined {
  let failure: unknown;
  for (const place of places) {
    const beginning = join(place, 'standpipe-');
    const bytes = Buffer.byteLength(`${beginning}XXXXXX`) + NAME_BYTES;
    if (bytes > MAX_PATH_BYTES) {
      failure ??= new Error(`${place}: paths of sockets there have ${bytes} bytes`);
      continue;
    }
    try {
      const folder = mkdtempSync(beginning);
      process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      return folder;
    } catch (error) {
      failure ??= error;
    }
  }
  const text =
    'browsers over the HTTP fallback need one worker: there is no place for the sockets between workers; set TMPDIR to a folder that may be written to, and whose path is short';
  log.warn({ err: failure }, text);
  return undefined;
}
