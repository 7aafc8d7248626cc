import { property, type FaultKind } from './fault-kind';

const latest = 'gateway/core/fanout/latest.ts';
const missed = 'gateway/core/fanout/missed-texts.ts';
const turn = 'gateway/core/fanout/turn.ts';
const finder = property(
  'gateway/core/fanout/latest.spec.ts',
  'a socket that is behind misses droppable events alone, and gets the last of each key',
);

/** Faults of events that sockets which are behind may miss. */
export const latestOnly: readonly FaultKind[] = [
  {
    title: 'a late event in a wrong place',
    kind: 'A socket that has caught up is sent what it has missed in another order than that of acceptance.',
    bugs: [
      {
        title: 'the latest texts are in the order of the first ones of their keys',
        file: missed,
        from: '      this.#latest.delete(key);\n',
        to: '',
        finder,
      },
      {
        title: 'missed texts go behind those of the turn',
        file: latest,
        from: 'push({ seq: 0, bytes: sent.bytes,',
        to: 'push({ seq: Infinity, bytes: sent.bytes,',
        finder,
      },
      {
        title: 'a plain text does not wait for the missed ones',
        file: latest,
        from: 'if (!mayHold || !isBehind(outlet, nowMs)) this.#catchUp',
        to: 'if (!isBehind(outlet, nowMs)) this.#catchUp',
        finder,
      },
    ],
  },
  {
    title: 'a late event for the wrong socket',
    kind: 'A socket is sent events from before it joined, or while it is behind, or never those that it has missed.',
    bugs: [
      {
        title: 'a socket that leaves and joins again is sent what it missed before',
        file: turn,
        from: '    this.#latest.left(audience, outlet);\n',
        to: '',
        finder,
      },
      {
        title: 'a socket that joins is taken for one that was there',
        file: latest,
        from: 'const misses = mayHold && !isNew;',
        to: 'const misses = mayHold;',
        finder,
      },
      {
        title: 'a socket that is behind again before the turn ends is sent what it missed',
        file: latest,
        from: '      if (isBehind(outlet, nowMs)) continue;\n      for',
        to: '      for',
        finder,
      },
      {
        title: 'a socket that misses texts already misses them anew',
        file: missed,
        from: 'if (!this.#sockets.has(outlet)) this.#sockets.set',
        to: 'this.#sockets.set',
        finder,
      },
      {
        title: 'a volatile event is kept with the latest ones',
        file: 'gateway/core/fanout/droppable.ts',
        from: "(gets === 'no volatile' && this.volatile.has(index))",
        to: 'false',
        finder,
      },
    ],
  },
];
