import type { Arrival } from '../../../../lib/pipe/inbox/arrival';
import { EventKind, type PipeEvent } from '../../../../lib/wire/frames';

type Belief = 'open' | 'closed' | 'moved';

/** Sockets and channels as the handlers of a member were told of them. */
export class Beliefs {
  readonly #beliefs = new Map<string, Belief>();
  readonly #expect: (holds: boolean, rule: string) => void;

  constructor(expect: (holds: boolean, rule: string) => void) {
    this.#expect = expect;
  }

  /** Handlers are told of an event. */
  tell({ event: { kind, socketId, channel = '' }, source }: Arrival): void {
    const name = socketId || channel;
    const now = this.#beliefs.get(name);
    if (source === 'moved') {
      this.#expect(now === 'open', `${name} moved, which is ${now}`);
      this.#beliefs.set(name, 'moved');
    } else if (kind === EventKind.OPEN || kind === EventKind.OCCUPIED) {
      this.#expect(now !== 'open', `a second open of ${name}`);
      const isBack = kind === EventKind.OPEN && now === 'closed';
      this.#expect(!isBack, `${name} comes back from the dead`);
      this.#beliefs.set(name, 'open');
    } else if (kind === EventKind.CLOSE || kind === EventKind.VACATED) {
      this.#expect(now === 'open', `${name} went, which is ${now}`);
      this.#beliefs.set(name, 'closed');
    } else if (kind === EventKind.MESSAGE) {
      this.#expect(now === 'open', `a message of ${name}, which is ${now}`);
    }
  }

  /** Names that are believed to be open. */
  open(): Set<string> {
    const open = [...this.#beliefs].filter(([, belief]) => belief === 'open');
    return new Set(open.map(([name]) => name));
  }
}

/** Sockets and channels that are there after some events. */
export function stateAfter(
  events: readonly PipeEvent[],
): Record<'sockets' | 'channels', Set<string>> {
  const sockets = new Set<string>();
  const channels = new Set<string>();
  for (const { kind, socketId, channel = '' } of events) {
    if (kind === EventKind.OPEN) sockets.add(socketId);
    else if (kind === EventKind.CLOSE) sockets.delete(socketId);
    else if (kind === EventKind.OCCUPIED) channels.add(channel);
    else if (kind === EventKind.VACATED) channels.delete(channel);
  }
  return { sockets, channels };
}
