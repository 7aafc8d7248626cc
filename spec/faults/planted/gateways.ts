import { property, spec, type FaultKind } from './fault-kind';

const starts = 'brokers/redis-starts.spec.ts';
const reloads = 'gateway/cluster/reloads.spec.ts';
const takeOvers = 'gateway/cluster/take-overs.spec.ts';
const commandQueue = 'gateway/protocols/pipe/command-queue.spec.ts';
const settled = 'a broker that gives no answer leaves open what it was told, and nothing else';
const neighbours = 'gateway/neighbours.spec.ts';
const takenForDead = 'gateway/webhooks/taken-for-dead.spec.ts';

/** Faults of several gateways that are to be one. */
export const gateways: readonly FaultKind[] = [
  {
    title: 'a session over HTTP whose requests come to another worker',
    kind: 'A worker that does not have the session passes a request on with a part of it missing, or keeps it for ever.',
    bugs: [
      {
        title: 'a client that goes away stays for the owner',
        file: 'gateway/neighbours.ts',
        from: "socket.once('close', gone);",
        to: '',
        finder: spec(neighbours, 'a client that goes away is gone for the owner'),
      },
      {
        title: 'an answer that breaks off is left open',
        file: 'gateway/neighbours.ts',
        from: 'pipeline(answer, response, () => undefined);',
        to: 'answer.pipe(response);',
        finder: spec(neighbours, 'an answer that breaks off at the owner breaks off at the client'),
      },
      {
        title: 'a body that is too large is passed on as none',
        file: 'gateway/neighbours.ts',
        from: 'post(Buffer.alloc(status === 413 ? maxBytes + 1 : 1)),',
        to: 'post(Buffer.alloc(status === 413 ? 0 : 1)),',
        finder: spec(
          neighbours,
          'a body that is too large is too large for the owner, and an encoded one is encoded',
        ),
      },
      {
        title: 'the client says its own address',
        file: 'gateway/neighbours.ts',
        from: '[CLIENT]: exchange.remoteAddress,',
        to: "[CLIENT]: request.headers[CLIENT] ?? '',",
        finder: spec(
          neighbours,
          'a request is passed on with the address of its client, its origin and its body',
        ),
      },
    ],
  },
  {
    title: 'a loss between gateways that takes more with it, or is not told',
    kind: 'Events on their way from another gateway are lost: the stream drops what it keeps as well, or nobody is told.',
    bugs: [
      {
        title: 'what a stream keeps is dropped',
        file: 'gateway/core/streams/cluster-stream.ts',
        from: "log.miss('node_lost');",
        to: "log.newEpoch('node_lost');",
        finder: spec(takeOvers, 'a loss between gateways takes nothing from what a stream keeps'),
      },
      {
        title: 'a loss is told on the first connection alone',
        file: 'stream/log.ts',
        from: 'const hasGap = isLost || this.#missed !== undefined;',
        to: 'const hasGap = isLost;',
        finder: spec(
          'stream/log.spec.ts',
          'a loss beside the log is told again until an event behind it is finished',
        ),
      },
      {
        title: 'the next gateway of a stream does not know of a loss',
        file: 'gateway/core/streams/stream-store.ts',
        from: 'low, reserved, finished, missed };',
        to: 'low, reserved, finished };',
        finder: property(
          'gateway/core/streams/stream-store.spec.ts',
          'the next gateway has each unfinished event in its place, and no other',
        ),
      },
    ],
  },
  {
    title: 'a stream that goes on too often',
    kind: 'A stream whose gateways follow each other drops events that its limit has room for: offsets without events count.',
    bugs: [
      {
        title: 'offsets between events take room',
        file: 'stream/send-buffer.ts',
        from: 'return holes;',
        to: 'return holes.slice(-1);',
        finder: spec(
          'gateway/core/streams/stream-store.spec.ts',
          'a stream that goes on again and again drops nothing for offsets without events',
        ),
      },
    ],
  },
  {
    title: 'events of other gateways that nobody keeps',
    kind: 'While a stream has no gateway, or another gateway does not know yet that it has one, events go to nobody, in silence.',
    bugs: [
      {
        title: 'a gateway that kept nothing says that there was nothing',
        file: 'gateway/core/cluster/reporters.ts',
        from: "if (known.length === 0) return this.#app.hasHadSockets ? 'lost' : undefined;",
        to: 'if (known.length === 0) return undefined;',
        finder: spec(takeOvers, 'events that nobody passes on are told when that is known'),
      },
      {
        title: 'a gateway that kept a part passes on nothing, and says nothing',
        file: 'gateway/core/cluster/reporters.ts',
        from: "return known.includes(undefined) ? 'lost' : known",
        to: 'return known',
        finder: spec(
          takeOvers,
          'events that a gateway could not keep for a stream without one are told as lost',
        ),
      },
      {
        title: 'an app that a reload adds is asked about a second later',
        file: 'gateway/core/cluster/nodes.ts',
        from: 'for (const watcher of this.#watchers) watcher.arrived?.(app, from);',
        to: '',
        finder: spec(
          reloads,
          'an app that a reload adds here last is heard by backends elsewhere at once',
        ),
      },
    ],
  },
  {
    title: 'webhooks of a gateway that others take for dead',
    kind: 'A gateway that stood still tells late what the others have told meanwhile, and what has changed since is told as it was.',
    bugs: [
      {
        title: 'what was refused before is sent again',
        file: 'gateway/webhooks/endpoint.ts',
        from: 'for (const delivery of this.#retries.splice(0)) this.#again(delivery);',
        to: '',
        finder: spec(
          takenForDead,
          'a gateway that was taken for dead sends nothing again that others tell',
        ),
      },
      {
        title: 'requests go out before it knows',
        file: 'gateway/webhooks/endpoint.ts',
        from: 'if (this.#app.broker.isInDoubt) return this.#schedule(now, now + DOUBT_MS);',
        to: '',
        finder: spec(
          takenForDead,
          'a gateway that may be taken for dead sends nothing until it knows',
        ),
      },
    ],
  },
  {
    title: 'debts of webhooks that nobody pays',
    kind: 'A reload takes an endpoint out, and what it had yet to take is told again when its gateway dies.',
    bugs: [
      {
        title: 'an endpoint keeps what it had yet to take',
        file: 'gateway/webhooks/webhooks.ts',
        from: 'for (const endpoint of before) endpoint.remove();',
        to: 'for (const endpoint of before) endpoint.stop();',
        finder: spec(reloads, 'an endpoint that a reload takes out leaves no debt behind'),
      },
      {
        title: 'the last endpoint of an app takes its teller with it',
        file: 'gateway/webhooks/webhooks.ts',
        from: 'this.#end(ofApp.teller);',
        to: 'ofApp.teller.stop();',
        finder: spec(reloads, 'an endpoint that a reload takes out leaves no debt behind'),
      },
    ],
  },
  {
    title: 'an engine that seems to be there',
    kind: 'A connection with Redis is never answered, and its gateway never comes back.',
    bugs: [
      {
        title: 'a connection that is never answered is waited for',
        file: 'brokers/redis/connection.ts',
        from: 'Promise.race([opened, patience.over])',
        to: 'opened',
        finder: spec(starts, 'a node comes back behind a connection that was never answered'),
      },
      {
        title: 'a connection without answers is kept for the whole lease',
        file: 'brokers/joined/silence.ts',
        from: 'const patienceMs = this.#leaseMs / RENEWALS_PER_LEASE;',
        to: 'const patienceMs = this.#leaseMs;',
        finder: spec(
          'brokers/replay.spec.ts',
          'connections that carry nothing more are given up before the lease is over',
        ),
      },
      {
        title: 'a process that stood still does not read what was answered',
        file: 'brokers/joined/silence.ts',
        from: 'if (waitsSince === undefined || lateMs > patienceMs / 2) return false;',
        to: 'if (waitsSince === undefined) return false;',
        finder: spec(
          'brokers/faults.spec.ts',
          'a connection is given up after a third of the lease without an answer',
        ),
      },
      {
        title: 'an engine that is slow is dialled again and again',
        file: 'brokers/joined/silence.ts',
        from: 'const isAgain = nowMs - this.#gaveUpAt < this.#leaseMs;',
        to: 'const isAgain = false;',
        finder: spec(
          'brokers/faults.spec.ts',
          'a connection is given up after a third of the lease without an answer',
        ),
      },
    ],
  },
  {
    title: 'a command whose outcome is told otherwise than it is',
    kind: 'A broker or another gateway gives no answer: the command is told as refused, or as applied, where nobody knows.',
    bugs: [
      {
        title: 'what the broker may have applied is refused',
        file: 'gateway/protocols/pipe/command-queue.ts',
        from: 'open.outcome = unknownAtBroker();',
        to: "open.outcome = { code: 4500, message: '' };",
        finder: spec(commandQueue, settled),
      },
      {
        title: 'what never was the broker’s is left open with it',
        file: 'gateway/protocols/pipe/command-queue.ts',
        from: "return 'sockets' in outcome && !DONE_AT_ONCE.has(open.verb);",
        to: "return 'sockets' in outcome;",
        finder: spec(commandQueue, settled),
      },
      {
        title: 'a gateway that is silent counts as one that is gone',
        file: 'gateway/protocols/pipe/commands/forwarded-command.ts',
        from: 'if (ends && !this.#nodes.has(this.#node)) return { sockets: 0 };',
        to: 'if (ends) return { sockets: 0 };',
        finder: spec(
          'gateway/protocols/pipe/forwarded-command.spec.ts',
          'a command that another gateway does not answer has an outcome that nobody knows',
        ),
      },
      {
        title: 'an operator is told that there is none where nobody answers',
        file: 'gateway/protocols/console/look.ts',
        from: 'if (text === undefined) return SILENT;',
        to: 'if (text === undefined) return undefined;',
        finder: spec(
          'gateway/protocols/console/webhooks.spec.ts',
          'a gateway that gives no answer holds up no act, and may have what is not found',
        ),
      },
    ],
  },
  {
    title: 'a port that is left while connections wait for it',
    kind: 'The system accepts one connection for each turn of the loop, and resets those that wait when the port is closed.',
    bugs: [
      {
        title: 'two turns are taken for all that wait',
        file: 'gateway/transport/listen.ts',
        from: 'quiet < QUIET_TURNS && turns < BACKLOG',
        to: 'turns < QUIET_TURNS',
        finder: spec(
          'gateway/transport/listen.spec.ts',
          'connections that wait for a port are taken before it is closed',
        ),
      },
    ],
  },
];
