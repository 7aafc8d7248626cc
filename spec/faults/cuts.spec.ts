import t from 'tap';
import { createTestGateway } from '../../lib/testing';
import { ChaosProxy, type Direction } from '../support/chaos-proxy';
import { converse } from '../support/conversation';

const MESSAGES = 150;
/** Frames between one recorded run and the next differ a little: acknowledgements ride on what happens to go. */
const MIN_CUTS = 150;

t.test('a connection may be cut behind any frame, in either direction', async (t) => {
  const limits = { maxBackChannelEventsPerSecond: 1e6 };
  const gateway = await createTestGateway({ limits });
  t.teardown(() => gateway.close());
  const proxy = await ChaosProxy.start(t, gateway.client.port);
  const client = { port: proxy.port };

  t.same(await converse(gateway, { messages: MESSAGES, client }), [], 'an undisturbed run');
  const recorded = { ...proxy.frames };

  let cuts = 0;
  for (const direction of ['up', 'down'] as Direction[]) {
    for (let frames = 1; frames < recorded[direction]; frames++) {
      let reached = false;
      void proxy.cutAt({ direction, frames }).then(() => (reached = true));
      const faults = await converse(gateway, { messages: MESSAGES, client });
      if (faults.length > 0) t.same(faults, [], `cut behind frame ${frames} ${direction}`);
      if (reached) cuts += 1;
    }
  }
  t.ok(cuts >= MIN_CUTS, `${cuts} cuts`);
});
