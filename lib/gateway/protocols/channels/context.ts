import * as messages from '../../../pusher/messages';
import type { Clock } from '../../../util/timers';
import type { Admission } from '../../core/admission';
import type { Hub } from '../../core/hub';
import type { Journal } from '../../core/journal';
import type { Metrics } from '../../core/metrics';
import type { Parts } from '../../core/parts';
import type { Router } from '../../core/router';
import type { Socket } from '../../core/model/socket';
import type { Overload } from '../../core/timing/overload';
import type { TurnBudget } from '../../core/timing/turn-budget';
import type { Limits } from '../../options/options';

/** Parts that the commands of the Channels protocol work with. */
export class ChannelsContext {
  readonly hub: Hub;
  readonly admission: Admission;
  readonly router: Router;
  readonly metrics: Metrics;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly overload: Overload;
  readonly budget: TurnBudget;

  constructor(parts: Omit<Parts, 'log' | 'memory'> & { budget: TurnBudget }) {
    this.hub = parts.hub;
    this.admission = parts.admission;
    this.router = parts.router;
    this.metrics = parts.metrics;
    this.journal = parts.journal;
    this.limits = parts.limits;
    this.clock = parts.clock;
    this.overload = parts.overload;
    this.budget = parts.budget;
  }

  send(socket: Socket, text: string): void {
    this.hub.turn.send(socket, text);
  }

  /** An error that leaves the connection open. `reason` is the word for it in metrics. */
  refuse(
    socket: Socket,
    reason: string,
    code: number | null,
    message: string,
    channel?: string,
  ): void {
    this.send(socket, messages.errorMessage(code, message));
    const refused = { entrance: 'channels', reason, app: socket.app.id, message } as const;
    const about = { socket: socket.id, ...(channel !== undefined && { channel }) };
    this.journal.refused(refused, about);
  }
}
