import t from 'tap';
import { NodeTabs } from './node-tabs';
import { promises } from './pipe/promises';
import { makeSetting } from './pipe/environment';

for (const transport of ['ws', 'wss'] as const) {
  t.test(`the Pipe with pusher-js in Node, over ${transport}`, async (t) => {
    const setting = await makeSetting(t, transport, (_appUrl, { cert }) => NodeTabs.start(t, cert));
    await promises(t, setting);
  });
}
