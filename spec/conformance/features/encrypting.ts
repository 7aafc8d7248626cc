import type { Features } from './environment';

/** Encrypted channels. */
export const encrypting: Features = {
  'an encrypted event is read by the browser and by nobody between': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    const channel = 'private-encrypted-room';
    await browser.subscribe(channel);
    const values = [{ ä: '😀' }, [1], 'plain', 7];
    for (const value of values) await env.sdk.trigger(channel, 'e', value);
    await env.sdk.triggerBatch([{ channel, name: 'e', data: 'of a batch' }]);
    t.strictSame(await browser.take(channel, 'e', 5), [...values, 'of a batch']);
    const carried = await browser.tab.run(({ frames }) =>
      frames
        .filter(({ event }) => event === 'e')
        .map(({ data }) => Object.keys(data as object).sort()),
    );
    t.same(carried, new Array(5).fill(['ciphertext', 'nonce']));
  },

  'client events on it are refused by the library itself': async (t, start) => {
    const browser = await (await start()).browser();
    await browser.subscribe('private-encrypted-room');
    await t.rejects(
      browser.trigger('private-encrypted-room', 'client-e', 1),
      /not currently supported/,
    );
    t.same(await browser.rest(), []);
  },
};
