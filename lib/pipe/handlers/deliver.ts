import { EventKind, RuleKind, type PipeEvent } from '../../wire/frames';
import type { Arrival } from '../inbox/arrival';
import { EventMeta } from './event-meta';
import { EVERY, both, type Registries } from './registry';
import type { Checks } from './schemas';

/** Delivery of one kind of event to its handlers. */
interface Row {
  readonly registry: keyof Registries;
  /** The event name of `on`. */
  readonly word: string;
  /** The kind of rules that bring it. */
  readonly rule: RuleKind;
  /** The socket, channel or user that it happened to: first argument of handlers that hear of all of them. */
  subject(event: PipeEvent): string;
  /** Arguments of every handler, between the subject and the meta. */
  args(event: PipeEvent): unknown[];
  /** The last event of its subject: its handlers are removed after it. */
  readonly last?: boolean;
}

const none = (): unknown[] => [];
const ofSocket = (word: string, rule: RuleKind, args: Row['args'] = none, last = false): Row => ({
  registry: 'sockets',
  word,
  rule,
  subject: ({ socketId }) => socketId,
  args,
  last,
});
const ofChannel = (word: string, rule: RuleKind, args: Row['args'] = none): Row => ({
  registry: 'channels',
  word,
  rule,
  subject: ({ channel = '' }) => channel,
  args,
});
const ofUser = (word: string): Row => ({
  registry: 'users',
  word,
  rule: RuleKind.USER,
  subject: ({ userId = '' }) => userId,
  args: none,
});
const member = ({ userId = '' }: PipeEvent): unknown[] => [userId];
const unsent = ({ data }: PipeEvent): unknown[] => [parse(data)];

/** Every kind but MESSAGE, whose word depends on its name. Kinds without a row are never subscribed to. */
const ROWS: ReadonlyMap<EventKind, Row> = new Map([
  [EventKind.OPEN, ofSocket('open', RuleKind.SOCKET)],
  [EventKind.CLOSE, ofSocket('close', RuleKind.SOCKET, none, true)],
  [EventKind.SLOW, ofSocket('slow', RuleKind.BACKPRESSURE, unsent)],
  [EventKind.DRAINED, ofSocket('drained', RuleKind.BACKPRESSURE)],
  [EventKind.OCCUPIED, ofChannel('occupied', RuleKind.CHANNEL)],
  [EventKind.VACATED, ofChannel('vacated', RuleKind.CHANNEL)],
  [EventKind.CACHE_MISS, ofChannel('cache_miss', RuleKind.CACHE)],
  [EventKind.MEMBER_ADDED, ofChannel('member_added', RuleKind.PRESENCE, member)],
  [EventKind.MEMBER_REMOVED, ofChannel('member_removed', RuleKind.PRESENCE, member)],
  [EventKind.USER_ONLINE, ofUser('online')],
  [EventKind.USER_OFFLINE, ofUser('offline')],
]);

/** A socket or channel that is with another member now. Nothing more is heard of the socket here. */
const SOCKET_MOVED = ofSocket('moved', RuleKind.SOCKET, none, true);
const CHANNEL_MOVED = ofChannel('moved', RuleKind.CHANNEL);

/** The kind of rules that bring the events of a word; undefined for words that no rule brings. */
export function ruleOf(registry: keyof Registries, word: string): RuleKind | undefined {
  if (word === 'event' || word.startsWith('event:')) return RuleKind.MESSAGE;
  for (const row of [...ROWS.values(), SOCKET_MOVED, CHANNEL_MOVED]) {
    if (row.registry === registry && row.word === word) return row.rule;
  }
  return undefined;
}

/**
 * Hands one event to its handlers: first to the handlers of all sockets or channels, and to `event` before
 * `event:NAME`. Nothing is parsed and nothing is made for a message without a handler. Returns a promise only when some
 * handler, or a schema, is still running.
 */
export function deliver(
  registries: Registries,
  arrival: Arrival,
  checks: Checks,
): Promise<void> | undefined {
  const { event } = arrival;
  if (event.kind === EventKind.MESSAGE) return message(registries, arrival, checks);
  const row = rowOf(arrival);
  if (row === undefined) return undefined;
  const { word, last } = row;
  const registry = registries[row.registry];
  const subject = row.subject(event);
  const args = row.args(event);
  if (arrival.source !== 'moved') args.push(new EventMeta(arrival));
  const running = both(
    registry.tell(EVERY, word, [subject, ...args]),
    registry.tell(subject, word, args),
  );
  if (last === true) registry.drop(subject);
  return running;
}

/** The event name that handlers of an event listen to. */
export function wordFor(arrival: Arrival): string {
  return rowOf(arrival)?.word ?? `event:${arrival.event.event ?? ''}`;
}

function rowOf({ source, event: { kind, socketId } }: Arrival): Row | undefined {
  if (source !== 'moved') return ROWS.get(kind);
  return socketId === '' ? CHANNEL_MOVED : SOCKET_MOVED;
}

function message(
  registries: Registries,
  arrival: Arrival,
  checks: Checks,
): Promise<void> | undefined {
  const { socketId, channel, event: name = '', data: text } = arrival.event;
  const registry = channel ? registries.channels : registries.sockets;
  const subject = channel || socketId;
  const named = `event:${name}`;
  const every = registry.hears(EVERY, 'event', named);
  const one = registry.hears(subject, 'event', named);
  if (!every && !one) return undefined;

  const data = parse(text);
  const meta = new EventMeta(arrival);
  const tell = (value: unknown): Promise<void> | undefined => {
    // Handlers of channels are told which socket has sent it.
    const args = channel ? [socketId, value, meta] : [value, meta];
    let running: Promise<void> | undefined;
    if (every) {
      running = registry.tell(EVERY, 'event', [name, subject, ...args]);
      running = both(running, registry.tell(EVERY, named, [subject, ...args]));
    }
    if (one) {
      running = both(running, registry.tell(subject, 'event', [name, ...args]));
      running = both(running, registry.tell(subject, named, args));
    }
    return running;
  };
  const schema = checks.schemaOf(name);
  if (schema === undefined) return tell(data);
  return checks.check(schema, { event: name, socketId, data, meta }, tell);
}

/** Data as the program sees it: undefined when the browser sent none, or something that is no JSON. */
function parse(data: string | undefined): unknown {
  if (data === undefined || data === '') return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}
