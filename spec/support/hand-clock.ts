import { ManualClock } from './manual-clock';

/** A clock turned by hand beside real sockets: the turns of the event loop are the real ones. */
export class HandClock extends ManualClock {
  override endOfTurn(run: () => void): void {
    setImmediate(run);
  }
}
