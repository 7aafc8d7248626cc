import type { Eventual } from '../../../../brokers/eventual';
import { StandpipeError } from '../../../../errors';
import { parseChannelName } from '../../../../pusher/channel-name';
import type { Fields } from '../../../../pusher/json';
import { REFUSAL_CODES } from '../../../../wire/close-codes';
import type { App } from '../../../core/model/app';
import type { Refusal } from '../commands/outcome';
import type { PipeContext } from '../context';

/** A query of a backend, about its own app. */
export interface Query {
  context: PipeContext;
  app: App;
  params: Fields;
  /** The JSON text that `params` were read from. */
  text: string;
  deadlineMs: number;
  /** Answers when `run` has said that it will. Does nothing after the connection has gone. */
  later: (answer: { result: string } | Refusal) => void;
}

/** A list: the JSON texts of its items, taken one by one while it is written; behind these, items that come later in pieces. */
export interface ListResult {
  items: Iterable<string>;
  more?: AsyncIterable<Iterable<string>>;
}

/** The JSON text of the answer; or a list; or a function that gives up a query whose result comes later. */
export type Result = { result: string } | ListResult | { giveUp: () => void };

/** Answers one method, at once or later. Throws what `queryError` makes for params that break a rule. */
export type Method = (query: Query) => Eventual<Result>;

/** Told while the broker of several gateways cannot be reached. */
export function unavailable(): StandpipeError {
  return queryError('internal', 'the broker of this gateway does not answer');
}

export function queryError(name: keyof typeof REFUSAL_CODES, message: string): StandpipeError {
  return new StandpipeError('refused', message, { status: REFUSAL_CODES[name].code });
}

export function stringParam(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw queryError('bad_params', `${name} must be a string`);
}

export function channelParam({ app, context, params }: Query): string {
  const name = stringParam('channel', params.channel);
  if (app.channels.has(name)) return name;
  if (parseChannelName(name, context.limits.maxChannelNameLength) !== undefined) return name;
  throw queryError('bad_channel_name', `Invalid channel name: '${name.slice(0, 200)}'`);
}

/** Takes of some items as many as `limit` leaves, over all calls of the function that it returns. */
export function limiter({ params: { limit } }: Query): <T>(items: Iterable<T>) => Iterable<T> {
  if (limit === undefined) return (items) => items;
  if (!Number.isSafeInteger(limit) || (limit as number) < 1) {
    throw queryError('bad_params', 'limit must be a whole number above 0');
  }
  let left = limit as number;
  return function* first(items) {
    if (left === 0) return;
    for (const item of items) {
      yield item;
      if (--left === 0) return;
    }
  };
}
