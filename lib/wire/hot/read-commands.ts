import type { ByteReader } from '../bytes/byte-reader';
import { checkBatch } from '../bytes/checks';
import { CodecError } from '../codec-error';
import type { Ack, Command, CommandsFrame, Verb } from '../frames';
import type { NameReader } from '../names';
import { readAck } from './read-acks';
import { DELIVERED, addTo, nameOf, readName, tooMany } from './read-shared';

export function readCommands(
  from: ByteReader,
  end: number,
  names: NameReader,
  maxBatch: number,
): CommandsFrame {
  const commands: Command[] = [];
  let firstSeq = 0;
  let ack: Ack | undefined;
  while (from.position < end) {
    const tag = from.varint();
    switch (tag) {
      case 10:
        readName(from, names);
        break;
      case 16:
        firstSeq = from.whole();
        break;
      case 26:
        if (commands.length >= maxBatch) throw tooMany('commands', maxBatch);
        commands.push(readCommand(from, names));
        break;
      case 34:
        ack = readAck(from, from.lengthEnd());
        break;
      default:
        // A field of a later version.
        from.skip(tag);
    }
  }
  from.expectEnd(end);
  checkBatch(firstSeq, commands.length);
  return { type: 'commands', firstSeq, commands, ack };
}

function readCommand(from: ByteReader, names: NameReader): Command {
  const end = from.lengthEnd();
  let verb = 0;
  let channelHandle = 0;
  let channelName = '';
  let eventHandle = 0;
  let eventName = '';
  let data = '';
  let socketId = '';
  let userId = '';
  let exceptSockets: string[] | undefined;
  let ifOccupied = 0;
  let receipt = 0;
  let origin: Command['origin'];
  let idempotencyKey = '';
  let handles: number[] | undefined;
  let code: number | undefined;
  let reason = '';
  let inLine: string[] | undefined;
  let latestKey = '';
  let volatile = 0;
  let trace = '';
  while (from.position < end) {
    const tag = from.varint();
    switch (tag) {
      case 8:
        verb = from.varint();
        break;
      case 16:
        channelHandle = from.varint();
        break;
      case 26:
        channelName = from.text();
        break;
      case 32:
        eventHandle = from.varint();
        break;
      case 42:
        eventName = from.text();
        break;
      case 50:
        data = from.text();
        break;
      case 58:
        socketId = from.text();
        break;
      case 66:
        userId = from.text();
        break;
      case 74:
        addTo((exceptSockets ??= []), from.text());
        break;
      case 80:
        ifOccupied = from.varint();
        break;
      case 88:
        receipt = from.varint();
        break;
      case 98:
        origin = readOrigin(from);
        break;
      case 106:
        idempotencyKey = from.text();
        break;
      case 112: // one by one, which a reader of protobuf must accept beside packed
        addTo((handles ??= []), from.varint());
        break;
      case 114:
        readPacked(from, (handles ??= []));
        break;
      case 120:
        code = from.varint();
        break;
      case 130:
        reason = from.text();
        break;
      case 138:
        addTo((inLine ??= []), from.text());
        break;
      case 146:
        trace = from.text();
        break;
      case 154:
        latestKey = from.text();
        break;
      case 160:
        volatile = from.varint();
        break;
      default:
        // A field of a later version.
        from.skip(tag);
    }
  }
  from.expectEnd(end);
  if (receipt > DELIVERED) throw new CodecError(`receipt ${receipt} is not known`);
  return {
    // A verb of a later version is kept, so that its command can be refused by number.
    verb: verb as Verb,
    channel: nameOf(names, channelHandle, channelName),
    channels: handles || inLine ? channelsOf(names, handles ?? [], inLine ?? []) : undefined,
    event: nameOf(names, eventHandle, eventName),
    data: data || undefined,
    socketId: socketId || undefined,
    userId: userId || undefined,
    exceptSockets,
    ifOccupied: ifOccupied !== 0 || undefined,
    receipt: receipt === DELIVERED ? 'delivered' : undefined,
    origin,
    idempotencyKey: idempotencyKey || undefined,
    code,
    reason: reason || undefined,
    latestKey: latestKey || undefined,
    volatile: volatile !== 0 || undefined,
    trace: trace || undefined,
  };
}

function readOrigin(from: ByteReader): NonNullable<Command['origin']> {
  const end = from.lengthEnd();
  const origin = { partition: 0, generation: 0, offset: 0, index: 0 };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) origin.partition = from.varint();
    else if (tag === 16) origin.generation = from.varint();
    else if (tag === 24) origin.offset = from.whole();
    else if (tag === 32) origin.index = from.varint();
    else from.skip(tag);
  }
  from.expectEnd(end);
  return origin;
}

function readPacked(from: ByteReader, handles: number[]): void {
  const end = from.lengthEnd();
  while (from.position < end) addTo(handles, from.varint());
  from.expectEnd(end);
}

function channelsOf(names: NameReader, handles: number[], inLine: string[]): string[] {
  let used = 0;
  const channels = handles.map((handle) => {
    if (handle !== 0) return names.name(handle);
    const name = inLine[used++];
    if (name === undefined) throw new CodecError('a channel has neither a handle nor a name');
    return name;
  });
  if (used !== inLine.length) throw new CodecError('a channel name stands for no channel');
  return channels;
}
