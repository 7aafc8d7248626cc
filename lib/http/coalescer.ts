import { asError } from '../errors';
import { DEFAULT_CHANNEL_LIMITS } from '../pusher/limits';
import { RequestError, RuleError } from './errors';
import type { ApiSender } from './request';
import { ApiResponse } from './response';
import type { BatchAnswer, ChannelAttributes, TriggerAnswer, TriggerParams } from './types';

/** An event of one channel whose data is text already. */
export interface ChannelEvent {
  channel: string;
  name: string;
  data: string;
  params: TriggerParams;
}

interface Waiting {
  event: ChannelEvent;
  resolve: (response: ApiResponse<TriggerAnswer>) => void;
  reject: (error: Error) => void;
}

const MAX_EVENTS = DEFAULT_CHANNEL_LIMITS.maxEventsPerBatch;

/** Data of the events in one request. Servers bound their requests; ten of the longest events stay below this. */
const MAX_DATA_LENGTH = 110_000;

/** Refusals of a request as a whole: sent again one by one, its events would be refused for the same reason. */
const NOT_OF_EVENTS = new Set([401, 403, 429]);

/** Runs a function when the present turn of the event loop has ended. */
const atEndOfTurn: (run: () => void) => void =
  (globalThis as { setImmediate?: (run: () => void) => unknown }).setImmediate ??
  ((run) => setTimeout(run, 0));

/**
 * Puts events that are triggered in one turn of the event loop into one request. An event alone is sent as it always
 * was, so this is seen only by who sends many: ten events cost little more than one. Each trigger has its own answer,
 * and the answers are those that it would have had alone.
 */
export class Coalescer {
  readonly #sender: ApiSender;
  readonly #maxInFlight: number;
  #queue: Waiting[] = [];
  /** Events whose triggers have no answer yet. */
  #inFlight = 0;
  /** False once the server said that it takes no batches. */
  #batches = true;

  constructor(sender: ApiSender, maxInFlight: number) {
    this.#sender = sender;
    this.#maxInFlight = maxInFlight;
  }

  publish(event: ChannelEvent): Promise<ApiResponse<TriggerAnswer>> {
    if (!this.#batches) return this.#sendAlone(event);
    this.#sender.check();
    if (this.#inFlight >= this.#maxInFlight) {
      throw new RuleError('in_flight', `${this.#inFlight} events are under way`, 'outbox_full');
    }
    if (this.#queue.length === 0) atEndOfTurn(() => this.flush());
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      this.#queue.push({
        event,
        resolve: (response) => {
          this.#inFlight -= 1;
          resolve(response);
        },
        reject: (error) => {
          this.#inFlight -= 1;
          reject(error);
        },
      });
    });
  }

  /** Sends the events that wait for the end of the turn, so that a request of another kind does not overtake them. */
  flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (let at = 0; at < queue.length;) {
      const part = queue.slice(at, at + fitting(queue, at));
      at += part.length;
      const [first] = part;
      if (part.length === 1 && first !== undefined) void this.#settleAlone(first);
      else void this.#sendTogether(part);
    }
  }

  async #sendTogether(part: readonly Waiting[]): Promise<void> {
    const batch = part.map(({ event: { channel, name, data, params } }) => {
      return { channel, name, data, ...params };
    });
    try {
      const call = {
        method: 'POST',
        path: '/batch_events',
        body: JSON.stringify({ batch }),
      } as const;
      const response = await this.#sender.send<BatchAnswer>(call);
      const attributes = response.body === '{}' ? [] : ((await response.json()).batch ?? []);
      part.forEach(({ event, resolve }, at) => resolve(answerFor(event, response, attributes[at])));
    } catch (error) {
      const status = error instanceof RequestError ? error.status : undefined;
      if (status === undefined || status >= 500 || NOT_OF_EVENTS.has(status)) {
        for (const { reject } of part) reject(asError(error));
        return;
      }
      if (status === 404 || status === 405) this.#batches = false;
      // A batch with one event that breaks a rule is refused whole, and the others are as good as before.
      for (const waiting of part) await this.#settleAlone(waiting);
    }
  }

  async #settleAlone({ event, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(await this.#sendAlone(event));
    } catch (error) {
      reject(asError(error));
    }
  }

  #sendAlone(event: ChannelEvent): Promise<ApiResponse<TriggerAnswer>> {
    return publishAlone(this.#sender, event.name, event.data, [event.channel], event.params);
  }
}

/** Publishes one event in a request of its own. */
export function publishAlone(
  sender: ApiSender,
  name: string,
  data: string,
  channels: readonly string[],
  params: TriggerParams,
): Promise<ApiResponse<TriggerAnswer>> {
  const body = JSON.stringify({ name, data, channels, ...params });
  return sender.send({ method: 'POST', path: '/events', body });
}

/** Number of events from `at` on that fit into one request. */
function fitting(queue: readonly Waiting[], at: number): number {
  let length = 0;
  let count = 0;
  for (const { event } of queue.slice(at, at + MAX_EVENTS)) {
    // Data that is missing is refused by the server, with its reason.
    length += (event.data as string | undefined)?.length ?? 0;
    if (count > 0 && length > MAX_DATA_LENGTH) break;
    count += 1;
  }
  return count;
}

/** The answer that a trigger would have had alone. */
function answerFor(
  { channel, params }: ChannelEvent,
  { request, status, headers }: ApiResponse,
  attributes: ChannelAttributes | undefined,
): ApiResponse<TriggerAnswer> {
  const informed = params.info && attributes !== undefined;
  const body = informed ? JSON.stringify({ channels: { [channel]: attributes } }) : '{}';
  return new ApiResponse(request, { status, headers: () => headers, body });
}
