import { StandpipeError } from '../../../errors';
import { isObject, parseJson } from '../../../pusher/json';
import { REFUSAL_CODES } from '../../../wire/close-codes';
import type { QueryFrame } from '../../../wire/frames';
import type { App } from '../../core/model/app';
import { type Refusal, refusal } from './commands/outcome';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';
import { channelInfo } from './queries/channel-info';
import { channelMembers } from './queries/channel-members';
import { channelsList } from './queries/channels-list';
import type { ListResult, Method, Result } from './queries/query';
import { forwarded } from './cluster/forwarded-query';
import { socketInfo } from './queries/socket-info';
import { socketRequest } from './queries/socket-request';
import { socketsCount } from './queries/sockets-count';
import { socketsList } from './queries/sockets-list';
import { stats } from './queries/stats';
import { userInfo } from './queries/user-info';
import type { PipeSession } from './session';

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['channels.list', channelsList],
  ['channel.info', channelInfo],
  ['channel.members', channelMembers],
  ['sockets.count', socketsCount],
  ['sockets.list', socketsList],
  ['socket.info', forwarded('socket.info', socketInfo)],
  ['socket.request', forwarded('socket.request', socketRequest)],
  ['user.info', userInfo],
  ['stats', stats],
]);

/** Queries of one connection that may be open at once. */
const MAX_OPEN = 1000;
/** A piece of a list is sent when it has reached this size. */
const PIECE_BYTES = 56 * 1024;

/** A list that is being written, piece by piece. */
interface List {
  id: number;
  items: Iterator<string>;
  /** Pieces behind the items. */
  more: AsyncIterator<Iterable<string>> | undefined;
  /** Time after which nobody waits for it. */
  endsAt: number;
}

/**
 * The queries of one connection. Most have their result at once. Lists are written a piece a turn, one after the other,
 * as far as the connection takes them; one that waits for its next piece lets the others go first. Requests to browsers
 * wait for the reply. Open queries end with the connection.
 */
export class Queries {
  readonly #context: PipeContext;
  readonly #app: App;
  readonly #link: BackendLink;
  readonly #session: PipeSession;
  /** Queries that wait for a browser, for the broker or for other nodes, with what gives them up. */
  readonly #waiting = new Map<number, () => void>();
  readonly #lists = new Map<number, List>();
  #writing = false;
  #ended = false;

  constructor(context: PipeContext, link: BackendLink, session: PipeSession) {
    this.#context = context;
    this.#app = link.app;
    this.#link = link;
    this.#session = session;
  }

  ask(query: QueryFrame): void {
    const { id, method: name } = query;
    if (this.#waiting.has(id) || this.#lists.has(id)) {
      return this.#link.fail('protocol_error', `query ${id} is open already`);
    }
    const method = METHODS.get(name);
    if (method === undefined) {
      return this.#replyError(
        id,
        refusal('unknown_method', `unknown method '${name.slice(0, 64)}'`),
      );
    }
    if (this.#waiting.size + this.#lists.size >= MAX_OPEN) {
      const message = `a connection may have ${MAX_OPEN} open queries`;
      return this.#replyError(id, refusal('limit_reached', message));
    }
    try {
      this.#run(method, query);
    } catch (error) {
      this.#replyError(id, this.#refusal(error));
    }
  }

  /** The connection is gone. */
  end(): void {
    this.#ended = true;
    for (const giveUp of this.#waiting.values()) giveUp();
    this.#waiting.clear();
    this.#lists.clear();
  }

  #run(method: Method, { id, params: text, deadlineMs }: QueryFrame): void {
    const params = text === '' ? {} : parseJson(text);
    if (!isObject(params)) {
      return this.#replyError(id, refusal('bad_params', 'params must be a JSON object'));
    }
    const answer = method({
      context: this.#context,
      app: this.#app,
      params,
      text,
      deadlineMs,
      later: (outcome) => this.#answered(id, outcome),
    });
    const endsAt = deadlineMs === 0 ? Infinity : this.#context.clock.now() + deadlineMs;
    if (!(answer instanceof Promise)) return this.#take(id, answer, endsAt);
    // Asked of the broker, which always answers in the end.
    this.#waiting.set(id, () => undefined);
    void answer.then(
      (result) => {
        if (this.#waiting.delete(id)) this.#take(id, result, endsAt);
      },
      (error: unknown) => {
        if (this.#waiting.delete(id)) this.#replyError(id, this.#refusal(error));
      },
    );
  }

  #take(id: number, answer: Result, endsAt: number): void {
    if ('result' in answer) return this.#reply(id, answer.result, false);
    if ('giveUp' in answer) return void this.#waiting.set(id, answer.giveUp);
    this.#list({ id, ...iteratorsOf(answer), endsAt });
  }

  #list(list: List): void {
    this.#lists.set(list.id, list);
    if (!this.#writing) this.#write();
  }

  /** A list is written further when its next piece is there. */
  #fetch(list: List, more: AsyncIterator<Iterable<string>>): void {
    const { id } = list;
    this.#lists.delete(id);
    this.#waiting.set(id, () => void more.return?.());
    more.next().then(
      ({ value, done }) => {
        if (!this.#waiting.delete(id)) return;
        const isLast = done === true;
        const items = (isLast ? [] : value)[Symbol.iterator]();
        this.#list({ ...list, items, more: isLast ? undefined : more });
      },
      (error: unknown) => {
        if (this.#waiting.delete(id)) this.#replyError(id, this.#refusal(error));
      },
    );
  }

  #answered(id: number, outcome: { result: string } | Refusal): void {
    if (!this.#waiting.delete(id)) return;
    if ('code' in outcome) this.#replyError(id, outcome);
    else this.#reply(id, outcome.result, false);
  }

  /** Writes one piece of the oldest list, and comes back for the next one. */
  #write(): void {
    const [list] = this.#lists.values();
    this.#writing = list !== undefined && !this.#ended;
    if (list === undefined || this.#ended) return;
    const again = (): void => this.#write();
    if (!this.#link.writable) return this.#link.onDrain(again);
    this.#piece(list);
    if (this.#lists.size > 0) this.#context.clock.endOfTurn(again);
    else this.#writing = false;
  }

  #piece(list: List): void {
    const { id, items, more, endsAt } = list;
    if (this.#context.clock.now() > endsAt) {
      this.#lists.delete(id);
      return this.#replyError(id, refusal('timeout', 'the list was not written in time'));
    }
    const texts: string[] = [];
    let bytes = 0;
    let done = false;
    while (!done && bytes < PIECE_BYTES) {
      const next = items.next();
      done = next.done === true;
      if (next.done === true) break;
      texts.push(next.value);
      bytes += Buffer.byteLength(next.value) + 1;
    }
    if (done) this.#lists.delete(id);
    const isLast = done && more === undefined;
    if (isLast || texts.length > 0) this.#reply(id, `[${texts.join()}]`, !isLast);
    if (done && more !== undefined) this.#fetch(list, more);
  }

  #reply(id: number, result: string, more: boolean): void {
    this.#link.send({ type: 'reply', id, result, asOf: this.#session.positions(), more });
  }

  #replyError(id: number, error: Refusal): void {
    this.#link.send({ type: 'reply', id, result: '', error, asOf: [], more: false });
  }

  #refusal(error: unknown): Refusal {
    if (error instanceof StandpipeError && error.code === 'refused' && error.status !== undefined) {
      return { code: error.status, message: error.message };
    }
    this.#context.metrics.failures++;
    this.#context.log.error({ err: error }, 'a query of a backend failed');
    return refusal('internal', REFUSAL_CODES.internal.meaning);
  }
}

function iteratorsOf({ items, more }: ListResult): Pick<List, 'items' | 'more'> {
  return { items: items[Symbol.iterator](), more: more?.[Symbol.asyncIterator]() };
}
