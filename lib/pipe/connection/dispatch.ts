import { StandpipeError } from '../../errors';
import type { Frame, GapFrame, SubscribedFrame } from '../../wire/frames';
import type { Decider } from '../decisions/decider';
import type { Inbox } from '../inbox/inbox';
import type { Queries } from '../queries/queries';
import type { Sender } from '../outbox/sender';
import type { Subscriptions } from '../subscriptions';

/** Receivers of frames. */
export interface Routes {
  readonly inbox: Inbox;
  readonly decider: Decider;
  readonly sender: Sender;
  readonly queries: Queries;
  readonly subscriptions: Subscriptions;
  send(frame: Frame): void;
  /** Events of a partition were lost. */
  gap(frame: GapFrame): void;
  /** Reports a refusal that has no callback. */
  report(error: StandpipeError): void;
  /** Writes a line in the log. */
  note(details: object, message: string): void;
}

/**
 * The only switch on frames that follow WELCOME. Throws a StandpipeError for a frame that breaks the protocol.
 */
export function dispatch(frame: Frame, routes: Routes): void {
  switch (frame.type) {
    case 'events':
      if (frame.commandAck !== undefined) acknowledged(routes.sender.acked(frame.commandAck));
      for (const run of frame.runs) routes.inbox.take(run);
      return;
    case 'commandAck':
      return acknowledged(routes.sender.acked(frame));
    case 'ping':
      return routes.send({ type: 'pong', time: frame.time });
    case 'gap':
      routes.inbox.gap(frame);
      return routes.gap(frame);
    case 'assign':
      return routes.inbox.assign(frame.assigned);
    case 'subscribed':
      return answered(routes, frame);
    case 'query':
      return routes.decider.decide(frame);
    case 'goAway':
      // The nodes of GO_AWAY are not followed: only the options say where to connect. The close that comes is retried.
      return routes.note({ reason: frame.reason }, 'the gateway is going away');
    case 'error':
      return routes.note({ code: frame.code, reason: frame.message }, 'the gateway sent an error');
    case 'pong':
      return routes.inbox.ponged(frame.time);
    case 'bye':
      // The close follows BYE.
      return;
    case 'lost':
      return routes.inbox.lost(frame.partition, frame.generation);
    case 'snapshot':
      return routes.inbox.snapshot(frame);
    case 'revoke':
      return routes.inbox.revoke(frame.partition, frame.generation, frame.deadlineMs);
    case 'reply':
      return routes.queries.reply(frame);
    case 'hello':
    case 'welcome':
    case 'ack':
    case 'commands':
    case 'subscribe':
    case 'ready':
    case 'returned':
      throw new StandpipeError('protocol_error', `the gateway sent a ${frame.type} frame`);
  }
}

function acknowledged(founded: boolean): void {
  if (founded) return;
  throw new StandpipeError('protocol_error', 'the gateway acknowledged commands never sent');
}

/** A refusal goes to those that await the subscription, else to the error event. */
function answered(routes: Routes, { id, error }: SubscribedFrame): void {
  const unawaited = routes.subscriptions.answered(id, error);
  if (unawaited !== undefined) routes.report(unawaited);
}
