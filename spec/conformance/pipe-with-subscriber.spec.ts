import t from 'tap';
import { NodeTabs } from './node-tabs';
import { promises } from './pipe/promises';
import { makeSetting } from './pipe/environment';

t.test('the Pipe with standpipe/subscriber in Node', async (t) => {
  const setting = await makeSetting(t, 'ws', (_appUrl, { cert }) =>
    NodeTabs.start(t, cert, 'standpipe'),
  );
  await promises(t, setting);
});
