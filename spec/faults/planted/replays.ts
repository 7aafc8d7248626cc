import { spec, type FaultKind } from './fault-kind';

const replay = 'brokers/replay.spec.ts';
const once = 'events of the time in which a node was cut off reach it once, in the order of all';
const told = 'events that are kept no more are told of, and the others come';
const hearing = 'brokers/joined/hearing.ts';
const script = 'brokers/redis/scripts/turn.ts';

/** Faults around a cut between a gateway and its engine. */
export const replays: readonly FaultKind[] = [
  {
    title: 'events that a gateway misses while it is cut off',
    kind: 'Behind a cut from the engine, browsers of a gateway have missed events, or get them twice or out of order.',
    bugs: [
      {
        title: 'the engine keeps nothing',
        file: script,
        from: 'if #events == 0 then return end',
        to: 'do return end',
        finder: spec(replay, once),
      },
      {
        title: 'later events do not wait for those that are read',
        file: hearing,
        from: "if (state.kind !== 'live') return this.#hold(state, { channel, items });",
        to: "if (state.kind !== 'live') return void this.#parts.tell(channel, items);",
        finder: spec(replay, once),
      },
      {
        title: 'an event that was read and is still on its way comes twice',
        file: hearing,
        from: 'const fresh = state.replayedTo === 0 ? items : freshOf(state, items);',
        to: 'const fresh = items;',
        finder: spec(replay, once),
      },
      {
        title: 'events that were heard before the cut are read as well',
        file: hearing,
        from: 'const after = this.#upTo ?? 0;',
        to: 'const after = state.readTo;',
        finder: spec(replay, once),
      },
      {
        title: 'events of before a channel was watched are due',
        file: hearing,
        from: 'const from = Math.max(after, dueFrom);',
        to: 'const from = after;',
        finder: spec(replay, 'events from before a channel was watched do not come behind a cut'),
      },
      {
        title: 'numbers begin with a single channel only',
        file: 'brokers/joined/app.ts',
        from: 'if (isFirst) this.#hearing.begin(dueFrom);',
        to: 'if (isFirst && this.#channels.size === 1) this.#hearing.begin(dueFrom);',
        finder: spec(
          replay,
          'a node that begins with several channels at once misses nothing behind a cut',
        ),
      },
      {
        title: 'nobody asks whether topics are heard',
        file: 'brokers/redis/connection.ts',
        from: 'if (nowMs - this.#silentSince >= patienceMs) this.end();',
        to: '',
        finder: spec(replay, 'a connection for topics that carries nothing more is given up'),
      },
      {
        title: 'events that were read are forgotten when too many are held back',
        file: hearing,
        from: 'if (page.upTo > after) state.readTo = this.#upTo = page.upTo;',
        to: 'if (page.upTo > after) this.#upTo = page.upTo;',
        finder: spec(
          'brokers/hearing.spec.ts',
          'events that were read do not come again when too many are held back',
        ),
      },
      {
        title: 'an engine that has dropped events is taken for whole',
        file: hearing,
        from: 'if (page.low > after) isWhole = false;',
        to: '',
        finder: spec(replay, told),
      },
      {
        title: 'the engine drops nothing',
        file: script,
        from: 'if newest - oldest < 16 and now() - tonumber(begun) < time then break end',
        to: 'if newest then break end',
        finder: spec(replay, told),
      },
      {
        title: 'nobody tells how far the events are',
        file: script,
        from: "if begins then redis.call('PUBLISH', topic,",
        to: "if false then redis.call('PUBLISH', topic,",
        finder: spec(replay, 'a node whose channels were quiet for long misses nothing'),
      },
      {
        title: 'numbers of an earlier run of the engine are taken for those of this one',
        file: hearing,
        from: 'if (!isSameRun) this.#renumber();',
        to: '',
        finder: spec(replay, 'a new run of the engine gives nodes that come late what it has'),
      },
      {
        title: 'an engine that keeps nothing is taken for whole',
        file: 'brokers/redis/reads.ts',
        from: 'const isWhole = !isLast || Number(last ?? 0) <= Math.max(after, upTo);',
        to: 'const isWhole = true as boolean;',
        finder: spec(replay, 'without bytes for it nothing is kept, and every cut is told'),
      },
      {
        title: 'events are held back without end',
        file: hearing,
        from: 'if (state.size <= MAX_HELD) return;',
        to: 'if (state.size > 0) return;',
        finder: spec(
          'brokers/hearing.spec.ts',
          'events that are held back are bounded, and what may be missing is told',
        ),
      },
    ],
  },
];
