import t from 'tap';
import { Group } from '../../../../lib/gateway/core/streams/group';
import type { Partition } from '../../../../lib/gateway/core/streams/partition';
import { Holdback } from '../../../../lib/gateway/core/streams/holdback';
import { Metrics } from '../../../../lib/gateway/core/metrics';
import type { Socket } from '../../../../lib/gateway/core/model/socket';
import { Budget } from '../../../../lib/stream/budget';
import { EventKind, RuleKind } from '../../../../lib/wire/frames';
import { silent } from '../../../../lib/util/logger';
import { ROOMY } from '../../../../lib/stream/memory-watch';
import { OfflineChannels, type OfflineBrowser } from '../../../support/offline-channels';

const MAX_PAUSE_MS = 10_000;

/** A stream of 8 events, of which there are as many as was said last. */
class Filled extends Budget {
  constructor(events: number) {
    super({ maxEntries: 8, maxBytes: 1e6 });
    this.to(events);
  }

  to(events: number): this {
    this.spend(events - this.entries, 0);
    return this;
  }
}

function heldBrowsers(): {
  node: OfflineChannels;
  holdback: Holdback;
  browser(): [OfflineBrowser, Socket];
  log(events: number): Filled;
} {
  const node = new OfflineChannels();
  return {
    node,
    holdback: new Holdback(node.hub.turn, node.clock, MAX_PAUSE_MS),
    browser() {
      const browser = node.browser();
      return [browser, node.app.sockets.get(browser.id) as Socket];
    },
    log: (events) => new Filled(events),
  };
}

/** A group of one member that hears everything and acknowledges nothing, with a limit of so many events. */
function groupOf(
  overflow: 'pause' | 'close',
  maxEntries: number,
  memory = ROOMY,
): { node: OfflineChannels; log: Partition['log'] } {
  const node = new OfflineChannels();
  const { hub, app, clock } = node;
  const settings = {
    epoch: 1,
    partitions: 1,
    maxEntries,
    maxBytes: 1e6,
    revokeMs: 1_000,
  };
  const group = new Group(
    app,
    { name: 'g', order: 'socket', mode: 'sticky', overflow, ...settings },
    { clock, holdback: hub.holdback, metrics: new Metrics(), log: silent, memory },
  );
  const nothing = (): void => undefined;
  const asks = { gained: nothing, asked: nothing, lost: nothing, ready: nothing };
  const rules = [RuleKind.SOCKET, RuleKind.MESSAGE, RuleKind.PRESENCE, RuleKind.BACKPRESSURE].map(
    (kind) => {
      return { kind, channels: [], events: [] };
    },
  );
  group.join({ name: 'm', rules, attached: true, ...asks });
  app.observers.add(group);
  const [{ log }] = group.partitions as [Partition];
  return { node, log };
}

t.test('a browser is read until its event fills three quarters of a log', async (t) => {
  const { holdback, browser, log } = heldBrowsers();
  const [one, socket] = browser();
  holdback.appended(log(5), socket, 'pause');
  t.equal(one.paused, false);
  const full = log(6);
  holdback.appended(full, socket, 'pause');
  holdback.appended(full, socket, 'pause');
  t.equal(one.paused, true);
  t.equal(holdback.size, 1);
});

t.test('a browser is read again when less than half is left, and may wait anew', async (t) => {
  const { node, holdback, browser, log } = heldBrowsers();
  const [one, socket] = browser();
  const full = log(8);
  for (let i = 0; i < 3; i++) {
    holdback.appended(full.to(8), socket, 'pause');
    holdback.acknowledged(full.to(4));
    t.equal(one.paused, true, 'half is not yet enough');
    node.clock.advance(MAX_PAUSE_MS - 1);
    holdback.acknowledged(full.to(3));
    t.equal(one.paused, false);
  }
  node.clock.advance(MAX_PAUSE_MS);
  t.strictSame([one.closed, holdback.size, node.clock.timers], [undefined, 0, 0]);
});

t.test(
  'a browser that has waited for too long is closed with 4100, with the reason, and counted',
  async (t) => {
    const { node, holdback, browser, log } = heldBrowsers();
    const [one, socket] = browser();
    holdback.appended(log(6), socket, 'pause');
    node.clock.advance(MAX_PAUSE_MS);
    t.match(one.read(), [{ event: 'pusher:error', data: { code: 4100 } }]);
    t.match(one.closed, { code: 4100, reason: /backends of this app do not keep up/ });
    t.strictSame([holdback.closes, holdback.size, node.clock.timers], [1, 0, 0]);
  },
);

t.test('a browser held back by two logs waits for both', async (t) => {
  const { holdback, browser, log } = heldBrowsers();
  const [one, socket] = browser();
  const [first, second] = [log(6), log(6)];
  holdback.appended(first, socket, 'pause');
  holdback.appended(second, socket, 'pause');
  holdback.acknowledged(first.to(0));
  t.equal(one.paused, true);
  holdback.acknowledged(second.to(0));
  t.equal(one.paused, false);
});

t.test('a log that is given up holds nobody back', async (t) => {
  const { node, holdback, browser, log } = heldBrowsers();
  const [one, socket] = browser();
  const full = log(8);
  holdback.appended(full, socket, 'pause');
  holdback.release(full);
  t.strictSame([one.paused, holdback.size, node.clock.timers], [false, 0, 1]);
  node.clock.advance(MAX_PAUSE_MS);
  t.strictSame([one.closed, node.clock.timers], [undefined, 0]);
});

t.test('a browser that is gone is forgotten', async (t) => {
  const { node, holdback, browser, log } = heldBrowsers();
  const [, socket] = browser();
  holdback.appended(log(8), socket, 'pause');
  holdback.gone(socket);
  t.equal(holdback.size, 0);
  node.clock.advance(MAX_PAUSE_MS);
  t.equal(holdback.closes, 0);
});

t.test("with 'close', and where nothing can be held back, it is closed at once", async (t) => {
  const { holdback, browser, log } = heldBrowsers();
  const [one, socket] = browser();
  holdback.appended(log(5), socket, 'close');
  t.same(one.texts(), []);
  holdback.appended(log(6), socket, 'close');
  one.texts();
  t.match(one.closed, { code: 4100 });
  const [other, fallback] = browser();
  Object.assign(other, { pause: undefined });
  holdback.appended(log(6), fallback, 'pause');
  other.texts();
  t.match(other.closed, { code: 4100 });
  t.equal(holdback.closes, 2);
});

t.test('a gateway that stops leaves no timer behind', async (t) => {
  const { node, holdback, browser, log } = heldBrowsers();
  holdback.appended(log(8), browser()[1], 'pause');
  holdback.stop();
  t.equal(node.clock.timers, 0);
});

t.test('the event that holds a browser back is kept, above the limit too', async (t) => {
  const { node, log } = groupOf('pause', 8);
  const browsers = Array.from({ length: 8 }, () => node.browser());
  for (const browser of browsers) browser.send({ event: 'e', data: 1 });
  t.same(
    browsers.map(({ paused }) => paused),
    browsers.map(() => true),
  );
  t.strictSame([log.length, log.gapDue], [16, false], 'opens and messages');
});

t.test('a group holds back who sends, not who comes, goes or does not read', async (t) => {
  const { node } = groupOf('close', 4);
  const { hub, app } = node;
  const [first, second] = [node.browser(), node.browser()];
  for (let i = 0; i < 4; i++) hub.happenings.tell(app, EventKind.OPEN, { socketId: first.id });
  hub.slow(app.sockets.get(first.id) as Socket, 10);
  first.leave();
  t.equal(hub.holdback.closes, 0);
  second.subscribe('presence-room', { user_id: 'ada' });
  t.equal(hub.holdback.closes, 1);
  t.match(second.closed, { code: 4100 });
});

/** A channel of 300 browsers, of which a turn writes to a third. */
function crowd(): {
  node: OfflineChannels;
  browsers: OfflineBrowser[];
  /** Runs something between the first turn of an event for all of them and the next one. */
  amid(run: () => void): void;
} {
  const node = new OfflineChannels({ writeUnits: 100 });
  const browsers = Array.from({ length: 300 }, () => node.browser());
  for (const each of browsers) each.subscribe('private-x');
  const amid = (run: () => void): void => {
    browsers[0]?.send(EVENT);
    node.clock.endOfTurn(run);
    node.clock.endTurn();
  };
  return { node, browsers, amid };
}

const EVENT = { event: 'client-x', channel: 'private-x', data: 1 };

t.test('a sender of events to many is read on once these are written', async (t) => {
  const { node, browsers, amid } = crowd();
  const [one, two] = browsers as [OfflineBrowser, OfflineBrowser];
  amid(() => {
    two.send(EVENT);
    t.strictSame([one.paused, two.paused], [false, true], 'the next event waits, not the first');
  });
  t.notOk(two.paused);
  t.notOk(node.hub.turn.behind);
  two.send(EVENT);
  t.notOk(two.paused, 'while the gateway keeps up');
});

t.test('a sender to few is read on while events for many are left', async (t) => {
  const { node, browsers, amid } = crowd();
  const [, two, three] = browsers as [OfflineBrowser, OfflineBrowser, OfflineBrowser];
  for (const each of [two, three]) each.subscribe('private-y');
  amid(() => {
    t.ok(node.hub.turn.behind);
    two.send({ ...EVENT, channel: 'private-y' });
    t.notOk(two.paused);
  });
});

t.test('a sender that is held back for two reasons goes on after both', async (t) => {
  const { node, browsers, amid } = crowd();
  const [, two] = browsers as [OfflineBrowser, OfflineBrowser];
  const socket = node.app.sockets.get(two.id) as Socket;
  const { holdback } = node.hub;
  for (const isStreamFirst of [true, false]) {
    const full = new Filled(8);
    amid(() => {
      two.send(EVENT);
      holdback.appended(full, socket, 'pause');
      if (isStreamFirst) holdback.acknowledged(full.to(0));
      t.ok(two.paused);
    });
    t.equal(two.paused, !isStreamFirst, 'all is written');
    holdback.acknowledged(full.to(0));
    t.notOk(two.paused);
  }
});

t.test('near the end of memory a little in the log holds browsers back', async (t) => {
  const memory = { isNear: false };
  const { node, log } = groupOf('pause', 1_000, memory);
  const browser = node.browser();
  browser.send({ event: 'e', data: 'x'.repeat(3_000) });
  t.equal(browser.paused, false);
  memory.isNear = true;
  browser.send({ event: 'e', data: 'x'.repeat(3_000) });
  t.strictSame([browser.paused, log.bytes < 1e6 / 128], [true, true]);
});
