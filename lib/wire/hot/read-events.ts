import { checkBatch, checkSkipped } from '../bytes/checks';
import type { ByteReader } from '../bytes/byte-reader';
import type { CommandAck, EventKind, EventsFrame, PipeEvent, Run } from '../frames';
import type { NameReader } from '../names';
import { readCommandAck } from './read-acks';
import { nameOf, readName, tooMany } from './read-shared';

export function readEvents(
  from: ByteReader,
  end: number,
  names: NameReader,
  maxBatch: number,
): EventsFrame {
  const runs: Run[] = [];
  let commandAck: CommandAck | undefined;
  let left = maxBatch;
  while (from.position < end) {
    const tag = from.varint();
    switch (tag) {
      case 10:
        readName(from, names);
        break;
      case 18: {
        if (runs.length >= maxBatch) throw tooMany('runs', maxBatch);
        const run = readRun(from, names, left, maxBatch);
        left -= run.events.length;
        runs.push(run);
        break;
      }
      case 26:
        commandAck = readCommandAck(from, from.lengthEnd());
        break;
      default:
        // A field of a later version.
        from.skip(tag);
    }
  }
  from.expectEnd(end);
  return { type: 'events', runs, commandAck };
}

function readRun(from: ByteReader, names: NameReader, left: number, maxBatch: number): Run {
  const end = from.lengthEnd();
  const events: PipeEvent[] = [];
  let partition = 0;
  let generation = 0;
  let epoch = 0;
  let firstOffset = 0;
  let skipped = 0;
  while (from.position < end) {
    const tag = from.varint();
    switch (tag) {
      case 8:
        partition = from.varint();
        break;
      case 16:
        generation = from.varint();
        break;
      case 24:
        epoch = from.varint();
        break;
      case 32:
        firstOffset = from.whole();
        break;
      case 42:
        if (events.length >= left) throw tooMany('events', maxBatch);
        events.push(readEvent(from, names));
        break;
      case 48:
        skipped = from.whole();
        break;
      default:
        // A field of a later version.
        from.skip(tag);
    }
  }
  from.expectEnd(end);
  checkBatch(firstOffset, events.length);
  checkSkipped(skipped, firstOffset);
  return {
    partition,
    generation,
    epoch,
    firstOffset,
    skipped: skipped || undefined,
    events,
  };
}

function readEvent(from: ByteReader, names: NameReader): PipeEvent {
  const end = from.lengthEnd();
  let kind = 0;
  let socketId = '';
  let channelHandle = 0;
  let channelName = '';
  let eventHandle = 0;
  let eventName = '';
  let data = '';
  let time = 0;
  let userId = '';
  let redelivered = 0;
  let code: number | undefined;
  let reason = '';
  let conflated = 0;
  let conflatable = 0;
  let trace = '';
  while (from.position < end) {
    const tag = from.varint();
    switch (tag) {
      case 8:
        kind = from.varint();
        break;
      case 18:
        socketId = from.text();
        break;
      case 24:
        channelHandle = from.varint();
        break;
      case 34:
        channelName = from.text();
        break;
      case 40:
        eventHandle = from.varint();
        break;
      case 50:
        eventName = from.text();
        break;
      case 58:
        data = from.text();
        break;
      case 65:
        time = from.time();
        break;
      case 74:
        userId = from.text();
        break;
      case 80:
        redelivered = from.varint();
        break;
      case 96:
        code = from.varint();
        break;
      case 106:
        reason = from.text();
        break;
      case 112:
        conflated = from.varint();
        break;
      case 120:
        conflatable = from.varint();
        break;
      case 130:
        trace = from.text();
        break;
      default:
        // A field of a later version.
        from.skip(tag);
    }
  }
  from.expectEnd(end);
  return {
    // A kind of a later version is kept, so that the offsets stay whole; its receiver has nobody to give it to.
    kind: kind as EventKind,
    socketId,
    channel: nameOf(names, channelHandle, channelName),
    event: nameOf(names, eventHandle, eventName),
    data: data || undefined,
    time,
    userId: userId || undefined,
    redelivered: redelivered !== 0 || undefined,
    code,
    reason: reason || undefined,
    conflated: conflated || undefined,
    conflatable: conflatable !== 0 || undefined,
    trace: trace || undefined,
  };
}
