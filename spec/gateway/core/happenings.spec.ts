import t from 'tap';
import { MemoryEngine } from '../../../lib/brokers/memory/engine';
import { Happenings } from '../../../lib/gateway/core/happenings';
import type { App, AppObserver } from '../../../lib/gateway/core/model/app';
import { Nodes } from '../../../lib/gateway/core/nodes';
import { ManualClock } from '../../support/manual-clock';

/** The happenings of one node, and the channels of the changes that it tells. */
function happenings(): { happenings: Happenings; app: App; told: Array<string | undefined> } {
  const told: Array<string | undefined> = [];
  const observer: AppObserver = {
    wants: () => false,
    offer: () => undefined,
    changed: ({ channel }) => void told.push(channel),
  };
  const app = { id: '1', observers: new Set([observer]) } as unknown as App;
  const clock = new ManualClock();
  return { happenings: new Happenings(clock, new Nodes(new MemoryEngine().join())), app, told };
}

t.test('nothing is told of a channel of a user that a sweep has found empty', async (t) => {
  const { happenings: found, app, told } = happenings();
  found.found(app, { kind: 'vacated', seq: 1, channel: '#server-to-user-ann' });
  found.found(app, { kind: 'vacated', seq: 2, channel: 'room' });
  t.strictSame(told, ['room']);
});
