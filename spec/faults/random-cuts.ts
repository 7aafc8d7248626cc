import type { Test } from 'tap';
import { createTestGateway } from '../../lib/testing';
import { ChaosProxy } from '../support/chaos-proxy';
import { converse } from '../support/conversation';
import { Chance } from '../support/simulator/chance';

/** A long conversation over a line that is cut again and again, wherever it is. */
export async function randomCuts(test: Test, seed: number): Promise<Record<string, unknown>> {
  const chance = new Chance(seed);
  const gateway = await createTestGateway({ limits: { maxBackChannelEventsPerSecond: 1e6 } });
  test.teardown(() => gateway.close());
  const proxy = await ChaosProxy.start(test, gateway.client.port);
  let cuts = 0;
  for (let round = 1; round <= 100; round++) {
    const cut = (): void => {
      cuts += 1;
      proxy.cut();
    };
    const cutting = setInterval(cut, chance.whole(5, 24));
    const client = { port: proxy.port };
    const faults = await converse(gateway, { messages: 2_000, client });
    clearInterval(cutting);
    test.same(faults, [], `round ${round}`);
  }
  return { messages: 200_000, cuts };
}
