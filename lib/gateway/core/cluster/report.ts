import { isObject } from '../../../pusher/json';
import { RuleKind, type PipeEvent, type Rule } from '../../../wire/frames';
import type { NodeMessage } from './nodes';

/** Sockets, channels, members and users of one node, as far as the asking node wants to hear of them. */
export interface Present {
  readonly sockets: readonly string[];
  readonly channels: readonly string[];
  /** Pairs of a presence channel and a user. */
  readonly members: ReadonlyArray<readonly [string, string]>;
  readonly users: readonly string[];
}

/** Reason for a list: the other node asks for more, events were lost, or the app is gone from the node. */
export type ListCause = 'more' | 'lost' | 'gone';

/**
 * An item of a report, in the order in which things happened: an event; the beginning of a list of all that is present,
 * `lost` when events may have been lost before it, `gone` when nothing is any more; a piece of that list; or its end. Of the
 * end `heard` is the number of the question from which on everything is reported.
 */
export type ReportItem =
  | PipeEvent
  | { readonly begin: ListCause }
  | { readonly present: Partial<Present> }
  | { readonly heard: number }
  /** An event for one stream alone, which another node had; and the end of those. */
  | { readonly passed: PipeEvent; readonly stream: string }
  | { readonly ended: string };

/** A node asks another one to report what happens there: events that any of the rules brings. Without rules, nothing. */
export interface HearMessage extends NodeMessage {
  readonly type: 'hear';
  readonly id: number;
  readonly rules: readonly Rule[];
}

/**
 * A node has arrived: it keeps what a third one wants to hear for the next homes of that one's streams. The third one may be
 * dead, and known to be dead, or not yet.
 */
export interface KeepMessage extends NodeMessage {
  readonly type: 'keep';
  readonly of: number;
  readonly rules: readonly Rule[];
}

/** A node has taken over a stream: it asks for the events that another one has reported to the nodes before it. */
export interface TailMessage extends NodeMessage {
  readonly type: 'tail';
  /** Nodes that have had the stream, the earliest first, with the number of the last report that the stream has. */
  readonly owed: ReadonlyArray<readonly [home: number, after: number]>;
  readonly rules: readonly Rule[];
  readonly stream: string;
}

/** Reports of one node to another are numbered. */
export interface ReportMessage extends NodeMessage {
  readonly type: 'report';
  readonly number: number;
  readonly items: readonly ReportItem[];
}

const CAUSES: ReadonlySet<unknown> = new Set<ListCause>(['more', 'lost', 'gone']);

/** Decisions are asked of a backend by themselves: nothing is reported for these rules. */
const DECISIONS: ReadonlySet<RuleKind> = new Set<RuleKind>([
  RuleKind.AUTHORIZE,
  RuleKind.AUTHENTICATE,
]);
/** Rules of which other nodes report, each once, by their text. */
export function reportable(lists: ReadonlyArray<readonly Rule[]>): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const { kind, channels, events } of lists.flat()) {
    const rule = { kind, channels, events };
    if (!DECISIONS.has(kind)) rules.set(JSON.stringify(rule), rule);
  }
  return rules;
}

export function readHear({ id, rules }: NodeMessage): HearMessage | undefined {
  if (typeof id !== 'number' || !Array.isArray(rules) || !rules.every(isRule)) return undefined;
  return { type: 'hear', id, rules };
}

export function readKeep({ of, rules }: NodeMessage): KeepMessage | undefined {
  if (typeof of !== 'number' || !Array.isArray(rules) || !rules.every(isRule)) return undefined;
  return { type: 'keep', of, rules };
}

export function readTail({ owed, rules, stream }: NodeMessage): TailMessage | undefined {
  if (!Array.isArray(owed) || !owed.every(isPair) || typeof stream !== 'string') return undefined;
  if (!Array.isArray(rules) || !rules.every(isRule)) return undefined;
  return { type: 'tail', owed, rules, stream };
}

export function readReport({ number, items }: NodeMessage): ReportMessage | undefined {
  if (typeof number !== 'number' || !Array.isArray(items) || !items.every(isItem)) return undefined;
  return { type: 'report', number, items };
}

function isPair(pair: unknown): pair is [number, number] {
  return Array.isArray(pair) && pair.every((value) => typeof value === 'number');
}

function isRule(rule: unknown): rule is Rule {
  if (!isObject(rule) || typeof rule.kind !== 'number') return false;
  return isTexts(rule.channels) && isTexts(rule.events);
}

function isItem(item: unknown): item is ReportItem {
  if (!isObject(item)) return false;
  if ('kind' in item) return isEvent(item);
  if ('passed' in item) return isEvent(item.passed) && typeof item.stream === 'string';
  if ('ended' in item) return typeof item.ended === 'string';
  if ('present' in item) {
    const { present } = item;
    return isObject(present) && Object.values(present).every((list) => Array.isArray(list));
  }
  return CAUSES.has(item.begin) || typeof item.heard === 'number';
}

function isEvent(event: unknown): boolean {
  if (!isObject(event) || typeof event.kind !== 'number') return false;
  if (typeof event.socketId !== 'string' || typeof event.time !== 'number') return false;
  return isTextOrNone(event.channel, event.userId);
}

function isTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((text) => typeof text === 'string');
}

function isTextOrNone(...values: readonly unknown[]): boolean {
  return values.every((value) => value === undefined || typeof value === 'string');
}
