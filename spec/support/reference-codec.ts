import { standpipe } from '../../proto/pipe';
import type { Command, Frame, PipeEvent } from '../../lib/wire/frames';

type HotFrame = Extract<Frame, { type: 'events' | 'commands' | 'ack' | 'commandAck' }>;

/**
 * The oracle for the hand-written half of the codec: the same frame by the generated code alone, as the first frame of
 * a connection.
 */
export function referenceBytes(frame: HotFrame): Uint8Array {
  const names = new Map<string, number>();
  const handle = (name: string | undefined): number => {
    if (name === undefined) return 0;
    if (!names.has(name)) names.set(name, names.size + 1);
    return names.get(name)!;
  };
  const definitions = () => [...names].map(([name, number]) => ({ handle: number, name }));
  return standpipe.v1.Frame.encode(message()).finish();

  function message(): standpipe.v1.Frame.$Properties {
    switch (frame.type) {
      case 'ack':
        return { ack: frame };
      case 'commandAck':
        return { commandAck: frame };
      case 'events': {
        const runs = frame.runs.map((run) => ({ ...run, events: run.events.map(event) }));
        return { events: { names: definitions(), runs, commandAck: frame.commandAck } };
      }
      case 'commands': {
        const commands = frame.commands.map(command);
        const { firstSeq, ack } = frame;
        return { commands: { names: definitions(), firstSeq, commands, ack } };
      }
    }
  }

  function event(value: PipeEvent): standpipe.v1.Event.$Properties {
    return {
      ...value,
      socket: value.socketId,
      user: value.userId,
      channel: handle(value.channel),
      event: handle(value.event),
      data: Buffer.from(value.data ?? ''),
    };
  }

  function command(value: Command): standpipe.v1.Command.$Properties {
    return {
      ...value,
      socket: value.socketId,
      user: value.userId,
      channel: handle(value.channel),
      event: handle(value.event),
      channels: value.channels?.map(handle),
      data: Buffer.from(value.data ?? ''),
      receipt: value.receipt === 'delivered' ? 2 : 0,
    };
  }
}
