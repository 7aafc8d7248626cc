import { statSync } from 'node:fs';
import type { Logger } from '../../util/logger';

/** Time between two looks. */
const LOOK_MS = 1_000;

/**
 * Calls `changed` when a file is another one than it was, and has stayed so for one look: half a file, of an editor that
 * is still writing, is nobody's configuration. Files are looked at by their path, so a link that points elsewhere, as
 * Kubernetes replaces its volumes, is a change. A file that is gone is waited for. Ends with the process.
 * @param files paths, asked for at each look
 */
export function watchFiles(
  files: () => readonly string[],
  changed: () => void,
  log: Pick<Logger, 'info'>,
): void {
  let taken = stateOf(files());
  let before = taken;
  setInterval(() => {
    const paths = files();
    const state = stateOf(paths);
    const isStill = state === before;
    before = state;
    if (!isStill || state === taken || state.includes(GONE)) return;
    taken = state;
    log.info({ files: paths }, 'a file has changed: reading again');
    changed();
  }, LOOK_MS).unref();
}

const GONE = 'gone';

/** A text that is another one when one of the files is. */
function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const { ino, mtimeNs, size } = statSync(file, { bigint: true });
        return `${ino} ${mtimeNs} ${size}`;
      } catch {
        return GONE;
      }
    })
    .join('\n');
}
