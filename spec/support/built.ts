import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Path of a file of the package as users get it, built again first, as a whole, when a source is newer. */
export function built(file: string): string {
  const sources = readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true });
  const newest = Math.max(
    ...sources
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  const path = join(root, 'dist', file);
  const compiled = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (compiled < newest) {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
  }
  return path;
}
