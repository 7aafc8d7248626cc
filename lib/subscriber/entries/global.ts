import { Subscriber } from '../client';
import type { Crypto } from '../crypto';
import type { Options } from '../options';
import { browserPlatform } from '../platform/browser';

// For a script tag, which has no bundler: `Pusher` is a global, and what encryption needs is loaded from beside the script.

const { document, location } = globalThis as unknown as {
  document?: { currentScript?: { src: string } | null };
  location: { href: string };
};
const ENCRYPTION = 'standpipe-encryption.min.js';
const { href } = new URL(ENCRYPTION, document?.currentScript?.src || location.href);

const platform = browserPlatform(async () => {
  const { crypto } = (await import(href)) as { crypto: Crypto };
  return crypto;
});

class Pusher extends Subscriber {
  constructor(key: string, options?: Options) {
    super(key, options, platform);
  }
}

Object.assign(globalThis, { Pusher });
