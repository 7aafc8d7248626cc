import PusherServer from 'pusher';
import type { Test } from 'tap';
import type { Subscriber } from '../../lib/subscriber/client';
import { Browser } from '../conformance/features/browser';
import { PageTabs } from '../conformance/features/page-tabs';
import { HandlerCalls } from '../conformance/handler-calls';
import { APP, MASTER_KEY } from '../conformance/app-server';
import type { Tab } from '../conformance/tab';
import { makeSetting, PipeEnvironment } from '../conformance/pipe/environment';
import { startBrowser } from '../support/browser';

const CHANNELS = ['room', 'private-a', 'presence-a', 'private-encrypted-a', 'cache-a'];

/** The page's global: that of Standpipe's script, and not pusher-js. */
type Ours = Subscriber;

/** Answers requests and subscribes to every kind of channel, as a page does when it is loaded. */
const begin = (tab: Tab): Promise<void> =>
  tab.run(({ pusher, hear }, channels) => {
    (pusher as unknown as Ours).onRequest('sum', (numbers) =>
      (numbers as number[]).reduce((sum, n) => sum + n, 0),
    );
    pusher.signin();
    for (const name of channels) {
      pusher.subscribe(name);
      hear(name);
    }
  }, CHANNELS);

/** Waits until all of it is there. */
const settled = (tab: Tab): Promise<void> =>
  tab.run(({ pusher, until }, channels) => {
    const user = pusher.user as unknown as Ours['user'];
    return until(
      () =>
        channels.every((name) => pusher.channel(name).subscribed) &&
        user.serverToUserChannel?.subscribed === true,
    );
  }, CHANNELS);

async function journey(t: Test, env: PipeEnvironment, transport: string): Promise<void> {
  const backend = await env.backend();
  const calls = new HandlerCalls();
  backend.sockets.on('event:hello', calls.hears('back channel'));
  backend.channels.on('event', calls.hears('channel'));
  const endpoint = `${env.setting.appServer.url}/auth`;
  const params = { user: JSON.stringify({ id: 'ann', user_info: { name: 'Ann' } }) };
  const tab = await env.openTab({
    enabledTransports: [transport as 'ws'],
    userAuthentication: { endpoint, transport: 'ajax', params },
  });
  const browser = new Browser(tab);
  const sdk = new PusherServer({
    appId: APP.id,
    key: APP.key,
    secret: APP.secret,
    host: '127.0.0.1',
    port: String(env.gateway.port),
    useTLS: false,
    encryptionMasterKeyBase64: MASTER_KEY,
  });

  /** Shows all of it on the connection as it is now. */
  const show = async (id: string): Promise<void> => {
    await settled(tab);
    for (const name of CHANNELS) {
      await sdk.trigger(name, 'e', { name });
      t.same(await browser.next(name, 'e'), { name });
    }
    await sdk.sendToUser('ann', 'hi', { to: 'ann' });
    t.same(await browser.next('user', 'hi'), { to: 'ann' });
    await tab.run(({ pusher }) => {
      pusher.back_channel.trigger('hello', { from: 'page' });
      // Any name, and on a public channel.
      (pusher as unknown as Ours).channel('room')?.trigger('anything', [1]);
    });
    t.strictSame(await calls.take(2), [
      ['back channel', id, { from: 'page' }],
      ['channel', 'anything', 'room', id, [1]],
    ]);
    t.equal(await backend.socket(id).request('sum', [1, 2, 3]), 6);
    backend.socket(id).trigger('to you', 7);
    await tab.run(({ until, told }) => until(() => told.length > 0));
    t.strictSame(await tab.take(1), [['to you', 7]]);
  };

  await tab.run(({ pusher, tell }) => {
    pusher.back_channel.bind('to you', (data) => tell('to you', data));
  });
  await begin(tab);
  const first = await tab.id();
  await show(first);
  const name = await tab.run(
    ({ pusher }) => (pusher as unknown as Ours).connection.connection?.transport.name,
  );
  t.equal(name, transport);

  await env.gateway.drain();
  await env.replaceGateway();
  const second = await tab.id(2);
  t.not(second, first);
  while (backend.state !== 'open') {
    await new Promise((resolve) => backend.once('state', resolve));
  }
  await show(second);
  t.same(await browser.states(), ['connecting', 'connected', 'connecting', 'connected']);
}

/** Shows the script tag of Standpipe in Chromium while one gateway goes and another comes. */
export async function showSubscriberInChromium(
  t: Test,
  transports: ReadonlyArray<'ws' | 'wss' | 'xhr_streaming' | 'xhr_polling'>,
): Promise<void> {
  const chromium = await startBrowser(t);
  t.jobs = 2;
  for (const transport of transports) {
    void t.test(`over ${transport}`, { timeout: 100_000 }, async (t) => {
      const context = await chromium.newContext();
      t.teardown(() => context.close());
      let tabs: PageTabs | undefined;
      const setting = await makeSetting(
        t,
        transport === 'wss' ? 'wss' : 'ws',
        async (appUrl) => (tabs = await PageTabs.start(t, context, appUrl)),
        'standpipe',
      );
      await journey(t, await PipeEnvironment.start(t, setting), transport);
      // Chromium itself tells of the moments between two gateways: a refused port, a new session that is sent away.
      const restart = /status of 503|ERR_CONNECTION_REFUSED/;
      const complaints = tabs?.complaints.filter((text) => !restart.test(text));
      t.strictSame(complaints, [], 'no console complained');
    });
  }
}
