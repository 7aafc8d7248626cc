import { standpipe } from '../../../proto/pipe';
import { checkConflated, checkFinished, time, uint32, whole } from '../bytes/checks';
import type { Assignment, CommandAck, Credit, PartitionPosition } from '../frames';
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
            order: ORDERS.lastIndexOf(group.order),
            mode: MODES.lastIndexOf(group.mode),
            overflow: OVERFLOWS.lastIndexOf(group.overflow),
          },
          name: frame.name,
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
          nextSeq: whole(frame.nextSeq),
          commandAck: commandAck(frame.commandAck),
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
          windowMs: optional(frame.windowMs),
          graceMs: optional(frame.graceMs),
          unhandled: whole(frame.unhandled),
          stream: frame.stream,
        },
      };
    }
    case 'ready':
      return { ready: {} };
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
          partition: uint32(frame.partition),
          epoch: uint32(frame.epoch),
          offset: whole(frame.offset),
          begin: frame.begin,
          end: frame.end,
          coversSockets: frame.coversSockets,
          coversChannels: frame.coversChannels,
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
    case 'returned':
      return { returned: { position: position(frame.position) } };
    case 'lost':
      return {
        lost: { partition: uint32(frame.partition), generation: uint32(frame.generation) },
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

function position({
  partition,
  generation,
  epoch,
  offset,
  finished,
  wantsSnapshot,
  conflated,
}: PartitionPosition): standpipe.v1.Position.$Properties {
  checkFinished(offset, finished);
  checkConflated(conflated);
  return {
    partition: uint32(partition),
    generation: uint32(generation),
    epoch: uint32(epoch),
    offset: whole(offset),
    finished: finished?.map(({ first, last }) => ({ first: whole(first), last: whole(last) })),
    wantsSnapshot,
    conflated: conflated?.map((each) => ({
      offset: whole(each.offset),
      count: uint32(each.count),
    })),
  };
}

function assignment({ partition, generation, epoch, firstOffset }: Assignment): Assignment {
  return {
    partition: uint32(partition),
    generation: uint32(generation),
    epoch: uint32(epoch),
    firstOffset: whole(firstOffset),
  };
}

function commandAck(ack: CommandAck): standpipe.v1.CommandAck.$Properties {
  return {
    applied: whole(ack.applied),
    refused: ack.refused.map(({ seq, code, message }) => {
      return { seq: whole(seq), code: uint32(code), message };
    }),
    receipts: ack.receipts.map(({ seq, sockets }) => {
      return { seq: whole(seq), sockets: uint32(sockets) };
    }),
    credit: ack.credit && credit(ack.credit),
  };
}

function optional(value: number | undefined): number | undefined {
  return value === undefined ? undefined : uint32(value);
}

function credit({ messages, bytes }: Credit): Credit {
  return { messages: uint32(messages), bytes: uint32(bytes) };
}
