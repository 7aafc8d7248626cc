import t from 'tap';
import { MemoryEngine } from '../../../lib/brokers/memory/engine';
import { Happenings } from '../../../lib/gateway/core/happenings';
import type { App, AppObserver } from '../../../lib/gateway/core/model/app';
import { Nodes } from '../../../lib/gateway/core/cluster/nodes';
import { ManualClock } from '../../support/manual-clock';

interface Told {
  happenings: Happenings;
  app: App;
  /** Channels of the changes that the node tells. */
  told: Array<string | undefined>;
  /** Channels of the changes that it offers to the other node. */
  offered: string[];
  broker: { isAlone: boolean; isInDoubt: boolean };
}

/** The happenings of one of two nodes. */
function happenings(): Told {
  const engine = new MemoryEngine();
  const [one, two] = [engine.join(), engine.join()];
  const listener = { state: () => undefined, nodes: () => undefined, fenced: () => undefined };
  void one.start(listener);
  void two.start(listener);
  const offered: string[] = [];
  const broker = {
    ...{ isAlone: false, isInDoubt: false },
    send: (node: number, text: string): string => {
      if (node === two.node) offered.push((JSON.parse(text) as { channel: string }).channel);
      return 'ok';
    },
  };
  const told: Array<string | undefined> = [];
  const observer: AppObserver = {
    wants: () => false,
    offer: () => undefined,
    changed: ({ channel }) => void told.push(channel),
    handOver: (isMeant) => {
      const leave = {
        kind: 'vacated' as const,
        channel: 'held',
        userId: undefined,
        seq: 9,
        source: '',
      };
      return isMeant('held') ? [leave] : [];
    },
  };
  const app = { id: '1', observers: new Set([observer]), broker } as unknown as App;
  const clock = new ManualClock();
  return { happenings: new Happenings(clock, new Nodes(one, clock)), app, told, offered, broker };
}

t.test('nothing is told of a channel of a user that a sweep has found empty', async (t) => {
  const { happenings: found, app, told, offered } = happenings();
  found.found(app, { kind: 'vacated', seq: 1, channel: '#server-to-user-ann' });
  found.found(app, { kind: 'vacated', seq: 2, channel: 'room' });
  t.strictSame([...told, ...offered], ['room']);
});

/** Changes of channels of which the node itself tells, and of others. */
function changeSome(happenings: Happenings, app: App): void {
  for (let i = 0; i < 20; i++) {
    happenings.changed(app, { kind: 'occupied', seq: i + 1, channel: `room-${i}` });
  }
}

t.test('a node that may be taken for dead tells its changes when it is sure', async (t) => {
  const { happenings: its, app, told, offered, broker } = happenings();
  broker.isInDoubt = true;
  changeSome(its, app);
  t.strictSame(told, []);
  const others = offered.length;
  t.ok(others > 0 && others < 20, 'the other node tells of some channels');
  broker.isInDoubt = false;
  its.believed();
  t.equal(told.length, 20 - others);
});

t.test('a node that was taken for dead leaves all that it has yet to tell to others', async (t) => {
  const { happenings: its, app, told, offered, broker } = happenings();
  broker.isInDoubt = true;
  changeSome(its, app);
  broker.isInDoubt = false;
  its.fenced([app]);
  its.believed();
  t.strictSame(told, []);
  t.equal(new Set(offered).size, 21, 'also the leave that was held back');
});
