import type { ByteReader } from '../bytes/byte-reader';
import { CodecError } from '../codec-error';
import { WIRE_LIMITS } from '../limits';
import type { NameReader } from '../names';

/**
 * The hand-written readers of the hot frames share this. They stand in `read-*.ts`; each function reads one message of
 * pipe.proto up to its end. A case label is a field's number << 3 | wire type, so a field of another wire type is skipped
 * like an unknown one. Objects are built with every key, so that all of a kind have one shape; an absent optional field
 * is undefined.
 */

/** RECEIPTS_DELIVERED; the two values below it both say that the ack is enough. */
export const DELIVERED = 2;

/** Reads a definition into the dictionary. */
export function readName(from: ByteReader, names: NameReader): void {
  const end = from.lengthEnd();
  let handle = 0;
  let name = '';
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) handle = from.varint();
    else if (tag === 18) name = from.text();
    else from.skip(tag);
  }
  from.expectEnd(end);
  names.define(handle, name);
}

/** The name a reference stands for: by its handle, or in line. */
export function nameOf(names: NameReader, handle: number, inLine: string): string | undefined {
  if (handle === 0) return inLine || undefined;
  if (inLine !== '') throw new CodecError('a name is given both by its handle and in line');
  return names.name(handle);
}

/** Adds to a repeated field that is not a batch. */
export function addTo<T>(list: T[], item: T): void {
  if (list.length >= WIRE_LIMITS.maxListItems) throw tooMany('entries', WIRE_LIMITS.maxListItems);
  list.push(item);
}

export function tooMany(what: string, max: number): CodecError {
  return new CodecError(`the frame has more than ${max} ${what}`);
}
