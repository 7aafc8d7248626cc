import type { PipeOptions } from '../../lib/pipe/options';
import type { Assignment, Frame } from '../../lib/wire/frames';
import { scriptedClient, settled, type ScriptedClient } from './scripted-client';

/** A partition of epoch 1, as it is assigned. */
export const own = (partition: number, generation = 1, firstOffset = 1): Assignment => ({
  partition,
  generation,
  epoch: 1,
  firstOffset,
});

export interface MemberOfGroup extends ScriptedClient {
  /** `socket event`, when its handler starts. */
  started: string[];
  /** Ends the handler of an event that is still running. */
  finish(event: string): Promise<void>;
}

/** A member of a group whose handlers run until they are told to end. */
export function member(
  options: Partial<PipeOptions> = {},
  assigned = [own(0), own(1)],
): MemberOfGroup {
  const scripted = scriptedClient({ group: 'game', ...options });
  const started: string[] = [];
  const running = new Map<string, () => void>();
  scripted.client.sockets.on('event', (name, id) => {
    started.push(`${id} ${name}`);
    return new Promise<void>((resolve) => running.set(name, resolve));
  });
  void scripted.client.connect();
  scripted.gateway.socket.accept().welcome({ partitions: 2, assigned });
  const finish = (event: string): Promise<void> => {
    const end = running.get(event);
    if (end === undefined) throw new Error(`${event} does not run`);
    end();
    return settled();
  };
  return { ...scripted, started, finish };
}

/** Lets the connection break, and answers the next HELLO. */
export function resume({ gateway, clock }: ScriptedClient, ...assigned: Assignment[]): void {
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept().welcome({ verdict: 'resumed', partitions: 2, assigned });
}

/** Positions acknowledged over the present connection. */
export function acked({
  gateway,
  clock,
}: ScriptedClient): Array<[partition: number, offset: number]> {
  clock.advance(50);
  const acks = gateway.socket.sent.flatMap((frame: Frame) =>
    frame.type === 'ack' ? frame.positions : [],
  );
  return acks.map(({ partition, offset }) => [partition, offset]);
}
