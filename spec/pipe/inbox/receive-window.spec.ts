import t from 'tap';
import { ReceiveWindow, WindowShare, type Counted } from '../../../lib/pipe/inbox/receive-window';

const CREDIT = { messages: 10, bytes: 100 };

/** A partition whose unfinished events, of ten bytes each, came over the present connection. */
function partitionWith(events: number): Counted & { again(offset: number): void } {
  const share = new WindowShare();
  for (let i = 0; i < events; i += 1) share.add(10);
  return {
    share,
    get counted() {
      return share.counted(0);
    },
    again: (offset) => share.cameAgain(offset),
  };
}

function windowWith(events: number, acksOnReceipt = false): ReceiveWindow {
  const window = new ReceiveWindow(CREDIT, acksOnReceipt);
  for (let i = 0; i < events; i += 1) window.add(10);
  return window;
}

t.test('a connection begins with the credit, less what is unfinished', (t) => {
  t.same(windowWith(0).restart(), CREDIT);
  t.same(windowWith(4).restart(), { messages: 6, bytes: 60 });
  t.same(windowWith(12).restart(), { messages: 0, bytes: 0 });
  t.end();
});

t.test('events that are acknowledged on receipt may fill the credit once more', (t) => {
  t.same(windowWith(10, true).restart(), CREDIT);
  t.same(windowWith(14, true).restart(), { messages: 6, bytes: 60 });
  t.end();
});

t.test(
  'the credit is whole again when everything has come again, and is then told no more',
  (t) => {
    const window = windowWith(4);
    const partition = partitionWith(4);
    window.restart();
    partition.share.restart(4);
    t.equal(window.changed([partition]), undefined);
    partition.again(2);
    t.same(window.changed([partition]), { messages: 8, bytes: 80 });
    t.ok(window.isShort);
    partition.again(4);
    t.same(window.changed([partition]), CREDIT);
    t.notOk(window.isShort);
    window.remove(10);
    t.equal(window.changed([partition]), undefined);
    t.end();
  },
);

t.test('events of no partition of the session count until they have ended', (t) => {
  const window = windowWith(2);
  window.restart();
  t.equal(window.changed([]), undefined);
  window.remove(10);
  t.same(window.changed([]), { messages: 9, bytes: 90 });
  window.remove(10);
  t.same(window.changed([]), CREDIT);
  t.end();
});

t.test('a short credit is made whole although nothing is left when a partition goes', (t) => {
  const window = windowWith(2);
  window.restart();
  window.remove(10);
  window.remove(10);
  window.shorten();
  t.same(window.changed([]), CREDIT);
  t.end();
});

t.test('events of a partition that is leaving are taken out of the credit', (t) => {
  const window = windowWith(3);
  const { share } = partitionWith(3);
  t.equal(window.changed([{ share, counted: 3 }]), undefined);
  window.shorten();
  t.same(window.changed([{ share, counted: 0 }]), { messages: 7, bytes: 70 });
  t.end();
});

t.test('only what the gateway counts can be more than the credit', (t) => {
  const window = windowWith(8);
  const partition = partitionWith(8);
  t.notOk(window.exceeds(2, [partition]));
  t.ok(window.exceeds(3, [partition]));
  partition.share.restart(8);
  t.notOk(window.exceeds(10, [partition]), 'it may not know of the eight');
  t.ok(window.exceeds(11, [partition]));
  t.end();
});

t.test('events that a gap has passed, or others have finished, are never counted again', (t) => {
  const { share } = partitionWith(4);
  share.restart(9);
  share.pass(8, 2);
  t.equal(share.counted(5), 0, 'none of them has come again');
  share.cameAgain(9);
  t.equal(share.counted(5), 2, 'those from the gap on have');
  share.remove(9, 10);
  t.equal(share.counted(5), 1);
  share.remove(6, 10);
  t.equal(share.counted(5), 1, 'the end of one before the gap frees nothing at the gateway');
  share.restart(9);
  share.cameAgain(9);
  t.equal(share.counted(5), 1, 'nor does another connection');
  t.end();
});
