import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Meta, PipeClient } from '../..';
import { type Entry, FORMAT, type Head, type Kind } from './format';
import { Pseudonyms, withoutMembers } from './pseudonyms';

/** Written lines reach the file within this time, for a process that is killed. */
const FLUSH_MS = 1_000;

export interface RecorderOptions {
  file: string;
  app: string;
  /** Data of events is written. */
  data: boolean;
  /** Members of data that are not. */
  redact: readonly string[];
  /** Size from which on the recording ends. */
  maxBytes: number;
}

/**
 * Writes what a backend hears of browsers to a file: compressed lines of JSON, which only its owner may read. Ids of sockets and users
 * become pseudonyms. Events wait for the disk, and count as handled when they were written.
 */
export class Recorder {
  /** Resolves when the recording is full, rejects when it cannot be written. */
  readonly full: Promise<void>;
  readonly #options: RecorderOptions;
  readonly #file: WriteStream;
  readonly #gzip: Gzip;
  readonly #pseudonyms = new Pseudonyms();
  readonly #redact: ReadonlySet<string>;
  readonly #counts: Partial<Record<Kind, number>> = {};
  readonly #sinceMs = Date.now();
  readonly #flushing: NodeJS.Timeout;
  /** All who write wait for the disk together. */
  #drained: Promise<void> | undefined;
  #isOver = false;
  #filled: () => void = () => undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#redact = new Set(options.redact);
    this.#file = createWriteStream(options.file, { mode: 0o600, flags: 'wx' });
    this.#gzip = createGzip();
    this.#gzip.pipe(this.#file);
    this.full = new Promise((resolve, reject) => {
      this.#filled = resolve;
      this.#file.once('error', reject);
    });
    this.full.catch(() => undefined);
    this.#flushing = setInterval(() => this.#gzip.flush(constants.Z_SYNC_FLUSH), FLUSH_MS);
    const head: Head = {
      ...{ standpipe: FORMAT, app: options.app },
      ...{ from: new Date(this.#sinceMs).toISOString(), redacted: !options.data },
    };
    this.#gzip.write(`${JSON.stringify(head)}\n`);
  }

  /** Events written so far. */
  get count(): number {
    return Object.values(this.#counts).reduce((sum, n) => sum + n, 0);
  }

  /** Subscribes to everything of some channels, or of all. */
  listen(client: PipeClient, channels: readonly string[] | undefined): void {
    const filter = channels && { channels: [...channels] };
    client.subscribe(['socket_existence', 'user_existence']);
    client.subscribe(
      ['socket_message', 'channel_existence', 'channel_presence', 'channel_cache'],
      filter ?? {},
    );
    const { sockets, channels: all, users } = client;
    sockets.on('open', (s, meta) => this.#write('open', meta, { s }));
    sockets.on('close', (s, meta) =>
      this.#write('close', meta, { s, ...(meta.code !== undefined && { x: meta.code }) }),
    );
    sockets.on('event', (e, s, d, meta) => this.#write('event', meta, { s, e, d }));
    all.on('event', (e, c, s, d, meta) => this.#write('event', meta, { s, c, e, d }));
    all.on('occupied', (c, meta) => this.#write('occupied', meta, { c }));
    all.on('vacated', (c, meta) => this.#write('vacated', meta, { c }));
    all.on('member_added', (c, u, meta) => this.#write('added', meta, { c, u }));
    all.on('member_removed', (c, u, meta) => this.#write('removed', meta, { c, u }));
    all.on('cache_miss', (c, meta) => this.#write('cache_miss', meta, { c }));
    users.on('online', (u, meta) => this.#write('online', meta, { u }));
    users.on('offline', (u, meta) => this.#write('offline', meta, { u }));
    client.on('gap', ({ count }) => this.#write('gap', undefined, { n: count ?? 0 }));
    client.on('reset', () => this.#write('reset', undefined, {}));
  }

  /** Writes the last line, and resolves when the file is whole. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#flushing);
    // A failure was told by `full`.
    if (this.#file.destroyed) return;
    const closed = once(this.#file, 'close');
    this.#gzip.end(`${JSON.stringify({ end: this.#counts })}\n`);
    await closed;
  }

  /** Ends a recording that has never begun, and leaves no file of it. */
  async discard(): Promise<void> {
    await this.end();
    // Nothing was written to a file that was there already: it stays.
    if (this.#file.bytesWritten > 0) await rm(this.#options.file);
  }

  /** A promise only while the disk is waited for: events whose handlers return one may be overtaken by others. */
  #write(
    k: Kind,
    meta: Meta | undefined,
    about: Omit<Entry, 't' | 'k'>,
  ): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    const { data } = this.#options;
    const { s, u = meta?.userId, d, ...rest } = about;
    const entry: Entry = {
      t: Math.max(0, Math.round((meta?.time ?? Date.now()) - this.#sinceMs)),
      ...{ k, ...rest },
      ...(s !== undefined && { s: this.#pseudonyms.of(s) }),
      ...(u !== undefined && { u: this.#pseudonyms.of(u) }),
      ...(data && d !== undefined && { d: withoutMembers(d, this.#redact) }),
    };
    this.#counts[k] = (this.#counts[k] ?? 0) + 1;
    const hasRoom = this.#gzip.write(`${JSON.stringify(entry)}\n`);
    if (this.#file.bytesWritten >= this.#options.maxBytes) this.#filled();
    if (hasRoom) return undefined;
    this.#drained ??= once(this.#gzip, 'drain').then(() => void (this.#drained = undefined));
    return this.#drained;
  }
}
