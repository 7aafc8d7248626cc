import { property, spec, type FaultKind } from './fault-kind';

const store = 'gateway/core/streams/stream-store.spec.ts';
const inPlace = 'the next gateway has each unfinished event in its place, and no other';

const takeOvers = 'gateway/cluster/take-overs.spec.ts';
const webhooks = 'gateway/cluster/webhooks-once.spec.ts';
const queue = 'gateway/webhooks/queue.spec.ts';
const teller = 'gateway/webhooks/teller.spec.ts';
const lastTold = 'gateway/webhooks/last-told.spec.ts';

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
        file: 'gateway/core/cluster/reporters.ts',
        from: 'this.#orphans.set(node, reporter);',
        to: '',
        finder: spec(
          'gateway/cluster/kept-streams.spec.ts',
          'a planned restart of its gateway leaves a stream to another one',
        ),
      },
      {
        title: 'events go to a gateway that took them and never had their stream',
        file: 'gateway/core/cluster/tail.ts',
        from: 'homes.has(passed.to.node) && !passed.to.isStopped;',
        to: 'homes.size > 0;',
        finder: spec(
          'gateway/core/cluster/reporters.spec.ts',
          'events that a node took without becoming a home are kept, with all behind them',
        ),
      },
      {
        title: 'a gateway that has left its streams takes what others report for them',
        file: 'gateway/core/cluster/elsewhere.ts',
        from: 'if (this.#isLeaving) return new Promise(() => undefined);',
        to: '',
        finder: spec(
          'gateway/cluster/kept-streams.spec.ts',
          'events that come while the gateway of a stream is leaving come to its next one',
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
        title: 'a start does not wait for questions that have to be sent again',
        file: 'gateway/core/cluster/nodes.ts',
        from: "return later(this.send(app, from, { type: 'met' }), (answer) => answer ?? '');",
        to: "return 'ok';",
        finder: spec(
          takeOvers,
          'a gateway that starts waits for questions that were lost on their way',
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
  {
    title: 'a question of another gateway that is forgotten',
    kind: 'A gateway waits without end for another one to tell what is there, and its backends keep what is gone.',
    bugs: [
      {
        title: 'a gateway that does not know who asks is not asked again',
        file: 'gateway/core/cluster/questions.ts',
        from: 'else if (this.isAsking && asked.heard < id) this.#askAgain();',
        to: 'else if (answer === undefined) this.#askAgain();',
        finder: spec(
          takeOvers,
          'a gateway that did not know who asked tells its sockets all the same',
        ),
      },
      {
        title: 'a gateway that was taken for dead goes as if it left',
        file: 'gateway/protocols/pipe/protocol.ts',
        from: 'fenced: () => sessions.clear(),',
        to: 'fenced: () => this.stop(),',
        finder: spec(
          takeOvers,
          'a gateway that was taken for dead hears what its next backends ask for',
        ),
      },
      {
        title: 'snapshots wait for kept events without end',
        file: 'gateway/core/cluster/elsewhere.ts',
        from: '}, PASSED_MS);',
        to: '}, 1_000 * PASSED_MS);',
        finder: spec(
          takeOvers,
          'a gateway that never says what it has kept is not waited for without end',
        ),
      },
      {
        title: 'a gateway tells sockets of before it was taken for dead',
        file: 'gateway/core/cluster/reporter.ts',
        from: "const own = list === 'sockets' ? names.filter((id) => this.#isOwn(id as string)) : names;",
        to: 'const own = names;',
        finder: spec(
          takeOvers,
          'sockets that were told as closed with their gateway are not told again',
        ),
      },
    ],
  },
  {
    title: 'a stream without a home for a while',
    kind: 'Events of the time in which a stream had no gateway are lost, or come again without the mark.',
    bugs: [
      {
        title: 'a gateway that comes meanwhile keeps nothing for it',
        file: 'gateway/core/cluster/elsewhere.ts',
        from: 'this.reporters.passOn(node);',
        to: '',
        finder: spec(
          takeOvers,
          'events of a gateway that came while a stream had none come to its next one',
        ),
      },
      {
        title: 'a stream goes on before it is written that it does',
        file: 'gateway/protocols/pipe/cluster/stored-streams.ts',
        from: 'return this.#claim(app, name, { ...stored, gone: known.flat() });',
        to: 'return { ...stored, gone: known.flat() };',
        finder: spec(takeOvers, 'a stream goes on from a gateway that has written nothing of it'),
      },
      {
        title: 'reports without an answer are dropped',
        file: 'gateway/core/cluster/reporter.ts',
        from: 'if (text === undefined) return this.#sendAgain();',
        to: 'if (text === undefined) return this.#lose();',
        finder: spec(
          takeOvers,
          'reports that nobody answers for long are sent again, and nothing is lost',
        ),
      },
      {
        title: 'reports that wait for kept events are dropped where there are none',
        file: 'gateway/core/cluster/elsewhere.ts',
        from: "this.#ended(node, message.stream, 'first');",
        to: 'this.#ended(node, message.stream);',
        finder: spec(takeOvers, 'events that nobody passes on are told when that is known'),
      },
    ],
  },
  {
    title: 'webhooks of a gateway that is killed',
    kind: 'A change that a gateway was to tell is told by nobody, since it died before the endpoint had taken it.',
    bugs: [
      {
        title: 'nobody takes over the debts of the dead',
        file: 'gateway/webhooks/teller.ts',
        from: 'if (this.#takesOver) return this.#takeDebts();',
        to: '',
        finder: spec(webhooks, 'changes around a gateway that is lost are told once'),
      },
      {
        title: 'a change is owed no more when it is queued',
        file: 'gateway/webhooks/queue.ts',
        from: 'event.receipt?.hold();',
        to: '',
        finder: spec(webhooks, 'changes around a gateway that is lost are told once'),
      },
    ],
  },
  {
    title: 'an older state that webhooks tell last',
    kind: 'Two gateways tell of a channel, and an endpoint takes what the first one tells behind what the second one tells.',
    bugs: [
      {
        title: 'what another gateway has told later is not told again',
        file: 'gateway/webhooks/teller.ts',
        from: 'for (const telling of others) this.#tellAgain(telling);',
        to: '',
        finder: spec(
          lastTold,
          'a state that an endpoint takes late is followed by the one that was told last',
        ),
      },
      {
        title: 'a state that one endpoint never gets counts as told to it behind another one',
        file: 'gateway/webhooks/receipt.ts',
        from: '[known.at(-1), ...lasts].some(',
        to: '[known.at(-1)].some(',
        finder: spec(lastTold, 'the last event of each room is the truth, whichever gateways die'),
      },
      {
        title: 'a debt is paid by the first of two events that pay it',
        file: 'gateway/webhooks/teller.ts',
        from: 'const due = this.#open.due(settled);',
        to: 'const due = settled.filter(() => true);',
        finder: spec(
          lastTold,
          'a state that a gateway tells twice is owed until both events are taken',
        ),
      },
      {
        title: 'a debt that is taken over takes back what waits',
        file: 'gateway/webhooks/queue.ts',
        from: '|| mayBeTaken === true',
        to: '',
        finder: spec(
          queue,
          'an event that an endpoint may have from another gateway is not taken back',
        ),
      },
      {
        title: 'what another gateway has told again is taken back',
        file: 'gateway/webhooks/teller.ts',
        from: "answers[i] === 'apart'",
        to: 'false',
        finder: spec(
          teller,
          'a change behind a state that another node told again takes nothing back',
        ),
      },
    ],
  },
];
