import type { Wire } from './browser';
import { Receivers } from './receivers';
import type { Features } from './environment';

/** Heartbeats, and the end of a browser that leaves. */
export const staying: Features = {
  'a browser that hears nothing asks for a sign of life, and has one': async (t, start) => {
    const env = await start();
    const receivers = new Receivers(t, env.gateway);
    const browser = await env.browser({ options: { activityTimeout: 100 } });
    await browser.tab.run(({ pusher, tell }) => {
      const { connection } = pusher.connection as unknown as { connection: Wire };
      // Over HTTP it asks by an empty message, and anything that comes is an answer.
      connection.bind('activity', () => tell('a sign of life'));
    });
    // That is the heartbeat, which is due within 25 s of when a request has come to wait for it.
    for (let s = 0; s < 60 && env.setting.transport !== 'ws'; s++) {
      await receivers.untilOpen();
      env.clock.advance(1_000);
    }
    await browser.tab.run(({ told, frames, until }) =>
      until(() => told.length > 0 || frames.some(({ event }) => event === 'pusher:pong')),
    );
    t.same(await browser.states(), ['connecting', 'connected']);
  },

  'a browser that only listens stays, however long': async (t, start) => {
    const env = await start({ limits: { activityTimeoutMs: 30_000 } });
    const receivers = new Receivers(t, env.gateway);
    const browser = await env.browser();
    await browser.subscribe('room');
    // The subscription itself was a post.
    const answers = (n: number): number => 1 + Math.floor((4 * n) / 25);
    // 72 s, though one that does not answer is closed after 60. In steps that are shorter than the 5 s for which one that
    // polls may be away.
    for (let n = 1; n <= 18; n++) {
      env.clock.advance(4_000);
      await env.sdk.trigger('room', 'e', n);
      t.equal(await browser.next('room', 'e'), n);
      // A stream has a heartbeat every 25 s, which the browser answers by a post in its own time.
      if (env.setting.transport === 'xhr_streaming') await receivers.untilPosted(answers(n));
    }
    t.same(await browser.states(), ['connecting', 'connected']);
    t.equal(env.gateway.metrics.socketsCut, 0);
  },

  'a browser that says goodbye is gone, over HTTP after it is missed': async (t, start) => {
    const env = await start();
    const [one, two] = [await env.browser(), await env.browser()];
    await two.subscribe('room');
    await one.subscribe('other');
    await one.disconnect();
    await env.advanceUntil(env.untilOccupied('other', false), [two]);
    t.equal(env.socketCount, 1);
    t.same(await two.rest(), []);
  },
};
