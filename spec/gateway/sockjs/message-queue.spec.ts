import t from 'tap';
import { TurnBudget } from '../../../lib/gateway/core/timing/turn-budget';
import type { Carrier } from '../../../lib/gateway/core/fanout/carrier';
import { MessageQueue } from '../../../lib/gateway/sockjs/message-queue';
import { SockJsWebSocket } from '../../../lib/gateway/sockjs/web-socket-carrier';
import { ManualClock } from '../../support/manual-clock';

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`);

t.test('messages are handled in their order, a share of each peer a turn', async (t) => {
  const clock = new ManualClock();
  const budget = new TurnBudget(clock);
  const seen: string[] = [];
  let emptied = 0;
  const handle = (text: string) => void seen.push(text);
  const queue = new MessageQueue(budget, { handle, emptied: () => emptied++ });
  queue.push(names(100));
  queue.push(['last']);
  t.equal(seen.length, 64);
  const other = new MessageQueue(budget, { handle: (text) => void seen.push(`other ${text}`) });
  other.push(['0']);
  t.equal(seen.length, 64, 'nobody goes before those who wait');
  clock.endTurn();
  t.strictSame(seen, [...names(100), 'last', 'other 0']);
  t.strictSame([queue.size, emptied], [0, 1]);
});

t.test('a paused queue handles nothing, and an ended one drops what waits', async (t) => {
  const clock = new ManualClock();
  const seen: string[] = [];
  const queue: MessageQueue = new MessageQueue(new TurnBudget(clock), {
    handle: (text) => {
      seen.push(text);
      if (text === '3') queue.pause();
      if (text === '70') queue.end();
    },
  });
  queue.push(names(100));
  clock.endTurn();
  t.strictSame(seen, names(4), 'paused in the middle of a share');
  queue.push(['more']);
  queue.resume();
  clock.endTurn();
  t.strictSame(seen, names(71), 'ended in the middle of a share');
  queue.push(['late']);
  queue.resume();
  clock.endTurn();
  t.strictSame([seen.length, queue.size], [71, 0]);
});

/** A WebSocket under a SockJS connection. */
class Below {
  readonly encoder = { id: 0, encode: () => ({ bytes: Buffer.alloc(0), length: 0 }) };
  isPaused = false;
  wasLeaving = false;
  /** Text that was read while it was paused. */
  held = '';
  readonly codes: number[] = [];
  session: Carrier['session'];
  write(): void {}
  pause(): void {
    this.isPaused = true;
  }
  resume(isLeaving = false): void {
    this.isPaused = false;
    this.wasLeaving = isLeaving;
    this.session?.text(this.held);
  }
  close(code: number): void {
    this.codes.push(code);
  }
}

function connection() {
  const clock = new ManualClock();
  const below = new Below();
  const carrier = below as unknown as Carrier;
  const socket = new SockJsWebSocket(carrier, carrier.encoder, new TurnBudget(clock));
  const told: string[] = [];
  socket.session = {
    text: (text) => void told.push(text),
    binary: () => undefined,
    closed: (code) => void told.push(`closed ${code}`),
  };
  return { clock, below, socket, told };
}

t.test('a WebSocket is not read while messages of a frame wait', async (t) => {
  const { clock, below, socket, told } = connection();
  socket.text(JSON.stringify(names(100)));
  t.strictSame([told.length, below.isPaused], [64, true]);
  clock.endTurn();
  t.strictSame([told, below.isPaused], [names(100), false]);
  socket.pause();
  socket.text('["held"]');
  clock.endTurn();
  t.strictSame([told.length, below.isPaused], [100, true]);
  socket.resume();
  clock.endTurn();
  t.strictSame([told.at(-1), below.isPaused], ['held', false]);
});

t.test(
  'messages that wait are handled before the gateway closes a socket it held back',
  async (t) => {
    const { clock, below, socket, told } = connection();
    socket.pause();
    socket.text(JSON.stringify(names(100)));
    t.strictSame([told.length, below.isPaused], [0, true]);
    below.held = JSON.stringify(names(200).slice(100));
    socket.resume(true);
    socket.close(4100, 'bye');
    t.equal(below.wasLeaving, true);
    t.strictSame(told, names(200), 'and so is the input of the WebSocket below');
    socket.closed(4100, 'bye');
    clock.endTurn();
    t.strictSame(told, [...names(200), 'closed 4100']);
  },
);

t.test('messages sent before the peer closed are handled before its end is told', async (t) => {
  const { clock, socket, told } = connection();
  socket.text(JSON.stringify(names(100)));
  socket.closed(1000, '');
  t.equal(told.length, 64);
  clock.endTurn();
  t.strictSame(told, [...names(100), 'closed 1000']);
});

t.test('messages behind a close of the gateway are dropped', async (t) => {
  const { clock, below, socket, told } = connection();
  socket.text(JSON.stringify(names(100)));
  socket.close(4001, 'bye');
  socket.closed(1000, '');
  clock.endTurn();
  t.strictSame(told, [...names(64), 'closed 1000']);
  t.strictSame(below.codes, [1000]);
});
