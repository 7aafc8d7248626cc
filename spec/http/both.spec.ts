import Upstream from 'pusher';
import t from 'tap';
import { createTestGateway } from '../../lib/testing';
import { Pusher } from '../support/http-sdk';
import { sending } from './cases/sending';
import { signing } from './cases/signing';
import type { Sdk } from './cases/sdk-context';

/** The same assertions for the unmodified SDK of the hosted service and for ours, on a gateway each. */
const SDKS: ReadonlyArray<[name: string, sdk: Sdk]> = [
  ['npm pusher', Upstream],
  ['standpipe/http', Pusher as unknown as Sdk],
];

for (const [name, sdk] of SDKS) {
  void t.test(name, async (t) => {
    for (const [title, run] of Object.entries({ ...sending, ...signing })) {
      await t.test(title, async (t) => {
        const app = { id: '1', key: 'key', secret: 'secret', subscriptionCount: true };
        const gateway = await createTestGateway({ apps: [app] });
        t.teardown(() => gateway.close());
        const { port } = gateway.client;
        const options = { appId: '1', key: 'key', secret: 'secret', host: '127.0.0.1' };
        const make = (more: object = {}): InstanceType<Sdk> =>
          new sdk({ ...options, port: String(port), ...more });
        await run(t, { sdk, make, pusher: make(), gateway, browser: () => gateway.browser() });
      });
    }
  });
}
