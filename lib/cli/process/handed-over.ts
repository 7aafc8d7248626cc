import type { ChildProcess } from 'node:child_process';

/** A connection that node:cluster has accepted, as it hands it over. */
interface Handle {
  close(): void;
}

/** Messages of node:cluster to a worker and back. */
interface ClusterMessage {
  readonly act?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
}

/**
 * Ends the connections that were on their way to a worker when it dies. node:cluster keeps each until the worker has answered
 * that it has it, for ever where that stood still and was killed; its client would wait for as long.
 */
export function endWhatWasHandedOver(worker: ChildProcess): void {
  const handedOver = new Map<unknown, Handle>();
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean;
  worker.send = (message: ClusterMessage, ...rest: unknown[]): boolean => {
    const [handle] = rest;
    if (message.act === 'newconn' && handle) handedOver.set(message.seq, handle as Handle);
    return send(message, ...rest);
  };
  // Node emits it for itself; the type does not know it.
  const events: NodeJS.EventEmitter = worker;
  events.on('internalMessage', ({ ack }: ClusterMessage) => handedOver.delete(ack));
  worker.once('exit', () => {
    for (const handle of handedOver.values()) handle.close();
  });
}
