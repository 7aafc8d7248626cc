import { property, spec, type FaultKind } from './fault-kind';

const orderSpec = 'pipe/inbox/order.spec.ts';
const listenableSpec = 'pipe/handles/listenable.spec.ts';

/** Faults of handlers, and of the order in which they are called. */
export const order: readonly FaultKind[] = [
  {
    title: 'conflated events that overtake',
    kind: 'A conflated event takes a place before another event of its key.',
    bugs: [
      {
        title: 'the place in the log is given to an event of another name',
        file: 'gateway/core/streams/conflation.ts',
        from: 'last.event !== event.event ||',
        to: '',
        finder: property(
          'gateway/core/streams/conflation.spec.ts',
          'any order of arrivals and sends keeps order and count',
        ),
      },
      {
        title: 'another event of the key does not end its place',
        file: 'gateway/core/streams/group.ts',
        from: 'if (this.#conflation.size > 0) this.#conflation.end(key);\n      this.#append',
        to: 'this.#append',
        finder: property(
          'gateway/core/streams/conflation.spec.ts',
          'any order of arrivals and sends keeps order and count',
        ),
      },
      {
        title: 'the client replaces an event of another name',
        file: 'pipe/inbox/runner.ts',
        from: 'event.channel === channel &&\n    event.event === name',
        to: 'event.channel === channel',
        finder: spec('pipe/inbox/order.spec.ts', 'but nothing overtakes another event of its key'),
      },
    ],
  },
  {
    title: 'conflated events that nobody counts',
    kind: 'An event goes to another member of a group without the number of those whose place it took.',
    bugs: [
      {
        title: 'the client does not tell how many events gave their place',
        file: 'pipe/inbox/deliveries.ts',
        from: 'by.partition.count(by.offset, by.event.conflated ?? 0);',
        to: '',
        finder: spec(
          'pipe/inbox/order.spec.ts',
          'the latest of conflated events replaces the one before it',
        ),
      },
      {
        title: 'the gateway does not keep how many events gave their place',
        file: 'gateway/core/streams/partition.ts',
        from: 'if (!this.log.ack(position)) return false;\n    this.#count(position);',
        to: 'if (!this.log.ack(position)) return false;',
        finder: spec(
          'gateway/protocols/pipe/members.spec.ts',
          'the count of conflated events goes with the event to the next owner',
        ),
      },
      {
        title: 'counts are not told again to a gateway that may not have heard them',
        file: 'pipe/inbox/assigned-partition.ts',
        from: 'this.#countAnew();\n    return',
        to: 'return',
        finder: spec(
          'pipe/inbox/order.spec.ts',
          'counts of conflated events are told again in HELLO, until their event is finished',
        ),
      },
    ],
  },
  {
    title: 'conflation that conflates nothing',
    kind: 'At the default credit the inbox of a client lets seconds of stale input through.',
    bugs: [
      {
        title: 'the client replaces nothing that waits',
        file: 'pipe/inbox/runner.ts',
        from: 'if (!conflates(arrival, last)) return false;',
        to: 'return false;',
        finder: spec(
          'pipe/inbox/order.spec.ts',
          'a wait of hours holds one event of a conflated name',
        ),
      },
      {
        title: 'the gateway does not say which events may be replaced',
        file: 'gateway/core/streams/group.ts',
        from: 'const latest = { ...event, conflatable: true };',
        to: 'const latest = { ...event };',
        finder: spec(
          'gateway/core/streams/conflation.spec.ts',
          'the latest of several waiting moves is sent, with the number it replaced',
        ),
      },
    ],
  },
  {
    title: 'events of a loop that count too early',
    kind: 'An event counts as handled when it waits for a loop, so a crash loses up to a thousand in silence.',
    bugs: [
      {
        title: 'an event is finished when the loop has been given it',
        file: 'pipe/handlers/event-stream.ts',
        from: 'return held.finished.promise;',
        to: 'return undefined;',
        finder: spec(
          listenableSpec,
          'an event of a loop is finished when the loop asks for the next one',
        ),
      },
      { model: 'inbox', title: 'an event counts as finished when its handler begins' },
    ],
  },
  {
    title: 'a slow key that delays the others',
    kind: 'A few handlers that take long hold up everybody, or a few stuck keys a whole member.',
    bugs: [
      {
        title: 'few handlers run at once by default',
        file: 'pipe/options.ts',
        from: 'read.concurrency ?? read.credit.messages;',
        to: 'read.concurrency ?? 64;',
        finder: spec(
          orderSpec,
          'slow keys delay only themselves: by default as many run as the credit lets come',
        ),
      },
      {
        title: 'one partition may use the whole credit',
        file: 'gateway/protocols/pipe/session.ts',
        from: 'new InFlight(partitions.length === 1 ? 1 : SHARES)',
        to: 'new InFlight(1)',
        finder: spec(
          'gateway/protocols/pipe/session.spec.ts',
          'in a group, what is stuck in one partition leaves credit for the others',
        ),
      },
    ],
  },
  {
    title: 'users and members ordered by socket',
    kind: 'The last offline of a user runs after the later online, since each came from another socket.',
    bugs: [
      {
        title: 'events of a user wait for their socket only',
        file: 'pipe/inbox/policy.ts',
        from: 'return userId || socketId;',
        to: 'return socketId;',
        finder: spec(orderSpec, 'events of a user go by the user, whichever socket brought them'),
      },
      {
        title: 'events of the members of a channel wait for their socket only',
        file: 'pipe/inbox/policy.ts',
        from: 'case EventKind.CACHE_MISS:\n      return channel || socketId;',
        to: 'case EventKind.CACHE_MISS:\n      return socketId || channel;',
        finder: spec(
          orderSpec,
          'events of a channel’s members go by the channel, whichever socket brought them',
        ),
      },
      { model: 'inbox', title: 'events of a socket that have different names overtake each other' },
    ],
  },
  {
    title: 'subscriptions that cannot be awaited',
    kind: 'A program cannot know from when on a subscription made after connect is heard.',
    bugs: [
      {
        title: 'a connection confirms whatever is subscribed to',
        file: 'pipe/subscriptions.ts',
        from: 'this.#confirmed !== undefined && this.#confirmed >= this.#version',
        to: 'this.#confirmed !== undefined',
        finder: spec(
          'pipe/client.spec.ts',
          'subscribed resolves when the gateway has taken all subscriptions made so far',
        ),
      },
      {
        title: 'a connection that is lost still confirms',
        file: 'pipe/subscriptions.ts',
        from: 'this.#confirmed = undefined;\n    this.#asked.clear();',
        to: 'this.#asked.clear();',
        finder: spec(
          'pipe/client.spec.ts',
          'subscribed waits for the next connection when one is lost before the answer',
        ),
      },
    ],
  },
];
