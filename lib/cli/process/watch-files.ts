import { statSync } from 'node:fs';
import type { Logger } from '../../util/logger';

/** Time between two looks. */
const LOOK_MS = 1_000;

/**
 * Calls `changed` when a file is another one than it was, and has stayed so for one look: half a file, of an editor that
 * is still writing, is nobody's configuration. Files are looked at by their path, so a link that points elsewhere, as
 * Kubernetes replaces its volumes, is a change. A file that is gone is told of once and waited for; the options read from it
 * stay in force. Ends with the process.
 * @param files paths, asked for at each look
 */
export function watchFiles(
  files: () => readonly string[],
  changed: () => void,
  log: Pick<Logger, 'info' | 'warn'>,
): void {
  let taken = stateOf(files());
  let before = taken;
  /** State of which a warning has told that files are gone. */
  let told: string | undefined;
  setInterval(() => {
    const paths = files();
    const state = stateOf(paths);
    const isStill = state === before;
    before = state;
    if (!isStill) return;
    const gone = goneOf(paths, state);
    if (gone.length > 0 && told !== state) {
      log.warn({ files: gone }, 'a watched file is gone: what was read of it stays in force');
    }
    told = gone.length > 0 ? state : undefined;
    if (gone.length > 0 || state === taken) return;
    taken = state;
    log.info({ files: paths }, 'a file has changed: reading again');
    changed();
  }, LOOK_MS).unref();
}

const GONE = 'gone';

function goneOf(files: readonly string[], state: string): string[] {
  const states = state.split('\n');
  return files.filter((_, i) => states[i] === GONE);
}

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
