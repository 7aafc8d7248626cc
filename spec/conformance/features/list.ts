import type { Test } from 'tap';
import { caching } from './caching';
import { clientEvents } from './client-events';
import { connecting } from './connecting';
import { counting } from './counting';
import { encrypting } from './encrypting';
import { hearing } from './hearing';
import { presence } from './presence';
import { staying } from './staying';
import { subscribing } from './subscribing';
import { users } from './users';
import { watching } from './watching';
import { webhooks } from './webhooks';
import { type Features, type Host, World } from './world';

/** What the Channels protocol gives a browser, by the sections of the contract. */
const FEATURES: Features = {
  ...connecting,
  ...subscribing,
  ...hearing,
  ...clientEvents,
  ...users,
  ...watching,
  ...presence,
  ...caching,
  ...counting,
  ...encrypting,
  ...staying,
  ...webhooks,
};

/** How many features are shown at a time: Chromium gives a page what a stream brings every 50 ms, which is long to wait. */
const JOBS = 16;

/** Shows every feature in one way to connect. */
export async function showFeatures(t: Test, host: Host): Promise<void> {
  t.jobs = JOBS;
  const shown = Object.entries(FEATURES).map(([feature, show]) =>
    t.test(feature, (t) => show(t, (options) => World.start(t, host, options))),
  );
  await Promise.all(shown);
}
