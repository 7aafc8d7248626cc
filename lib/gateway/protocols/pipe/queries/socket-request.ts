import { StandpipeError } from '../../../../errors';
import { rawValue } from '../../../../pusher/raw-value';
import type { RequestOutcome as BrowserAnswer } from '../../../core/features/browser-requests';
import { type Refusal, badEvent, refusal, unknownSocket } from '../commands/outcome';
import { type Result, type Query, stringParam } from './query';

/** Time a browser has to reply, by default and at most. */
const DEFAULT_MS = 5_000;
const MAX_MS = 600_000;

/**
 * `socket.request {socket, event, data}`: asks a browser, and answers with the JSON text of its answer. The only query
 * that does something, so a client does not ask it again after its connection was lost.
 */
export function socketRequest({ app, context, params, text, deadlineMs, later }: Query): Result {
  const id = stringParam('socket', params.socket);
  const event = stringParam('event', params.event);
  const data = rawValue(text, 'data') || 'null';
  const bad = badEvent(event, data, context.limits);
  if (bad !== undefined) throw asError(bad);
  const socket = app.sockets.get(id);
  if (socket === undefined || socket.closed) throw asError(unknownSocket(id));
  context.metrics.eventsAccepted++;
  app.eventsAccepted++;
  context.metrics.deliveries++;
  const timeoutMs = Math.min(deadlineMs === 0 ? DEFAULT_MS : deadlineMs, MAX_MS);
  const giveUp = context.hub.browserRequests.ask(socket, { event, data, timeoutMs }, (answer) =>
    later(outcome(id, answer)),
  );
  return { giveUp };
}

function outcome(id: string, answer: BrowserAnswer): { result: string } | Refusal {
  if (answer === 'timeout') return refusal('timeout', `socket ${id} did not answer in time`);
  if (answer === 'closed') return refusal('unknown_socket', `socket ${id} closed unanswered`);
  return 'data' in answer ? { result: answer.data } : refusal('request_failed', answer.error);
}

function asError({ code: status, message }: Refusal): StandpipeError {
  return new StandpipeError('refused', message, { status });
}
