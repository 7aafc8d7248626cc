import type { AppEvents } from '../pusher/app-events';
import { Subscriber } from './client';
import type { Options } from './options';
import { nodePlatform } from './platform/node';

/** The subscriber for Node. */
export class Pusher<E extends AppEvents = AppEvents> extends Subscriber<E> {
  /** Connects with an app key at once, unless `Pusher.autoConnect` is false. */
  constructor(key: string, options?: Options) {
    super(key, options, nodePlatform);
  }
}
