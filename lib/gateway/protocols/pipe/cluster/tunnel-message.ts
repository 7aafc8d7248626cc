import type { NodeMessage } from '../../../core/cluster/nodes';

/**
 * A message about the connection of a backend between the node that it is connected to (the edge) and the node of its
 * session (the home): its opening, with HELLO; frames in base64; or its close.
 */
export interface TunnelMessage extends NodeMessage {
  readonly type: 'pipe';
  readonly to: 'home' | 'edge';
  /** Number of the connection at its edge. */
  readonly id: number;
  readonly open?: TunnelOpening;
  readonly frames?: readonly string[];
  readonly close?: number;
  readonly reason?: string;
}

export interface TunnelOpening {
  /** The session of HELLO is looked for, or the stream that HELLO names. */
  readonly seeks: 'session' | 'stream';
  readonly nonce: string;
  readonly hello: string;
  readonly remoteAddress: string;
}

export function readTunnelMessage(message: NodeMessage): TunnelMessage | undefined {
  const { to, id, open, frames, close, reason } = message;
  if ((to !== 'home' && to !== 'edge') || typeof id !== 'number') return undefined;
  if (open !== undefined) return isOpening(open) ? { type: 'pipe', to, id, open } : undefined;
  if (typeof close === 'number' && typeof reason === 'string') {
    return { type: 'pipe', to, id, close, reason };
  }
  const isFrames = Array.isArray(frames) && frames.every((frame) => typeof frame === 'string');
  return isFrames ? { type: 'pipe', to, id, frames } : undefined;
}

function isOpening(open: unknown): open is TunnelOpening {
  const { seeks, nonce, hello, remoteAddress } = open as Partial<TunnelOpening>;
  const isText = [nonce, hello, remoteAddress].every((text) => typeof text === 'string');
  return isText && (seeks === 'session' || seeks === 'stream');
}
