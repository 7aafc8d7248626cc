import { SECRET } from '../../support/start-gateway';
import type { Browser, Wire } from './browser';
import type { Features } from './environment';

const wire = (browser: Browser): Promise<{ name: string; activityTimeout: number }> =>
  browser.tab.run(({ pusher }) => {
    const { connection } = pusher.connection as unknown as { connection: Wire };
    return { name: connection.transport.name, activityTimeout: connection.activityTimeout };
  });

/** Connections by every transport, their ids, and the close codes that end or move them. */
export const connecting: Features = {
  'a browser connects by its only transport, and is told its id and the activity timeout': async (
    t,
    start,
  ) => {
    const env = await start({ limits: { activityTimeoutMs: 45_000 } });
    const browser = await env.browser();
    t.match(await browser.id(), /^\d+\.\d+$/);
    t.same(await browser.states(), ['connecting', 'connected']);
    t.equal((await wire(browser)).name, env.setting.transport);
    const timeout = await browser.tab.run(({ pusher }) => {
      const { activityTimeout } = pusher.connection as unknown as Wire;
      return activityTimeout;
    });
    t.equal(timeout, 45_000, 'ms, which is less than its own 120 s');
    t.equal(env.socketCount, 1);
  },

  'every connection has another id, also of a browser that comes back': async (t, start) => {
    const env = await start();
    const [one, two] = [await env.browser(), await env.browser()];
    const first = await one.id();
    await one.disconnect();
    await one.tab.run(({ pusher }) => pusher.connect());
    t.equal(new Set([first, await one.id(2), await two.id()]).size, 3);
  },

  'a path may stand before /app/': async (t, start) => {
    const env = await start({ path: '/some/prefix' });
    const browser = await env.browser({ options: { wsPath: '/some/prefix' } });
    t.equal((await wire(browser)).name, env.setting.transport);
  },

  'a browser refused for good is told why, and does not come back': async (t, start) => {
    const apps = [
      { id: '1', key: 'key', secret: SECRET },
      { id: '2', key: 'disabled', secret: SECRET, enabled: false },
    ];
    const env = await start({ apps, limits: { maxConnectionsPerApp: 1 } });
    // The quota is that of each gateway.
    for (let i = 0; i < env.gateways.length; i++) await env.browser();
    for (const [key, code, message] of [
      ['unknown', 4001, 'App key unknown does not exist'],
      ['disabled', 4003, 'Application disabled'],
      ['key', 4004, 'Application is over connection quota'],
    ] as const) {
      const browser = await env.open({ key });
      t.match(await browser.error(), { code, message });
      await browser.tab.run(({ states, until }) => until(() => states.includes('disconnected')));
      t.same(await browser.tab.run(({ retries }) => retries()), [], `${code}: no retry`);
    }
    t.equal(env.socketCount, env.gateways.length);
  },

  'a browser closed with 4200 is back at once, and has all its subscriptions': async (t, start) => {
    const env = await start({ app: { terminateCode: 4200 } });
    const browser = await env.signedIn({ id: 'ann' });
    const channels = ['room', 'private-room', 'presence-room'];
    await Promise.all(channels.map((channel) => browser.subscribe(channel)));
    const first = await browser.id();
    await env.sdk.terminateUserConnections('ann');
    t.not(await browser.id(2), first);
    await browser.signedIn();
    for (const channel of channels) {
      await browser.next(channel, 'pusher:subscription_succeeded');
      await env.sdk.trigger(channel, 'e', { channel });
      t.same(await browser.next(channel, 'e'), { channel });
    }
    t.same(await browser.tab.run(({ retries }) => Math.min(...retries())), 0);
  },
};
