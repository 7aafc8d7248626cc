import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import { Reader } from '../../support/reader';
import { TestSocket } from '../../support/test-socket';

export const ROOM = 'presence-room';

/** Losses that were told so far. */
export interface Losses {
  plain: number;
  group: number;
}

/** A browser that comes back to any gateway when its connection is lost. */
export class Visitor {
  reader: Reader | undefined;
  /** Load that it has sent over its present connection, and the losses told before it. */
  said: { id: string; first: number; last: number; losses: Losses } | undefined;
  /** Rooms that it is in, besides the room of all. */
  readonly rooms = new Set<string>();
  /** Rooms in which it was welcome at any time. */
  readonly entered = new Set<string>();
  readonly userId: string;
  #isGone = false;

  constructor(t: Test, userId: string, anyPort: () => number) {
    this.userId = userId;
    void this.#stay(t, anyPort);
  }

  /** Id of its connection while it is in the room. */
  get id(): string | undefined {
    const { reader } = this;
    return reader?.closed === undefined ? reader?.socket.id : undefined;
  }

  say(event: string, n: number, losses?: Losses): void {
    const { id } = this;
    if (id === undefined) return;
    this.reader?.socket.send({ event, data: n });
    if (losses === undefined) return;
    if (this.said?.id !== id) this.said = { id, first: n, last: n, losses };
    else this.said.last = n;
  }

  /** Enters a room, or leaves it. */
  turn(channel: string): void {
    const socket = this.reader?.socket;
    if (this.rooms.delete(channel)) {
      socket?.send({ event: 'pusher:unsubscribe', data: { channel } });
    } else {
      this.rooms.add(channel);
      socket?.askFor(channel);
    }
  }

  leave(): void {
    this.#isGone = true;
    this.reader?.socket.drop();
  }

  async #stay(t: Test, anyPort: () => number): Promise<void> {
    while (!this.#isGone) {
      try {
        const reader = new Reader(await TestSocket.connect(t, anyPort()));
        reader.socket.askFor(ROOM, { user_id: this.userId });
        while (reader.closed === undefined && !reader.rest.some(isWelcome)) await setTimeout(5);
        if (reader.closed === undefined) this.reader = reader;
        for (const room of this.rooms) reader.socket.askFor(room);
        while (reader.closed === undefined) {
          for (const { event, channel = '' } of reader.messages.splice(0)) {
            if (isWelcome(event)) this.entered.add(channel);
          }
          await setTimeout(20);
        }
      } catch {
        // Gateways that are dead or shut are tried again, or another one is.
      }
      this.reader = undefined;
      await setTimeout(50);
    }
  }
}

function isWelcome(event: string): boolean {
  return event === 'pusher_internal:subscription_succeeded';
}
