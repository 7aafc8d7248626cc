import { isObject } from '../pusher/json';
import { Dispatcher } from './dispatcher';

/** Data of `online` and `offline`. */
export interface WatchlistEvent {
  /** `online` or `offline`. */
  name: string;
  /** Users who came or went. */
  user_ids: string[];
}

/** Tells of the users on the signed-in user's watchlist: `online` and `offline`. */
export class Watchlist extends Dispatcher {
  /** For the user. */
  handleEvent(data: unknown): void {
    const events = isObject(data) && Array.isArray(data.events) ? (data.events as unknown[]) : [];
    for (const event of events) {
      if (isObject(event) && typeof event.name === 'string') this.emit(event.name, event);
    }
  }
}
