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
import type { Setting } from '../environment';
import { FeatureEnvironment, type Features } from './environment';

/** Features that depend on the transport: messages of every kind, in both directions and for as long as it takes. */
export const WAYS: Features = { ...connecting, ...hearing, ...clientEvents, ...staying };

/** All features of the Channels protocol for a browser. */
export const FEATURES: Features = {
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

/** Features that gateways must know together: one each of what browsers share. */
export const SHARED: Features = { ...presence, ...caching, ...counting, ...watching, ...webhooks };

/** Features shown at a time: Chromium hands a page the bytes of a stream only every 50 ms, and the others use the wait. */
const JOBS = 16;

/** A browser on a busy machine takes longer than the half minute that a test has. */
export const TIMEOUT_MS = 240_000;

/** Shows features in one way to connect. */
export async function showFeatures(t: Test, setting: Setting, features: Features): Promise<void> {
  t.jobs = JOBS;
  const timeout = TIMEOUT_MS;
  const shown = Object.entries(features).map(([feature, show]) =>
    t.test(feature, { timeout }, (t) =>
      show(t, (options) => FeatureEnvironment.start(t, setting, options)),
    ),
  );
  await Promise.all(shown);
}
