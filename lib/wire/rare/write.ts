import { standpipe } from '../../../proto/pipe';
import { time, uint32, whole } from '../bytes/checks';
import type { Assignment, Credit, Position } from '../frames';
import { CAUSES, MODES, ORDERS, OVERFLOWS, VERDICTS } from './enums';
import type { RareFrame } from './enums';

type Messages = standpipe.v1.Frame.$Properties;

/** The bytes of a frame, made by the generated code. */
export function writeRareFrame(frame: RareFrame): Uint8Array {
  return standpipe.v1.Frame.encode(messageOf(frame)).finish();
}

function messageOf(frame: RareFrame): Messages {
  switch (frame.type) {
    case 'hello': {
      const { group } = frame;
      return {
        hello: {
          version: uint32(frame.version),
          library: frame.library,
          group: group && {
            name: group.name,
            order: ORDERS.indexOf(group.order),
            mode: MODES.indexOf(group.mode),
            overflow: OVERFLOWS.indexOf(group.overflow),
          },
          member: frame.member,
          session: frame.session,
          proof: frame.proof,
          attempt: uint32(frame.attempt),
          positions: frame.positions.map(position),
          nextSeq: whole(frame.nextSeq),
          credit: credit(frame.credit),
          rules: frame.rules,
        },
      };
    }
    case 'welcome': {
      const { limits } = frame;
      return {
        welcome: {
          version: uint32(frame.version),
          verdict: VERDICTS.indexOf(frame.verdict),
          reason: frame.reason,
          session: frame.session,
          secret: frame.secret,
          applied: whole(frame.applied),
          credit: credit(frame.credit),
          limits: {
            frameBytes: uint32(limits.frameBytes),
            batch: uint32(limits.batch),
            dataBytes: uint32(limits.dataBytes),
            pingMs: uint32(limits.pingMs),
            deadMs: uint32(limits.deadMs),
          },
          partitions: uint32(frame.partitions),
          assigned: frame.assigned.map(assignment),
          node: frame.node,
          windowMs: uint32(frame.windowMs),
        },
      };
    }
    case 'subscribe':
      return { subscribe: { id: uint32(frame.id), rules: frame.rules } };
    case 'subscribed':
      return { subscribed: { id: uint32(frame.id), error: frame.error } };
    case 'gap':
      return {
        gap: {
          partition: uint32(frame.partition),
          oldEpoch: uint32(frame.oldEpoch),
          after: whole(frame.after),
          newEpoch: uint32(frame.newEpoch),
          first: whole(frame.first),
          cause: CAUSES.indexOf(frame.cause),
          count: whole(frame.count),
        },
      };
    case 'snapshot':
      return {
        snapshot: {
          ...position(frame),
          begin: frame.begin,
          end: frame.end,
          sockets: frame.sockets.map(({ id, userId, channels }) => ({
            id,
            user: userId,
            channels,
          })),
          channels: frame.channels.map(({ name, subscriptions, members }) => ({
            name,
            subscriptions: uint32(subscriptions),
            members,
          })),
        },
      };
    case 'assign':
      return { assign: { assigned: frame.assigned.map(assignment) } };
    case 'revoke':
      return {
        revoke: {
          partition: uint32(frame.partition),
          generation: uint32(frame.generation),
          deadlineMs: uint32(frame.deadlineMs),
        },
      };
    case 'drained':
      return {
        drained: {
          partition: uint32(frame.partition),
          generation: uint32(frame.generation),
          offset: whole(frame.offset),
        },
      };
    case 'query':
      return {
        query: {
          id: uint32(frame.id),
          method: frame.method,
          params: Buffer.from(frame.params),
          deadlineMs: uint32(frame.deadlineMs),
        },
      };
    case 'reply':
      return {
        reply: {
          id: uint32(frame.id),
          result: Buffer.from(frame.result),
          error: frame.error,
          asOf: frame.asOf.map(position),
          more: frame.more,
        },
      };
    case 'ping':
      return { ping: { time: time(frame.time) } };
    case 'pong':
      return { pong: { time: time(frame.time) } };
    case 'goAway':
      return {
        goAway: {
          deadlineMs: uint32(frame.deadlineMs),
          reason: frame.reason,
          nodes: frame.nodes,
        },
      };
    case 'bye':
      return { bye: { reason: frame.reason } };
    case 'error':
      return { error: { code: uint32(frame.code), message: frame.message } };
  }
}

function position({ partition, epoch, offset }: Position): Position {
  return { partition: uint32(partition), epoch: uint32(epoch), offset: whole(offset) };
}

function assignment({ partition, generation, epoch, from }: Assignment): Assignment {
  return {
    partition: uint32(partition),
    generation: uint32(generation),
    epoch: uint32(epoch),
    from: whole(from),
  };
}

function credit({ messages, bytes }: Credit): Credit {
  return { messages: uint32(messages), bytes: uint32(bytes) };
}
