import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The vectors beside the protocol, for codecs in any language. */
export interface WireVectors {
  /** Vectors are for this version of the protocol. */
  version: number;
  signature: { key: string; secret: string; path: string; timestamp: number; signature: string };
  /** Secret and proof in hex. */
  proof: { secret: string; nonce: string; attempt: number; proof: string };
  /** The first frame of a direction each: its bytes, and the JSON of protobuf with the names of the schema. */
  frames: Array<{ type: string; hex: string; json: object }>;
  /** Bytes that a receiver must refuse, with the close code; with `may`, those that it may refuse. */
  bad: Array<{ title: string; hex: string; code: number; may?: boolean }>;
}

const FOLDER = `${__dirname}/../../proto`;

export const VECTORS = JSON.parse(readFileSync(`${FOLDER}/vectors.json`, 'utf8')) as WireVectors;

/** A frame as the JSON mapping of protobuf, read by the schema alone. */
export function jsonOf(bytes: Uint8Array): object {
  frameType ??= protobuf.loadSync(`${FOLDER}/pipe.proto`).lookupType('standpipe.v1.Frame');
  const frame = frameType.decode(bytes);
  return frameType.toObject(frame, { longs: String, enums: String, bytes: String });
}

let frameType: protobuf.Type | undefined;
