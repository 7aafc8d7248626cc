import type { Batch, Encoded, Outlet, Piece, Stay } from './outlet';

/** Writes one socket's own sequence and makes it an ordinary one again. */
export function writeAlone(outlet: Outlet): void {
  const { closing } = outlet;
  const bytes = takeAlone(outlet);
  if (bytes !== undefined) outlet.sink.write(bytes);
  if (closing !== undefined) outlet.sink.close(closing.code, closing.reason);
}

/** Bytes of one socket's own sequence, if it has any. */
export function takeAlone(outlet: Outlet): Buffer | undefined {
  const { batches, stays, privateTexts, privateSeqs, extra, closing, sink } = outlet;
  outlet.special = false;
  outlet.batches = undefined;
  outlet.stays = undefined;
  outlet.privateTexts = undefined;
  outlet.privateSeqs = undefined;
  outlet.extra = undefined;
  if (batches === undefined && stays === undefined && extra === undefined) {
    return privateTexts && sink.encoder.encode(privateTexts).bytes;
  }
  const own = stays !== undefined || privateTexts !== undefined || closing !== undefined;
  const shared = own ? undefined : sharedBytes(outlet, batches, extra);
  if (shared !== undefined) return shared;
  const last = closing?.seq ?? Infinity;
  const pieces: Piece[] = extra ?? [];
  for (const batch of batches ?? []) {
    if (!stays?.some((stay) => stay.batch === batch)) {
      slice(pieces, outlet, { batch, from: 0, until: last });
    }
  }
  for (const { batch, from, until } of stays ?? []) {
    slice(pieces, outlet, { batch, from, until: Math.min(until, last) });
  }
  if (privateTexts !== undefined && privateSeqs !== undefined) {
    const encoded = sink.encoder.encode(privateTexts);
    privateSeqs.forEach((seq, i) => pieces.push(piece(seq, encoded, i)));
  }
  const bytes = joined(pieces);
  return bytes.length > 0 ? bytes : undefined;
}

/** Bytes of a socket that gets some whole batches, or one with a probe behind it, and nothing else. */
function sharedBytes(
  outlet: Outlet,
  batches: readonly Batch[] = [],
  extra: readonly Piece[] = [],
): Buffer | undefined {
  const [batch, ...moreBatches] = batches;
  const [probe, ...morePieces] = extra;
  if (batch === undefined || !batches.every((each) => isWhole(each, outlet))) return undefined;
  if (probe === undefined) return joinedBatches(outlet, batches, batch);
  if (probe.seq !== Infinity || moreBatches.length + morePieces.length > 0) return undefined;
  return batch.probed(outlet.sink.encoder, probe.bytes);
}

/** True when a socket gets all texts of a batch. */
function isWhole({ excluded, droppable }: Batch, outlet: Outlet): boolean {
  if (droppable?.behind.has(outlet) === true) return false;
  for (const outlets of excluded?.values() ?? []) if (outlets.includes(outlet)) return false;
  return true;
}

/** Bytes of a socket that gets some whole batches. They are joined once for all sockets with the same ones. */
function joinedBatches(outlet: Outlet, batches: readonly Batch[], first: Batch): Buffer {
  const { encoder } = outlet.sink;
  const last = first.joined;
  if (last?.encoder === encoder && last.batches.length === batches.length) {
    if (batches.every((each, i) => each === last.batches[i])) return last.bytes;
  }
  const pieces: Piece[] = [];
  for (const batch of batches) slice(pieces, outlet, { batch, from: 0, until: Infinity });
  const bytes = joined(pieces);
  first.joined = { encoder, batches, bytes };
  return bytes;
}

function slice(pieces: Piece[], outlet: Outlet, { batch, from, until }: Stay): void {
  const encoded = batch.encoded(outlet.sink.encoder);
  for (let i = 0; i < batch.seqs.length; i++) {
    const seq = batch.seqs[i] as number;
    if (seq > until) break;
    if (seq <= from || batch.excluded?.get(i)?.includes(outlet) === true) continue;
    if (batch.droppable?.isDropped(i, outlet) === true) continue;
    pieces.push(piece(seq, encoded, i));
  }
}

function piece(seq: number, { bytes, ends }: Encoded, i: number): Piece {
  return { seq, bytes, start: i === 0 ? 0 : (ends[i - 1] as number), end: ends[i] as number };
}

function joined(pieces: Piece[]): Buffer {
  pieces.sort((a, b) => a.seq - b.seq);
  const size = pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { bytes: source, start, end } of pieces) at += source.copy(bytes, at, start, end);
  return bytes;
}
