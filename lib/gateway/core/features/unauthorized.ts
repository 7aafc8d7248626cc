import { CloseCode } from '../../../pusher/close-codes';
import type { Clock } from '../../../util/timers';
import { DelayQueue } from '../timing/delay-queue';
import type { Socket } from '../model/socket';

/**
 * Sockets of apps with `authorizedConnections` that have neither signed in nor subscribed to a channel that needs a
 * signature. They have a time to do so; until then they do not count towards the quota of their app.
 */
export class Unauthorized {
  readonly #waiting: DelayQueue<Socket>;

  constructor(
    clock: Clock,
    timeoutMs: number,
    dismiss: (socket: Socket, code: number, reason: string) => void,
  ) {
    this.#waiting = new DelayQueue(clock, timeoutMs, (socket) => {
      socket.app.unauthorizedSockets--;
      // A reload may have switched the rule off.
      if (!socket.app.options.authorizedConnections) return;
      dismiss(socket, CloseCode.UNAUTHORIZED, 'Connection not authorized within timeout');
    });
  }

  opened(socket: Socket): void {
    if (!socket.app.options.authorizedConnections) return;
    socket.app.unauthorizedSockets++;
    this.#waiting.add(socket);
  }

  /** The socket is authorized now, or gone. */
  settled(socket: Socket): void {
    if (this.#waiting.delete(socket)) socket.app.unauthorizedSockets--;
  }

  stop(): void {
    this.#waiting.stop();
  }
}
