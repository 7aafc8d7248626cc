import { type Eventual, later } from '../../../../brokers/eventual';
import { StandpipeError } from '../../../../errors';
import { isObject, parseJson } from '../../../../pusher/json';
import type { App } from '../../../core/model/app';
import type { NodeMessage } from '../../../core/cluster/nodes';
import { type Refusal, refusal } from '../commands/outcome';
import type { PipeContext } from '../context';
import { type Method, type Query, type Result, queryError } from '../queries/query';
import { socketInfo } from '../queries/socket-info';
import { socketRequest } from '../queries/socket-request';
import { ownStats } from '../queries/stats';
import { ownUserInfo } from '../queries/user-info';
import { socketUsers } from './socket-users';

/** Queries of other nodes: about a socket that this one has, and about its share of what all have. */
const FORWARDED: ReadonlyMap<string, Method> = new Map([
  ['socket.info', socketInfo],
  ['socket.request', socketRequest],
  ['sockets.users', socketUsers],
  ['user.info', ownUserInfo],
  ['stats', ownStats],
]);

/** Longest time that another node may take: brokers wait 10 s for an answer. */
const MAX_MS = 9_000;

/** A query about a socket, asked of the node that has it when that is another one. */
export function forwarded(name: string, method: Method): Method {
  return (query: Query) => {
    const { app, context, params, text, deadlineMs } = query;
    const id = params.socket;
    const node = typeof id === 'string' ? context.hub.nodes.elsewhere(app, id) : undefined;
    if (node === undefined) return method(query);
    const withinMs = Math.min(deadlineMs === 0 ? MAX_MS : deadlineMs, MAX_MS);
    const message: NodeMessage = {
      type: 'query',
      method: name,
      params: text,
      deadlineMs: withinMs,
    };
    return later(context.hub.nodes.send(app, node, message), (answer) => readAnswer(answer, name));
  };
}

function readAnswer(answer: string | undefined, name: string): Result {
  if (answer === undefined || answer === '') {
    // A node that is gone takes its sockets with it.
    if (name === 'socket.info') return { result: 'null' };
    throw queryError('unknown_socket', 'the gateway of this socket is gone, or does not answer');
  }
  const outcome = JSON.parse(answer) as { result: string } | Refusal;
  if ('result' in outcome) return outcome;
  throw new StandpipeError('refused', outcome.message, { status: outcome.code });
}

/** Answers a query that another node has sent on. */
export function answerForwarded(
  context: PipeContext,
  app: App,
  { method: name, params: text, deadlineMs }: NodeMessage,
): Eventual<string> {
  const method = FORWARDED.get(String(name));
  const params = typeof text === 'string' ? parseJson(text) : undefined;
  if (method === undefined || typeof text !== 'string' || !isObject(params)) return '';
  return new Promise((resolve) => {
    const answer = (outcome: { result: string } | Refusal): void =>
      resolve(JSON.stringify(outcome));
    const ms = typeof deadlineMs === 'number' ? deadlineMs : 0;
    try {
      const query = { context, app, params, text, deadlineMs: ms, later: answer };
      void later(method(query), (result) => {
        if ('result' in result) answer(result);
      });
    } catch (error) {
      const isRefusal = error instanceof StandpipeError && error.status !== undefined;
      answer(
        isRefusal
          ? { code: error.status, message: error.message }
          : refusal('internal', 'the query failed on another gateway'),
      );
    }
  });
}
