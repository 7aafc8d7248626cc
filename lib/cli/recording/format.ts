import { createReadStream } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import { StandpipeError } from '../../errors';
import { isObject, parseJson } from '../../pusher/json';

/** Version of the form of a recording. */
export const FORMAT = 1;

/** First line of a recording. */
export interface Head {
  standpipe: typeof FORMAT;
  app: string;
  /** Time of the beginning, ISO 8601. */
  from: string;
  /** False when the data of events is in it. */
  redacted: boolean;
}

export type Kind =
  | 'open'
  | 'close'
  | 'event'
  | 'occupied'
  | 'vacated'
  | 'added'
  | 'removed'
  | 'online'
  | 'offline'
  | 'cache_miss'
  | 'gap'
  | 'reset';

/** Event of a recording: time since its beginning in milliseconds, kind, socket, channel, event, data, user, close code, count. */
export interface Entry {
  t: number;
  k: Kind;
  s?: string;
  c?: string;
  e?: string;
  d?: unknown;
  u?: string;
  x?: number;
  n?: number;
}

/** Last line: without it the recording was cut off. */
export interface End {
  end: Partial<Record<Kind, number>>;
}

/** A recording, read line by line. */
export interface Recording {
  readonly head: Head;
  readonly entries: AsyncIterable<Entry>;
  /** The last line, once all entries were read; undefined when the file was cut off. */
  readonly end: () => End['end'] | undefined;
}

/**
 * Opens a recording. Of a file that was cut off, all whole lines are read.
 * @throws StandpipeError `bad_argument` when it is no recording of this version
 */
export async function openRecording(file: string): Promise<Recording> {
  const lines = linesOf(file)[Symbol.asyncIterator]();
  const first = await lines.next();
  const head = first.done === true ? undefined : parseJson(first.value);
  if (!isObject(head) || head['standpipe'] !== FORMAT) {
    const message = `${file}: is no recording of version ${FORMAT}; make one with 'standpipe record'`;
    throw new StandpipeError('bad_argument', message);
  }
  let end: End['end'] | undefined;
  const entries = async function* (): AsyncGenerator<Entry> {
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const value = parseJson(line.value);
      // A line that was cut in two is the last one.
      if (!isObject(value)) return;
      if ('end' in value) end = (value as unknown as End).end;
      else yield value as unknown as Entry;
    }
  };
  return { head: head as unknown as Head, entries: entries(), end: () => end };
}

/** Lines of a compressed file, up to where it was cut off. */
async function* linesOf(file: string): AsyncGenerator<string> {
  // Without the wish to be told of a missing end.
  const text = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }).setEncoding('utf8');
  const source = createReadStream(file);
  source.on('error', (error) => text.destroy(error));
  let rest = '';
  try {
    for await (const chunk of source.pipe(text)) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    const message = `${file}: cannot be read: ${(cause as Error).message}`;
    throw new StandpipeError('bad_argument', message, { cause });
  }
}
