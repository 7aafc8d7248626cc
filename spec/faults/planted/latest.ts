import { property, spec, type FaultKind } from './fault-kind';

const latest = 'gateway/core/fanout/latest.ts';
const missed = 'gateway/core/fanout/missed-texts.ts';
const turn = 'gateway/core/fanout/turn.ts';
const pace = 'gateway/transport/pace.ts';
const paceSpec = 'gateway/transport/pace.spec.ts';
const tickSpec = 'pipe/tick.spec.ts';
const finder = property(
  'gateway/core/fanout/latest.spec.ts',
  'a socket that is behind misses droppable events alone, and gets the last of each key',
);

/** Faults of events that sockets which are behind may miss, and of the ticks that trigger them. */
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
  {
    title: 'a slow line that is not found',
    kind: 'A socket is not taken for behind, and its queue grows in buffers that nobody can count; or one that keeps up is.',
    bugs: [
      {
        title: 'a ping without an answer tells nothing',
        file: pace,
        from: 'return this.#isPressed || nowMs - oldestMs > this.#leastMs + this.#limits.latestSlackMs;',
        to: 'return this.#isPressed;',
        finder: spec(
          paceSpec,
          'a socket is behind while a ping waits longer than the shortest one and the slack',
        ),
      },
      {
        title: 'a socket that was behind is believed before it has answered',
        file: pace,
        from: 'return this.#isPressed || nowMs - oldestMs >',
        to: 'return nowMs - oldestMs >',
        finder: spec(
          paceSpec,
          'a socket that was behind is pinged with every write, and behind until it answers',
        ),
      },
      {
        title: 'an answer counts for its own ping alone',
        file: pace,
        from: 'this.#open.splice(0, place + 1);',
        to: 'this.#open.splice(place, 1);',
        finder: spec(
          paceSpec,
          'an answer counts for all pings before it, and a made-up one for none',
        ),
      },
      {
        title: 'the session is not told that its socket has caught up',
        file: 'gateway/protocols/channels/session.ts',
        from: 'this.#context.hub.caughtUp(this.socket);',
        to: '',
        finder: spec(
          paceSpec,
          'an unmodified browser that is behind gets the latest event when it has answered',
        ),
      },
    ],
  },
  {
    title: 'a clock of a game that drifts',
    kind: 'Ticks come later and later, or those that were missed come all at once.',
    bugs: [
      {
        title: 'a tick is due a period after the one before',
        file: 'pipe/tick.ts',
        from: 'const dueMs = this.#startMs + (this.#number + 1) * this.#periodMs;',
        to: 'const dueMs = this.#clock.now() + this.#periodMs;',
        finder: spec(tickSpec, 'ticks do not drift, however late each one is'),
      },
      {
        title: 'missed ticks are made good',
        file: 'pipe/tick.ts',
        from: 'this.#number += late + 1;',
        to: 'this.#number += 1;',
        finder: spec(tickSpec, 'ticks for which the process was too busy are skipped, and counted'),
      },
    ],
  },
];
