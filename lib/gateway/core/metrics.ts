import { Counter, Registry } from 'prom-client';
import type { Broker } from '../../brokers/broker';
import { CloseCode } from '../../pusher/close-codes';
import type { GapCause } from '../../stream/log';
import type { WelcomeFrame } from '../../wire/frames';
import { Declarations, type Labelled, type Times } from './exposition/declarations';

/** Figures read when a scrape comes instead of being counted. */
export interface Live {
  sockets(): number;
  /** Limit of connections. */
  maxSockets(): number;
  /** Signed-in users. */
  users(): number;
  /** Bytes that wait until browsers and backends read. */
  unsentBytes(): number;
  /** Sockets, and events accepted, of each app; of many apps those of the first ones, and the others under ''. */
  appSockets(): Labelled;
  appEvents(): Labelled;
  /** Age of the oldest event that waits for a webhook endpoint, in seconds. */
  oldestWebhookSeconds(): number;
  channels(): number;
  pipes(): number;
  /** Events that connected backends have yet to handle. */
  lag(): number;
  /** Streams that connected backends read. A backend that has yet to answer its WELCOME reads none. */
  streams(): number;
  /** Streams without a connected backend, and their events. */
  waiting(): number;
  waitingEvents(): number;
  oldestUnackedSeconds(): number;
  /** Fill of the fullest stream, from 0 to 1; more while browsers are held back. */
  lagRatio(): number;
  /** Partitions without a connected owner. */
  unowned(): number;
  /** Sockets that are not read because backends are behind. */
  paused(): number;
  /** Sockets closed for the same reason. */
  overflowCloses(): number;
  /** Sockets that droppable events are not written to now. */
  behind(): number;
  /** Uses of each key of the apps that have several. */
  keyUses(): Labelled;
  /** Counters of the broker that joins several gateways; absent without one. */
  broker: Pick<Broker, 'state' | 'metrics'>;
}

/** Bytes of messages and bodies, without headers, which connections count. */
export interface Traffic {
  receivedBytes: number;
  sentBytes: number;
}

/** Codes of the Channels protocol, and those of RFC 6455, section 7.4.1, with which browsers leave. */
const CLOSE_CODES: ReadonlySet<number> = new Set([
  ...Object.values(CloseCode),
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009],
]);

const GAP_CAUSES: readonly GapCause[] = ['overflow', 'expired', 'store_lost', 'node_lost'];

/** Adds one to the count of a key. */
export function countUp<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/**
 * Counters of a gateway. Hot paths bump plain numbers; a scrape turns them into Prometheus metrics. No label ever
 * holds a name from outside.
 */
export class Metrics implements Traffic {
  readonly registry = new Registry();
  readonly #declared = new Declarations(this.registry);
  /** Refusals; `app` is an id of the configuration, or ''. */
  readonly refusals = new Counter({
    name: 'standpipe_refusals_total',
    help: 'Connections, requests and messages that were refused',
    labelNames: ['entrance', 'reason', 'app'] as const,
    registers: [this.registry],
  });
  readonly #publishTimes: Times;
  readonly #handlingTimes: Times;
  readonly #authTimes: Times;
  readonly #webhookTimes: Times;
  /** Requests and upgrades that were answered, by entrance and status. */
  readonly answers = new Map<string, Map<number, number>>();
  /** Sockets that are gone, by close code. */
  readonly socketCloses = new Map<number, number>();
  receivedBytes = 0;
  sentBytes = 0;
  socketsOpened = 0;
  /** `traceparent` of the last event that the present turn publishes as part of a trace. */
  turnTrace: string | undefined;
  /** Messages that browsers sent. */
  messagesReceived = 0;
  /** Messages that broke the protocol. */
  malformedMessages = 0;
  /** Events accepted for channels and sockets, from whatever side. */
  eventsAccepted = 0;
  /** Sockets these events went to. */
  deliveries = 0;
  /** Events whose place a later one of their key took in the same turn. */
  eventsReplaced = 0;
  /** Events not written to a socket that was behind: a later one of their key was. */
  latestDrops = 0;
  /** Volatile events not written to a socket that was behind. */
  volatileDrops = 0;
  /** Events handed to backends. */
  pipeEvents = 0;
  /** Commands of backends applied. */
  pipeCommands = 0;
  /** Decisions asked of backends. */
  authRequests = 0;
  /** Decisions without a result: no backend, no answer in time, or a failure. */
  authFailures = 0;
  /** Connections closed because they did not read. */
  socketsCut = 0;
  /** Connections that were reset or broke a rule of WebSockets. */
  peerFailures = 0;
  /** Events a backend's stream had to drop. */
  pipeEventsDropped = 0;
  /** Gaps told to backends, by cause: all causes from the start on, since a counter that appears with 1 has not grown. */
  readonly pipeGaps = new Map<GapCause, number>(GAP_CAUSES.map((cause) => [cause, 0]));
  /** Backends that connected, by how they went on. */
  readonly pipeResumes = new Map<WelcomeFrame['verdict'], number>();
  /** Streams without a backend that were given up, because too many waited. */
  pipeStreamsGivenUp = 0;
  /** Events sent to a backend that another one may have handled. */
  pipeEventsRedelivered = 0;
  /** Events that gave their place to a later one of their kind. */
  pipeEventsConflated = 0;
  /** Events that endpoints of webhooks have taken. */
  webhookEventsSent = 0;
  /** Events given up: refused for too long, or more than may wait. */
  webhookEventsDropped = 0;
  /** Attempts that failed. */
  webhookFailures = 0;
  /** Events that wait for an endpoint now. */
  webhookEventsWaiting = 0;
  /** Seconds in which no file descriptor was free. */
  fileLimitHits = 0;
  /** Seconds in which nothing new was taken, because memory was nearly used up. */
  memoryLimitHits = 0;
  /** Log lines that could not be written. */
  logLinesDropped = 0;
  /** Faults of the gateway itself; each is logged. */
  failures = 0;

  /** @param live what is missing counts as 0; with `exemplars` histograms keep traces */
  constructor(live: Partial<Live> & { exemplars?: boolean } = {}) {
    const declared = this.#declared;
    const times = (name: string, help: string): Times =>
      declared.times(name, help, live.exemplars === true);
    this.#publishTimes = times(
      'publish_seconds',
      'Time from the first event that a turn accepts for channels until all are written',
    );
    this.#handlingTimes = times(
      'pipe_handling_seconds',
      'Time from an event of a browser until a backend says that it is handled: the oldest event of each acknowledgement',
    );
    this.#authTimes = times(
      'auth_seconds',
      'Time until backends have decided on a subscription or sign-in, or have not',
    );
    this.#webhookTimes = times(
      'webhook_seconds',
      'Time of an attempt to send a webhook, whatever its outcome',
    );
    const count = declared.count.bind(declared);
    const countBy = declared.countBy.bind(declared);
    const level = declared.level.bind(declared);
    level('sockets', 'Browser connections open now', live.sockets);
    level('sockets_max', 'Limit of connections', live.maxSockets);
    level('users', 'Signed-in users', live.users);
    level('unsent_bytes', 'Bytes that wait until their connections read', live.unsentBytes);
    const ofApp = ['app'];
    const sockets = 'Browser connections of an app open now';
    declared.levelByLabels('app_sockets', sockets, ofApp, () => live.appSockets?.() ?? []);
    const events = 'Events of an app accepted';
    declared.countByLabels('app_events_total', events, ofApp, () => live.appEvents?.() ?? []);
    declared.countByLabels(
      'requests_total',
      'Requests and upgrades answered',
      ['entrance', 'status'],
      () => answersBy(this.answers),
    );
    countBy('socket_closes_total', 'Browser connections that are gone', 'code', () =>
      closesBy(this.socketCloses),
    );
    count('received_bytes_total', 'Bytes of messages and bodies', () => this.receivedBytes);
    count('sent_bytes_total', 'Bytes of messages and bodies', () => this.sentBytes);
    level('channels', 'Channels occupied now', live.channels);
    level('pipes', 'Backends connected now', live.pipes);
    count('sockets_opened_total', 'Browser connections opened', () => this.socketsOpened);
    count('messages_received_total', 'Messages from browsers', () => this.messagesReceived);
    count(
      'malformed_messages_total',
      'Messages from browsers against the protocol',
      () => this.malformedMessages,
    );
    count('events_accepted_total', 'Events accepted', () => this.eventsAccepted);
    count('deliveries_total', 'Events written to a socket', () => this.deliveries);
    count(
      'events_replaced_total',
      'Events that gave their place to a later one of their key before they were written to anybody',
      () => this.eventsReplaced,
    );
    countBy(
      'deliveries_dropped_total',
      'Events among the deliveries that were not written, since their browser was behind',
      'reason',
      () => [
        ['latest', this.latestDrops],
        ['volatile', this.volatileDrops],
      ],
    );
    level('sockets_behind', 'Browsers that are behind with such events', live.behind);
    count('pipe_events_total', 'Events sent to backends', () => this.pipeEvents);
    count('pipe_commands_total', 'Commands of backends applied', () => this.pipeCommands);
    count(
      'pipe_events_dropped_total',
      'Events dropped from full streams',
      () => this.pipeEventsDropped,
    );
    count(
      'pipe_events_conflated_total',
      'Events that gave their place to a later one',
      () => this.pipeEventsConflated,
    );
    count(
      'pipe_redelivered_total',
      'Events sent to backends that another may have handled',
      () => this.pipeEventsRedelivered,
    );
    countBy('pipe_gaps_total', 'Gaps told to backends', 'cause', () => this.pipeGaps);
    countBy('pipe_resumes_total', 'Backends that connected', 'result', () => this.pipeResumes);
    level('pipe_lag_events', 'Events that backends have yet to handle', live.lag);
    level('pipe_oldest_unacked_seconds', 'Age of the oldest of them', live.oldestUnackedSeconds);
    level('pipe_lag_ratio', 'Fill of the fullest stream, from 0 to 1', live.lagRatio);
    level('pipe_partitions_unowned', 'Partitions without a connected owner', live.unowned);
    level('pipe_streams', 'Streams that connected backends read', live.streams);
    level('pipe_waiting_streams', 'Streams that wait for a backend', live.waiting);
    level('pipe_waiting_events', 'Events that wait with them', live.waitingEvents);
    count(
      'pipe_streams_given_up_total',
      'Streams given up because too many waited',
      () => this.pipeStreamsGivenUp,
    );
    level('sockets_paused', 'Browsers not read because backends are behind', live.paused);
    count('auth_requests_total', 'Authorizations asked of backends', () => this.authRequests);
    count('auth_failures_total', 'Authorizations without an answer', () => this.authFailures);
    count('peer_failures_total', 'Connections reset or against the rules', () => this.peerFailures);
    countBy('socket_cut_total', 'Connections cut', 'reason', () => [
      ['slow', this.socketsCut],
      ['overflow', live.overflowCloses?.() ?? 0],
    ]);
    level(
      'webhook_events_waiting',
      'Events that wait for a webhook endpoint',
      () => this.webhookEventsWaiting,
    );
    level(
      'webhook_oldest_waiting_seconds',
      'Age of the oldest event that waits for a webhook endpoint',
      live.oldestWebhookSeconds,
    );
    count('webhook_events_sent_total', 'Webhook events taken', () => this.webhookEventsSent);
    count(
      'webhook_events_dropped_total',
      'Webhook events given up',
      () => this.webhookEventsDropped,
    );
    count('webhook_failures_total', 'Webhook attempts that failed', () => this.webhookFailures);
    const uses =
      'Connections, requests and subscriptions let in by a key, of apps with several keys';
    const labels = ['app', 'key'];
    declared.countByLabels('key_uses_total', uses, labels, () => live.keyUses?.() ?? []);
    count('file_limit_total', 'Seconds without a free descriptor', () => this.fileLimitHits);
    count('memory_limit_total', 'Seconds near the end of memory', () => this.memoryLimitHits);
    count('log_lines_dropped_total', 'Log lines not written', () => this.logLinesDropped);
    count('failures_total', 'Faults of the gateway itself', () => this.failures);
    const { broker } = live;
    if (broker === undefined) return;
    const { metrics } = broker;
    level('broker_up', 'Whether the broker answers: 1, or 0', () => Number(broker.state === 'up'));
    level('broker_nodes', 'Gateways with a lease', () => metrics.nodes);
    level('broker_topics', 'Channels and users that are heard', () => metrics.topics);
    level('broker_spool_bytes', 'Bytes that wait for the broker', () => metrics.spoolBytes);
    countBy('broker_turns_total', 'Turns said to the broker', 'result', () => [
      ['applied', metrics.turnsApplied],
      ['repeated', metrics.turnsRepeated],
      ['stale', metrics.turnsStale],
    ]);
    count('broker_turn_seconds_total', 'Time that turns took', () => metrics.turnSeconds);
    count('broker_received_total', 'Messages heard from the broker', () => metrics.received);
    count('broker_dropped_total', 'Events refused while it was away', () => metrics.dropped);
    count('broker_replayed_total', 'Events read behind a cut', () => metrics.replayed);
    count('broker_missed_total', 'Channels that may have missed events', () => metrics.missed);
    count('broker_swept_total', 'Facts of dead gateways taken out', () => metrics.swept);
    count('broker_fenced_total', 'Times that others took this one for dead', () => metrics.fenced);
  }

  /** A turn has written what it accepted for channels. */
  written(durationMs: number): void {
    this.#publishTimes.observe(durationMs / 1000, this.turnTrace);
  }

  /** A backend has handled an event of a browser, which may be part of a trace. */
  handled(durationMs: number, trace?: string): void {
    // The wall clock may have been set back.
    this.#handlingTimes.observe(Math.max(0, durationMs) / 1000, trace);
  }

  /** Backends have decided, or have not. */
  decided(durationMs: number): void {
    this.#authTimes.observe(durationMs / 1000);
  }

  /** An attempt to send a webhook has ended. */
  attempted(durationMs: number): void {
    this.#webhookTimes.observe(durationMs / 1000);
  }
}

function* answersBy(answers: Metrics['answers']): Labelled {
  for (const [entrance, statuses] of answers) {
    for (const [status, n] of statuses) yield [{ entrance, status: String(status) }, n];
  }
}

/** Peers may close with any code, so those that are no code of the protocol share a label. */
function closesBy(closes: ReadonlyMap<number, number>): Iterable<readonly [string, number]> {
  const byLabel = new Map<string, number>();
  for (const [code, n] of closes) {
    const label = CLOSE_CODES.has(code) ? String(code) : 'other';
    byLabel.set(label, (byLabel.get(label) ?? 0) + n);
  }
  return byLabel;
}
