import type { AppEvents } from '../util/app-events';
import { Subscriber } from './client';
import type { Options } from './options';
import { browserPlatform } from './platform/browser';

const platform = browserPlatform(async () => (await import('./crypto.js')).crypto);

/** The subscriber for browsers and workers, as bundlers take it. The code of encryption becomes a file of its own. */
export class Pusher<E extends AppEvents = AppEvents> extends Subscriber<E> {
  /** For `import { Pusher }` and `import Pusher` of what `require` gives. */
  static readonly Pusher = Pusher;
  static readonly default = Pusher;

  /** Connects with an app key at once, unless `Pusher.autoConnect` is false. */
  constructor(key: string, options?: Options) {
    super(key, options, platform);
  }
}
