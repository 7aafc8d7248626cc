import { all, type Eventual, later } from '../../../brokers/eventual';
import { type Command, Verb } from '../../../wire/frames';
import { isObject } from '../../../pusher/json';
import type { NodeMessage } from '../../core/cluster/nodes';
import type { App } from '../../core/model/app';
import { MAX_IDEMPOTENCY_KEY_LENGTH, fingerprint } from '../../core/model/idempotency';
import { closeSocket } from './commands/close-socket';
import { type Apply, type Outcome, refusal, unknownAtBroker } from './commands/outcome';
import { subscribeSocket } from './commands/subscribe-socket';
import { terminateUser } from './commands/terminate-user';
import { triggerChannel } from './commands/trigger-channel';
import { triggerSocket } from './commands/trigger-socket';
import { triggerUser } from './commands/trigger-user';
import { unsubscribeSocket } from './commands/unsubscribe-socket';
import type { PipeContext } from './context';
import { ForwardedCommand } from './commands/forwarded-command';

/** Applies a command of a backend. All checks are repeated here: the client's own checks are a courtesy. */
export function applyCommand(
  context: PipeContext,
  app: App,
  command: Command,
): Eventual<Outcome> | ForwardedCommand {
  const { socketId, idempotencyKey: key, trace } = command;
  if (trace !== undefined && context.tracing !== undefined) {
    return context.tracing.fanOut(app, trace, command, () => {
      const applied = applyCommand(context, app, { ...command, trace: undefined });
      return applied instanceof ForwardedCommand ? applied.ended() : applied;
    });
  }
  const node = socketId === undefined ? undefined : context.hub.nodes.elsewhere(app, socketId);
  if (node !== undefined && key === undefined) {
    const forwarded = forward(context, app, node, command);
    return command.verb === Verb.SUBSCRIBE_SOCKET ? forwarded.ended() : forwarded;
  }
  const apply = node === undefined ? verb(command.verb) : forwardTo(node);
  // A later client may know more verbs; the stream of commands goes on without this one.
  if (apply === undefined)
    return refusal('unknown_verb', 'this gateway does not know this command');
  return key === undefined ? apply(context, app, command) : once(context, app, command, key, apply);
}

function forwardTo(node: number): Apply {
  return async (context, app, command) => forward(context, app, node, command).ended();
}

/** Has the node that has the socket apply a command. */
function forward({ hub }: PipeContext, app: App, node: number, command: Command): ForwardedCommand {
  const { verb, socketId = '', event = '', data = '', latestKey, volatile } = command;
  const isPlain = verb === Verb.TRIGGER_SOCKET && latestKey === undefined && volatile !== true;
  // Most are events for a socket: the names of their fields are left out.
  const part = isPlain ? [socketId, event, data] : { ...command, idempotencyKey: undefined };
  const length = socketId.length + event.length + data.length;
  const { nodes } = hub;
  const bundle = nodes.sendPart(app, node, 'commands', part, length);
  return new ForwardedCommand(verb, socketId, node, nodes, bundle);
}

function commandIn(part: unknown): Command | undefined {
  if (!Array.isArray(part)) return isObject(part) ? (part as unknown as Command) : undefined;
  const [socketId, event, data] = part as string[];
  return { verb: Verb.TRIGGER_SOCKET, socketId, event, data };
}

/** Applies commands that another node has checked and sent on, and answers with their outcomes. */
export function applyForwarded(
  context: PipeContext,
  app: App,
  { parts }: NodeMessage,
): Eventual<string> {
  if (!Array.isArray(parts)) return '';
  const outcomes = parts.map((part) => {
    const command = commandIn(part);
    const apply = command === undefined ? undefined : verb(command.verb);
    return command === undefined ? undefined : apply?.(context, app, command);
  });
  return later(all(outcomes), (all) => JSON.stringify(all.map(answerOf)));
}

/** An outcome as the other node gets it: the number of sockets, or a refusal. */
function answerOf(outcome: Outcome | undefined): number | Outcome | undefined {
  return outcome !== undefined && 'sockets' in outcome ? outcome.sockets : outcome;
}

function verb(verb: Verb): Apply | undefined {
  switch (verb) {
    case Verb.TRIGGER_CHANNEL:
      return triggerChannel;
    case Verb.TRIGGER_SOCKET:
      return triggerSocket;
    case Verb.TRIGGER_USER:
      return triggerUser;
    case Verb.CLOSE_SOCKET:
      return closeSocket;
    case Verb.TERMINATE_USER:
      return terminateUser;
    case Verb.SUBSCRIBE_SOCKET:
      return subscribeSocket;
    case Verb.UNSUBSCRIBE_SOCKET:
      return unsubscribeSocket;
    default:
      // A verb of a later version: the backend is told that it is unknown.
      return undefined;
  }
}

/**
 * Applies a command unless it was applied before under its key. A refused command has done nothing and may come
 * again.
 */
function once(
  context: PipeContext,
  app: App,
  command: Command,
  key: string,
  apply: Apply,
): Eventual<Outcome> {
  if (key.length > MAX_IDEMPOTENCY_KEY_LENGTH) {
    const max = MAX_IDEMPOTENCY_KEY_LENGTH;
    return refusal('bad_params', `an idempotency key has at most ${max} characters`);
  }
  const { broker } = app;
  const print = fingerprint('pipe', JSON.stringify(said(command)));
  let applied: Eventual<Outcome> | undefined;
  const used = broker.idempotent(key, print, context.limits.idempotencyTtlMs, () => {
    applied = apply(context, app, command);
    if (!(applied instanceof Promise) && 'code' in applied) broker.release(key);
  });
  return later(used, (result) => {
    if (result === 'unavailable') return unknownAtBroker();
    if (result === 'other') {
      return refusal('key_reused', 'this idempotency key was used for another command or request');
    }
    if (result !== 'new') return kept(result.answer);
    return later(applied as Eventual<Outcome>, (outcome) => {
      if ('sockets' in outcome) broker.answer(key, JSON.stringify(outcome));
      return outcome;
    });
  });
}

/** The outcome that was kept with a key. While another node applies the command it is applied, with a count unknown yet. */
function kept(answer: string | undefined): Outcome {
  return answer === undefined ? { sockets: 0 } : (JSON.parse(answer) as Outcome);
}

/** The part of a command that its key identifies: all fields but `origin` and `receipt`. */
function said({ origin, receipt, ...command }: Command): Partial<Command> {
  return command;
}
