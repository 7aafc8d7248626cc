import { property, spec, type FaultKind } from './fault-kind';

const store = 'gateway/core/streams/stream-store.spec.ts';
const inPlace = 'the next gateway has each unfinished event in its place, and no other';

/** Faults of streams that outlive their gateway. */
export const kept: readonly FaultKind[] = [
  {
    title: 'a stream that the next gateway gets otherwise than it was',
    kind: 'A gateway dies, and the next one loses events of its streams, repeats finished ones, or writes over them.',
    bugs: [
      {
        title: 'events that were sent are written as finished',
        file: 'gateway/core/streams/stream-store.ts',
        from: 'const acked = log.committed.offset;',
        to: 'const acked = log.sent;',
        finder: property(store, inPlace),
      },
      {
        title: 'a log is read without its finished ranges',
        file: 'gateway/core/streams/stream-records.ts',
        from: 'for (const { first, last } of finished) done.add(first, last);',
        to: '',
        finder: property(store, inPlace),
      },
      {
        title: 'records go with the first finished event of several',
        file: 'gateway/core/streams/entry-tracks.ts',
        from: 'if (left > 0) this.#left.set(entry, left);',
        to: 'if (false as boolean) this.#left.set(entry, left);',
        finder: property(store, inPlace),
      },
      {
        title: 'a gateway that is the home no more writes on',
        file: 'brokers/memory/app-state.ts',
        from: "if (home !== node) return home === undefined ? 'lost' : 'refused';",
        to: '',
        finder: spec(
          'brokers/memory.spec.ts',
          'the memory engine holds the contract inside the call',
        ),
      },
      {
        title: 'Redis lets a gateway that is the home no more write on',
        file: 'brokers/redis/scripts/turn.ts',
        from: 'if home ~= node then return push(home and 0 or 2) end',
        to: '',
        finder: spec('brokers/redis.spec.ts', 'Redis holds the contract of brokers'),
      },
      {
        title: 'events that browsers of living gateways sent meanwhile are lost',
        file: 'gateway/core/cluster/elsewhere.ts',
        from: 'this.#orphans.set(node, reporter);',
        to: '',
        finder: spec(
          'gateway/cluster/kept-streams.spec.ts',
          'a planned restart of its gateway leaves a stream to another one',
        ),
      },
    ],
  },
  {
    title: 'a gateway that serves before the others know it',
    kind: 'A gateway has just come, and what its browsers say is heard by no backend of the others.',
    bugs: [
      {
        title: 'a start does not wait for the others',
        file: 'gateway/gateway.ts',
        from: 'await this.#hub.nodes.arrive([...this.#apps.all()]);',
        to: '',
        finder: spec(
          'gateway/cluster/far.spec.ts',
          'messages to a gateway that has just come are heard by the others',
        ),
      },
      {
        title: 'a return under another number does not wait for the others',
        file: 'gateway/broker-listener.ts',
        from: "if (state === 'down') overload.isShut = true;",
        to: "overload.isShut = state === 'down';",
        finder: spec(
          'gateway/cluster/far.spec.ts',
          'messages to a gateway that has just come are heard by the others',
        ),
      },
    ],
  },
];
