import { StandpipeError } from '../../../errors';
import type { Fields } from '../../../pusher/json';
import type { Eventual } from '../../../brokers/eventual';
import type { App } from '../../core/model/app';
import type { AppKey } from '../../core/model/app-keys';
import type { Hub } from '../../core/hub';
import type { GatewayTracing } from '../../core/tracing/gateway-tracing';
import type { Router } from '../../core/router';
import type { Answer } from '../../http/answer';
import type { Permission } from '../../options/app-keys';
import type { Limits } from '../../options/options';

/** An authenticated request of an app's server. Its parameters and body are not checked yet. */
export interface Call {
  hub: Hub;
  router: Router;
  limits: Limits;
  app: App;
  /** The key that it is signed with, which has the endpoint's permission. */
  key: AppKey;
  /** The channel or user that the path names, percent-decoded once; '' when it names none. */
  subject: string;
  /** The endpoint's own query parameters: strings, and lists of strings for those sent as `name[]`. */
  query: Fields;
  body: Buffer;
  /** The sampled trace that the request is part of; undefined for none. */
  traced?: { by: GatewayTracing; trace: string } | undefined;
}

export interface Endpoint {
  method: 'GET' | 'POST';
  /** Permission that the key of a request must have. */
  permission: Permission;
  /** Query parameters that are its own, in lower case. Any other is refused. */
  params: ReadonlySet<string>;
  /** True when it publishes: an `Idempotency-Key` makes a repetition of it harmless. */
  publishes: boolean;
  /** Checks a request whole, and does nothing yet. Throws an `apiError` when the request breaks a rule. */
  check(call: Call): Checked;
}

/** A request that is in order. */
export interface Checked {
  /** Publishes its events. Absent when it has none. */
  publish?: () => void;
  /** The answer, asked for once the events are published. */
  answer: () => Eventual<Answer>;
}

/** The answer when there is nothing to tell: exactly an empty object, which SDKs compare with. */
export const DONE: Answer = { status: 200, body: '{}' };

/** The answer while the broker of several gateways cannot be reached. */
export const UNAVAILABLE: Answer = {
  status: 503,
  body: 'The broker of this gateway does not answer: try again\n',
  headers: { 'Retry-After': '1' },
};

/** The error that ends a request with a status of 400 and above; its message becomes the body. */
export function apiError(status: number, message: string): StandpipeError {
  return new StandpipeError('refused', message, { status });
}
