import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

/** Files of the page, by path. There are no others: no path of a request is ever a path of a file. */
const FILES: ReadonlyMap<string, readonly [file: string, type: string]> = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/console.js', ['console.js', 'text/javascript; charset=utf-8']],
  ['/console.css', ['console.css', 'text/css; charset=utf-8']],
  ['/icon.svg', ['icon.svg', 'image/svg+xml']],
]);

/** The built page, by the same path from the built gateway and from its source. */
const FOLDER = join(__dirname, '../../../../dist/console');

/** The page, read from the package when somebody opens it first. */
export class Assets {
  readonly #read = new Map<string, Asset>();

  /** Undefined when there is no such file. */
  get(path: string): Asset | undefined {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const [file, type] = FILES.get(path) ?? [];
    if (file === undefined || type === undefined) return undefined;
    const body = readFileSync(join(FOLDER, file));
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    const asset = { type, etag, body, gzipped: gzipSync(body) };
    this.#read.set(path, asset);
    return asset;
  }
}
