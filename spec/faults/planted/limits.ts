import { property, spec, type FaultKind } from './fault-kind';

const waitingSpec = 'pipe/outbox/waiting.spec.ts';
const namesSpec = 'gateway/protocols/pipe/names.spec.ts';
const closesSpec = 'gateway/core/closes.spec.ts';
const optionsSpec = 'gateway/options/options.spec.ts';

/** Faults of limits, receipts and closes. */
export const limits: readonly FaultKind[] = [
  {
    title: 'a limit for each partition',
    kind: 'Each partition of a group keeps its own share of the limit, so that the group keeps a multiple of it.',
    bugs: [
      {
        title: 'each partition has the budget of the group',
        file: 'gateway/core/streams/group.ts',
        from: '(_, number) => new Partition(number, { epoch, budget }, stored?.logs.get(number)),',
        to: '(_, number) => new Partition(number, { epoch, budget: new Budget({ maxEntries, maxBytes }) }),',
        finder: spec(
          'gateway/protocols/pipe/members.spec.ts',
          'a group keeps its limit over all of its partitions',
        ),
      },
      { model: 'streams', title: 'the log is one too long' },
    ],
  },
  {
    title: 'receipts for sockets that are not written to',
    kind: 'A receipt counts a socket whose close was ordered.',
    bugs: [
      {
        title: 'a closing socket counts as reached',
        file: 'gateway/core/app-feed.ts',
        from: 'channel.sockets.size - channel.closing;',
        to: 'channel.sockets.size;',
        finder: spec(closesSpec, 'a socket whose close was ordered is not counted as reached'),
      },
    ],
  },
  {
    title: 'dead sessions without a bound',
    kind: 'Backends that crash again and again leave any number of streams behind.',
    bugs: [
      {
        title: 'any number of streams waits for a backend',
        file: 'gateway/protocols/pipe/sessions.ts',
        from: 'const isFull = count > limits.maxPipeWaiting;',
        to: 'const isFull = false;',
        finder: spec(
          namesSpec,
          'streams that wait for a backend are bounded; one that was given up is told why',
        ),
      },
      {
        title: 'streams that wait keep any number of bytes',
        file: 'gateway/protocols/pipe/sessions.ts',
        from: 'if (!isFull && bytes <= limits.maxPipeWaitingBytes) break;',
        to: 'if (!isFull) break;',
        finder: spec(
          namesSpec,
          'events of streams that wait are bounded together, and counted apart',
        ),
      },
    ],
  },
  {
    title: 'publishes that wait without a bound',
    kind: 'Any number of publishes waits for room in the outbox.',
    bugs: [
      {
        title: 'any number of publishes waits',
        file: 'pipe/outbox/sender.ts',
        from: 'const tooMany = this.#waiting.length >= maxWaitingPublishes;',
        to: 'const tooMany = false;',
        finder: spec(
          waitingSpec,
          'publishes that wait for room are bounded in number, and one more says so',
        ),
      },
      {
        title: 'publishes of any size wait',
        file: 'pipe/outbox/sender.ts',
        from: 'if (tooMany || this.#waitingBytes + bytes > maxWaitingBytes) {',
        to: 'if (tooMany) {',
        finder: spec(
          waitingSpec,
          'publishes that wait for room are bounded in bytes, also after some have left',
        ),
      },
      { model: 'streams', title: 'the ring shrinks without unwinding' },
    ],
  },
  {
    title: 'events that no frame can carry',
    kind: 'Settings allow an event that is too large for every frame, which closes the Pipe for ever.',
    bugs: [
      {
        title: 'limits are not held against each other',
        file: 'gateway/options/options.ts',
        from: 'requireFit(settings.limits);',
        to: '',
        finder: spec(optionsSpec, 'a wrong option is refused with the path of its key'),
      },
      { model: 'streams', title: 'what is larger than the credit never goes' },
    ],
  },
  {
    title: 'a close reason that ends the process',
    kind: 'A close reason is cut by characters, and is too long for its frame in bytes.',
    bugs: [
      {
        title: 'a reason is cut by characters',
        file: 'util/close-reason.ts',
        from: 'bytes += Buffer.byteLength(character);',
        to: 'bytes += character.length;',
        finder: property(
          'util/close-reason.spec.ts',
          'every text becomes a reason that fits and is read as it was cut',
        ),
      },
    ],
  },
  {
    title: 'a flood of what a browser has left',
    kind: 'Messages of a browser that goes while it is held back come all at once, and the stream drops some.',
    bugs: [
      {
        title: 'the end of a stream brings all that waits',
        file: 'gateway/transport/intake.ts',
        from: 'if (this.#waiting === undefined && this.#endings === undefined) tell();',
        to: 'if (this.#waiting !== undefined) this.#read(this.#waiting); this.#waiting = undefined; if (this.#endings === undefined) tell();',
        finder: property(
          'gateway/transport/intake.spec.ts',
          'the end and the close of a stream are told behind all that was read of it',
        ),
      },
    ],
  },
  {
    title: 'a drain that does not see its closes out',
    kind: 'A busy gateway that drains stops before the sockets that it has closed have become events.',
    bugs: [
      {
        title: 'sockets that have yet to leave are not waited for',
        file: 'gateway/drain.ts',
        from: 'departures.pending || ',
        to: '',
        finder: spec(
          'gateway/protocols/pipe/resume.spec.ts',
          'a draining gateway that is slow to close its sockets stops when their closes are handled',
        ),
      },
    ],
  },
  {
    title: 'closes in one piece',
    kind: 'A mass close of sockets is worked off in one piece, and everybody else waits for it.',
    bugs: [
      {
        title: 'all closes of a turn are worked off in it',
        file: 'gateway/core/hub.ts',
        from: 'if (this.#closesLeft > 0) {',
        to: 'if (this.#closesLeft > -Infinity) {',
        finder: spec(closesSpec, 'sockets that go at once leave in slices, in order, each once'),
      },
    ],
  },
  {
    title: 'a gateway that some connections have for themselves',
    kind: 'Pipelined requests of a few connections fill the queue of all, or are read before those of others for ever.',
    bugs: [
      {
        title: 'whoever holds most of a full queue keeps it',
        file: 'gateway/transport/http-connections.ts',
        from: 'if (each.waiting > largest.waiting) largest = each;',
        to: ';',
        finder: spec(
          'gateway/transport/http-connections.spec.ts',
          'the connection with the most waiting requests gives way to one with fewer',
        ),
      },
      {
        title: 'a connection that floods is read again at once',
        file: 'gateway/transport/http-connections.ts',
        from: 'stream.pause();\n    this.#held?.add(stream);',
        to: '',
        finder: spec(
          'gateway/transport/http-connections.spec.ts',
          'a connection that floods is read again after all others',
        ),
      },
      {
        title: 'addresses of one line count as many',
        file: 'gateway/options/address-guard.ts',
        from: '.slice(0, 4);',
        to: ';',
        finder: spec(
          'gateway/behind-proxies.spec.ts',
          'clients behind a trusted proxy are known by their own addresses',
        ),
      },
      {
        title: 'an upgrade goes between the pieces of an answer',
        file: 'gateway/transport/http-connection.ts',
        from: 'return this.#waiting.length > 0 || isOpen;',
        to: 'return this.#waiting.length > 0;',
        finder: spec(
          'security/websocket-http.spec.ts',
          'an upgrade behind an answer that has not ended is cut',
        ),
      },
    ],
  },
];
