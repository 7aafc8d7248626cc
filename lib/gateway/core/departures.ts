import { CloseCode, RESTARTS } from '../../pusher/close-codes';
import type { Hub } from './hub';
import type { App, Apps } from './model/app';
import type { Socket } from './model/socket';
import type { TurnBudget } from './timing/turn-budget';

/** Sockets that a reload closes in one turn; thousands that go at once must not keep the others waiting. */
const MAX_PER_TURN = 100;

const CUT_OFF = 'This gateway was cut off from the others: please reconnect';

/** Closes many sockets at the gateway's own will: all of them when it stops, those of an app that a reload takes away. */
export class Departures {
  readonly #hub: Hub;
  readonly #apps: Apps;
  readonly #budget: TurnBudget;
  /** Sockets that have left everything, and are closed when they can come back. */
  readonly #left: Socket[] = [];

  constructor(hub: Hub, apps: Apps, budget: TurnBudget) {
    this.#hub = hub;
    this.#apps = apps;
    this.#budget = budget;
  }

  /** Tells up to so many sockets of all apps to come back, and closes them; returns how many there were. */
  restart(most: number): number {
    let closed = 0;
    for (const app of this.#apps.all()) {
      for (const socket of app.sockets.values()) {
        if (closed >= most) return closed;
        if (socket.closed) continue;
        this.#hub.dismiss(socket, CloseCode.OVER_CAPACITY, RESTARTS);
        closed++;
      }
    }
    return closed;
  }

  /** Sockets whose close was ordered, or that have gone, have yet to leave everything they were in. */
  get pending(): boolean {
    if (this.#hub.closesWaiting > 0) return true;
    for (const app of this.#apps.all()) if (app.closing.size > 0) return true;
    return false;
  }

  /**
   * All sockets leave everything they are in, a slice in each turn: the others took them for gone. They stay connected until
   * `closeLeft`, as browsers that are refused when they come back wait for long.
   */
  leave(): Promise<void> {
    for (const app of this.#apps.all()) {
      for (const socket of [...app.sockets.values()]) {
        if (!socket.closed) {
          socket.leave();
          this.#left.push(socket);
        }
        this.#hub.close(socket, CloseCode.RECONNECT, CUT_OFF);
      }
    }
    return new Promise((resolve) => {
      this.#budget.later(() => {
        if (this.#hub.closesWaiting > 0) return true;
        resolve();
        return false;
      });
    });
  }

  /** Closes the sockets that have left, a slice in each turn, so that they come back at once under other ids. */
  closeLeft(): void {
    const sockets = this.#left.splice(0).values();
    closeInSlices(this.#hub, this.#budget, sockets, { code: CloseCode.RECONNECT, reason: CUT_OFF });
  }

  /** Closes the sockets of an app that was taken out, a slice in each turn. */
  removed(app: App): void {
    this.#hub.detach(app);
    const reason = `App key ${app.key} does not exist`;
    const closing = { code: CloseCode.APP_UNKNOWN, reason };
    closeInSlices(this.#hub, this.#budget, app.sockets.values(), closing);
  }

  /** Closes the sockets of an app that was switched off, a slice in each turn, unless it is switched on before. */
  disabled(app: App): void {
    const closing = { code: CloseCode.APP_DISABLED, reason: 'Application disabled' };
    const sockets = app.sockets.values();
    closeInSlices(this.#hub, this.#budget, sockets, closing, () => !app.options.enabled);
  }
}

/** Closes sockets that are still meant when it is their turn, a slice in each turn. */
export function closeInSlices(
  hub: Hub,
  budget: TurnBudget,
  sockets: Iterator<Socket, undefined>,
  { code, reason }: { code: CloseCode; reason: string },
  isMeant: (socket: Socket) => boolean = () => true,
): void {
  budget.later(() => {
    for (let left = MAX_PER_TURN; left > 0; left--) {
      const { value: socket, done } = sockets.next();
      if (done === true) return false;
      if (socket.closing === undefined && isMeant(socket)) hub.dismiss(socket, code, reason);
    }
    return true;
  });
}
