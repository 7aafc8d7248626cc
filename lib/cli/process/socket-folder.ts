import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../util/logger';

/** Bytes of a socket's path that every system takes; longer paths are cut off without a word, outside of the folder. */
const MAX_PATH_BYTES = 103;
/** Room for a name in the folder: a slash and a number. */
const NAME_BYTES = 4;
/** Name of a folder, with the process that it ends with. */
const NAME = /^standpipe-(\d+)-[A-Za-z0-9]{6}$/;
/** Name of a worker's socket. */
const SOCKET = /^\d{1,3}$/;
/** Age from which a folder without a socket that answers is nobody's: workers that start have none yet. */
const OLD_MS = 60_000;

/**
 * A folder for the sockets between workers, which nobody else may enter, until this process ends. Undefined, with a
 * warning, where no place takes one. Folders of processes that were killed are taken away some time later.
 * @param places tried in their order
 */
export function socketFolder(
  log: Pick<Logger, 'warn'>,
  places: readonly string[] = [tmpdir(), '/tmp'],
): string | undefined {
  let failure: unknown;
  for (const place of places) {
    const beginning = join(place, `standpipe-${process.pid}-`);
    const bytes = Buffer.byteLength(`${beginning}XXXXXX`) + NAME_BYTES;
    if (bytes > MAX_PATH_BYTES) {
      failure ??= new Error(`${place}: paths of sockets there have ${bytes} bytes`);
      continue;
    }
    try {
      const folder = mkdtempSync(beginning);
      process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      void sweepSocketFolders(place, Date.now());
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

/**
 * Deletes folders of this user whose processes were killed, where nothing has happened in them for a minute and no socket
 * answers. Processes of another container may seem to be gone, and are not.
 */
export async function sweepSocketFolders(place: string, now: number): Promise<void> {
  let names: string[] = [];
  try {
    names = readdirSync(place).filter((name) => NAME.test(name));
  } catch {
    // A place that cannot be read is left as it is.
  }
  for (const name of names) {
    const folder = join(place, name);
    try {
      const { uid, mtimeMs } = lstatSync(folder);
      const isOwn = uid === process.getuid?.();
      if (!isOwn || now - mtimeMs < OLD_MS || isThere(Number(NAME.exec(name)?.[1]))) continue;
      const sockets = readdirSync(folder);
      if (!sockets.every((each) => SOCKET.test(each))) continue;
      const answers = await Promise.all(sockets.map((each) => isAnswered(join(folder, each))));
      if (!answers.includes(true)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another process may have taken it away meanwhile.
    }
  }
}

/** True for a process of this machine, or container. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** True unless nobody listens at a socket. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}
