// The process in which `NodeTabs` keeps its tabs: unmodified pusher-js as it is for Node, or Standpipe's subscriber.
import { runInThisContext } from 'node:vm';
import Stock from 'pusher-js';
import { attachBackChannel } from '../../lib/back-channel';
import { Pusher as Ours } from '../../lib/subscriber';
import { makeProbe } from './probe';

const Pusher = process.env['LIBRARY'] === 'standpipe' ? Ours : Stock;
Object.assign(globalThis, { Pusher, attachBackChannel, makeProbe, probes: [] });

process.on('message', ({ id, code }: { id: number; code: string }) => {
  const done = new Promise((resolve) => resolve(runInThisContext(code)));
  done.then(
    (value) => process.send?.({ id, value }),
    (error: unknown) =>
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
