import Pusher from 'pusher-js';
import t from 'tap';
import type { PusherLike } from '../lib/back-channel';
import { attachBackChannel } from '../lib/back-channel';

type Message = { event: string; channel?: string; data?: unknown };

/** A pusher-js instance as the back channel sees it, without sockets. */
class ScriptedPusher implements PusherLike {
  readonly sent: unknown[][] = [];
  connected = true;
  #listeners: Array<(message: Message) => void> = [];

  readonly connection = {
    bind: (event: string, handler: (message: Message) => void): void => {
      if (event === 'message') this.#listeners.push(handler);
    },
  };

  send_event(...args: unknown[]): boolean {
    if (this.connected) this.sent.push(args);
    return this.connected;
  }

  receive(message: Message): void {
    for (const listener of this.#listeners) listener(message);
  }

  get listeners(): number {
    return this.#listeners.length;
  }
}

t.test('trigger sends an event without a channel and says whether it went out', async (t) => {
  const scripted = new ScriptedPusher();
  const pusher = attachBackChannel(scripted);
  t.equal(pusher.back_channel.trigger('ask', { a: 1 }), true);
  t.same(scripted.sent, [['ask', { a: 1 }]]);
  scripted.connected = false;
  t.equal(pusher.back_channel.trigger('ask', {}), false);
});

t.test(
  'bind hears messages without a channel, and no channel event of the same name',
  async (t) => {
    const scripted = new ScriptedPusher();
    const heard: unknown[] = [];
    attachBackChannel(scripted).back_channel.bind('answer', (data) => heard.push(data));
    scripted.receive({ event: 'answer', channel: 'room', data: 'to the room' });
    scripted.receive({ event: 'other', data: 'another event' });
    scripted.receive({ event: 'answer', data: 'to me' });
    t.same(heard, ['to me']);
  },
);

t.test('handlers run in the order they were bound, twice when bound twice', async (t) => {
  const scripted = new ScriptedPusher();
  const heard: string[] = [];
  const first = (): void => void heard.push('first');
  attachBackChannel(scripted)
    .back_channel.bind('e', first)
    .bind('e', () => heard.push('second'))
    .bind('e', first);
  scripted.receive({ event: 'e' });
  t.same(heard, ['first', 'second', 'first']);
});

t.test('unbind removes one handler, all of an event, or all', async (t) => {
  const scripted = new ScriptedPusher();
  const heard: string[] = [];
  const one = (): void => void heard.push('one');
  const two = (): void => void heard.push('two');
  const { back_channel: back } = attachBackChannel(scripted);
  back.bind('e', one).bind('e', two).bind('f', one);

  back.unbind('e', one);
  scripted.receive({ event: 'e' });
  t.same(heard, ['two']);

  back.unbind('e');
  scripted.receive({ event: 'e' });
  scripted.receive({ event: 'f' });
  t.same(heard, ['two', 'one']);

  back.unbind();
  scripted.receive({ event: 'f' });
  t.same(heard, ['two', 'one']);
});

t.test('a handler may unbind itself while the event is handed round', async (t) => {
  const scripted = new ScriptedPusher();
  const heard: string[] = [];
  const { back_channel: back } = attachBackChannel(scripted);
  const once = (): void => {
    heard.push('once');
    back.unbind('e', once);
  };
  back.bind('e', once).bind('e', () => heard.push('always'));
  scripted.receive({ event: 'e' });
  scripted.receive({ event: 'e' });
  t.same(heard, ['once', 'always', 'always']);
});

t.test('names that objects have of themselves are ordinary names', async (t) => {
  const scripted = new ScriptedPusher();
  const heard: unknown[] = [];
  const { back_channel: back } = attachBackChannel(scripted);
  for (const event of ['__proto__', 'constructor', 'toString', 'error', '*']) {
    scripted.receive({ event, data: 'nobody listens' });
    back.bind(event, (data) => heard.push([event, data]));
    scripted.receive({ event, data: 1 });
    t.same(heard.pop(), [event, 1]);
  }
  t.same(heard, []);
});

t.test('attaching twice leaves one back channel', async (t) => {
  const scripted = new ScriptedPusher();
  const once = attachBackChannel(scripted);
  t.equal(attachBackChannel(once), once);
  t.equal(scripted.listeners, 1);
});

/** Events sent when every handler has answered. */
async function replies(scripted: ScriptedPusher): Promise<unknown[][]> {
  await new Promise((resolve) => setImmediate(resolve));
  return scripted.sent;
}

function request(id: string, event: string, data?: unknown): Message {
  return { event: 'standpipe:request', data: { id, event, data } };
}

t.test('handle answers requests under their id, with a value or a promise', async (t) => {
  const scripted = new ScriptedPusher();
  const heard: unknown[] = [];
  attachBackChannel(scripted)
    .back_channel.handle('double', (data) => Number(data) * 2)
    .handle('later', (data) => Promise.resolve([data]))
    .bind('standpipe:request', (data) => heard.push(data));
  scripted.receive(request('1', 'double', 21));
  scripted.receive(request('2', 'later', 'x'));
  t.same(await replies(scripted), [
    ['standpipe:reply', { id: '1', data: 42 }],
    ['standpipe:reply', { id: '2', data: ['x'] }],
  ]);
  t.same(heard, [], 'ordinary handlers do not see it');
});

t.test('a request that fails, or that nobody answers, gets an error', async (t) => {
  const scripted = new ScriptedPusher();
  attachBackChannel(scripted)
    .back_channel.handle('throws', () => {
      throw new Error('out of order');
    })
    .handle('rejects', () => Promise.reject(new Error('no')));
  scripted.receive(request('1', 'throws'));
  scripted.receive(request('2', 'rejects'));
  scripted.receive(request('3', '__proto__'));
  const sent = (await replies(scripted)).map(([, reply]) => reply as { id: string });
  t.strictSame(
    sent.sort((a, b) => Number(a.id) - Number(b.id)),
    [
      { id: '1', error: 'out of order' },
      { id: '2', error: 'no' },
      { id: '3', error: 'nothing here answers __proto__' },
    ],
  );
});

t.test(
  'the back channel fits the stock pusher-js: its message event and its send_event',
  async (t) => {
    const stock = new Pusher('key', {
      cluster: 'local',
      wsHost: '127.0.0.1',
      wsPort: 1,
      forceTLS: false,
    });
    stock.disconnect();
    const pusher = attachBackChannel(stock);
    const heard: unknown[] = [];
    pusher.back_channel.bind('answer', (data) => heard.push(data));
    stock.connection.emit('message', { event: 'answer', channel: 'room', data: 1 });
    stock.connection.emit('message', { event: 'answer', data: 2 });
    t.same(heard, [2]);
    t.equal(pusher.back_channel.trigger('ask', {}), false, 'there is no connection');
  },
);
