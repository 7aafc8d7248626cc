import t from 'tap';
import { Connection } from '../../lib/subscriber/connection/connection';
import { Log } from '../../lib/subscriber/log';
import { type Options, settingsOf } from '../../lib/subscriber/options';
import { candidates } from '../../lib/subscriber/transports/candidates';
import type { OpenTransport, TransportHandlers } from '../../lib/subscriber/transports/transport';
import { ManualClock } from '../support/manual-clock';

/** A transport that does what the spec says. */
class Line {
  readonly url: string;
  readonly handlers: TransportHandlers;
  readonly sent: string[] = [];
  closed = false;

  constructor(url: string, handlers: TransportHandlers) {
    this.url = url;
    this.handlers = handlers;
  }

  greet(id: string): void {
    const data = JSON.stringify({ socket_id: id, activity_timeout: 120 });
    this.handlers.opened();
    this.handlers.message(JSON.stringify({ event: 'pusher:connection_established', data }));
  }

  drop(code = 1006, reason = ''): void {
    this.closed = true;
    this.handlers.closed({ code, reason });
  }
}

/** A connection whose lines are opened into a list, on a clock turned by hand. */
function scriptedConnection(options: Options = {}) {
  const clock = new ManualClock();
  const lines: Line[] = [];
  const told: unknown[] = [];
  const network: { online?: () => void; offline?: () => void } = {};
  const open: OpenTransport = (url, handlers) => {
    const line = new Line(url, handlers);
    lines.push(line);
    return {
      send: (text) => line.sent.push(text) > 0,
      ping: () => false,
      close: () => void (line.closed = true),
    };
  };
  const settings = settingsOf({ wsHost: 'gateway', forceTLS: false, ...options }, false);
  const connection = new Connection({
    settings: () => settings,
    candidates: (useTLS) =>
      candidates({ ...settings, useTLS }, 'key', {
        webSocket: open,
        streaming: open,
        polling: open,
      }),
    watchNetwork: (online, offline) => {
      Object.assign(network, { online, offline });
      return () => undefined;
    },
    clock,
    log: new Log({ logToConsole: false }, undefined),
  });
  connection.bind_global((event, data) => told.push(data === undefined ? [event] : [event, data]));
  const states = (): unknown[] =>
    told.flatMap((entry) => {
      const [event, data] = entry as [string, { current: string } | undefined];
      return event === 'state_change' ? [data?.current] : [];
    });
  const open_ = (): string[] =>
    lines.filter(({ closed }) => !closed).map(({ url }) => url.replace(/\?.*/, ''));
  return { clock, lines, told, network, connection, states, open: open_ };
}

const ONLY_WS: Options = { enabledTransports: ['ws'] };

t.test('an open port is no connection: only a greeting is', async (t) => {
  const { clock, lines, connection } = scriptedConnection(ONLY_WS);
  connection.connect();
  clock.advance(0);
  lines[0]?.handlers.opened();
  t.equal(connection.state, 'connecting');
  clock.advance(10_000);
  t.equal(connection.state, 'unavailable');
  clock.advance(5_000);
  t.ok(lines[0]?.closed, 'what says nothing for 15 s is left');
  clock.advance(1_000);
  lines[1]?.greet('1.1');
  t.equal(connection.state, 'connected');
  t.equal(connection.socket_id, '1.1');
});

t.test(
  'connected, then lost without a word: back within a second, by the same events',
  async (t) => {
    const { clock, lines, told, connection, states } = scriptedConnection(ONLY_WS);
    connection.connect();
    clock.advance(0);
    lines[0]?.greet('1.1');
    told.length = 0;
    lines[0]?.drop();
    t.strictSame(told, [
      ['error', { type: 'PusherError', data: { code: 1006, message: undefined } }],
      ['connecting_in', 1],
      ['state_change', { previous: 'connected', current: 'connecting' }],
      ['connecting'],
    ]);
    clock.advance(1_000);
    lines[1]?.greet('2.2');
    t.strictSame(states(), ['connecting', 'connected']);
  },
);

t.test('every class of close codes has its verdict', async (t) => {
  const rows: Array<[code: number, state: string, waitMs: number | undefined]> = [
    [1002, 'connecting', 1_500],
    [4000, 'connecting', 0],
    [4009, 'disconnected', undefined],
    [4050, 'disconnected', undefined],
    [4100, 'connecting', 1_500],
    [4150, 'connecting', 1_500],
    [4200, 'connecting', 0],
    [4299, 'connecting', 0],
    [4301, 'disconnected', undefined],
  ];
  for (const [code, state, waitMs] of rows) {
    const { clock, lines, told, connection } = scriptedConnection(ONLY_WS);
    connection.connect();
    clock.advance(0);
    lines[0]?.greet('1.1');
    told.length = 0;
    lines[0]?.drop(code, 'why');
    const error = { type: 'PusherError', data: { code, message: 'why' } };
    t.strictSame(
      told.slice(0, 2),
      [
        ['error', error],
        ['error', { type: 'WebSocketError', error }],
      ],
      `${code} is told twice, as by pusher-js`,
    );
    t.equal(connection.state, state, `${code}`);
    if (waitMs === undefined) {
      clock.advance(600_000);
      t.equal(lines.length, 1, 'and stays away');
      continue;
    }
    if (waitMs > 0) clock.advance(waitMs - 1);
    t.equal(lines.length, 1);
    clock.advance(1);
    t.equal(lines.length, 2);
    t.equal(connection.isUsingTLS(), code === 4000);
    t.match(lines[1]?.url, code === 4000 ? /^wss:/ : /^ws:/);
  }
});

t.test('a refusal in the greeting counts as a close with its code', async (t) => {
  const { clock, lines, told, connection } = scriptedConnection(ONLY_WS);
  connection.connect();
  clock.advance(0);
  told.length = 0;
  const data = { code: 4001, message: 'no such app' };
  lines[0]?.handlers.message(JSON.stringify({ event: 'pusher:error', data }));
  t.strictSame(told, [
    ['error', { type: 'WebSocketError', error: { type: 'PusherError', data } }],
    ['state_change', { previous: 'connecting', current: 'disconnected' }],
    ['disconnected'],
  ]);
  t.ok(lines[0]?.closed);
  t.equal(clock.timers, 0);
});

t.test('any other greeting is reported and the connection tried again', async (t) => {
  for (const [text, error] of [
    ['{"event":"pusher:pong"}', 'Invalid handshake'],
    [
      '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.1\\"}"}',
      'No activity timeout specified in handshake',
    ],
  ] as const) {
    const { clock, lines, told, connection } = scriptedConnection(ONLY_WS);
    connection.connect();
    clock.advance(0);
    lines[0]?.handlers.message(text);
    t.match(told, [{}, {}, ['error', { type: 'HandshakeError', error }]]);
    clock.advance(2_000);
    t.equal(lines.length, 2);
    lines[1]?.greet('1.1');
    t.equal(connection.state, 'connected');
  }
});

t.test(
  'a port that is refused for a moment is tried again, soon and then more rarely',
  async (t) => {
    const { clock, lines, connection } = scriptedConnection(ONLY_WS);
    connection.connect();
    clock.advance(0);
    const waits: number[] = [];
    for (let n = 0; n < 8; n++) {
      lines.at(-1)?.drop();
      waits.push(clock.nextMs ?? NaN);
      const before = lines.length;
      for (let ms = 0; lines.length === before && ms < 20_000; ms += 250) clock.advance(250);
    }
    t.strictSame(waits.slice(0, 3), [250, 500, 1_000]);
    t.ok(
      Math.max(...waits) <= 7_500,
      `half of 15 s at most, with a chance of one half: ${waits.join()}`,
    );
  },
);

t.test('HTTP joins in where no WebSocket comes, and makes way when one does', async (t) => {
  const { clock, lines, connection, states, open } = scriptedConnection();
  connection.connect();
  clock.advance(0);
  t.strictSame(open(), ['ws://gateway:80/app/key']);
  clock.advance(2_000);
  t.strictSame(
    open().slice(1),
    ['wss://gateway:443/app/key'],
    'TLS, where the other is in the way',
  );
  clock.advance(3_000);
  t.strictSame(open().slice(2), ['http://gateway:80/pusher/app/key']);
  lines[2]?.greet('1.1');
  t.equal(connection.connection?.transport.name, 'xhr_streaming');
  t.strictSame(open(), ['http://gateway:80/pusher/app/key'], 'the others are left');
  clock.advance(44_999);
  t.equal(open().length, 1);
  clock.advance(1);
  t.equal(open().length, 2, 'within a minute a WebSocket is tried');
  const better = (): Line | undefined =>
    lines.findLast(({ url, closed }) => url.startsWith('ws:') && !closed);
  better()?.drop();
  t.equal(connection.state, 'connected', 'in vain, and nobody is told');
  clock.advance(60_000);
  better()?.greet('2.2');
  t.equal(connection.connection?.transport.name, 'ws');
  t.equal(connection.socket_id, '2.2');
  t.strictSame(open().length, 1);
  t.strictSame(states(), ['connecting', 'connected', 'connecting', 'connected']);
});

t.test('a port that was refused and opens is reached by a WebSocket, not by HTTP', async (t) => {
  const { clock, lines, connection } = scriptedConnection();
  connection.connect();
  let refusing = true;
  const seen = new Set<Line>();
  /** A gateway that refuses every way, and later greets on every way but TLS after 100 ms. */
  const turn = (): void => {
    clock.advance(10);
    for (const line of lines) {
      if (line.closed || seen.has(line)) continue;
      seen.add(line);
      if (refusing || line.url.startsWith('wss')) line.drop();
      else clock.setTimeout(() => line.closed || line.greet('1.1'), 100);
    }
  };
  for (const refusedMs of [3_000, 8_000, 20_000, 45_000]) {
    refusing = true;
    for (let ms = 0; ms < refusedMs; ms += 10) turn();
    refusing = false;
    for (let ms = 0; connection.state !== 'connected' && ms < 60_000; ms += 10) turn();
    t.equal(connection.connection?.transport.name, 'ws', `refused for ${refusedMs} ms`);
    connection.disconnect();
    connection.connect();
  }
  t.ok(
    lines.some(({ url }) => url.startsWith('http:')),
    'HTTP was tried',
  );
});

t.test('HTTP waits no longer than before when every WebSocket is refused', async (t) => {
  const { clock, lines, connection } = scriptedConnection();
  connection.connect();
  for (let ms = 0; ms < 5_010; ms += 10) {
    clock.advance(10);
    for (const line of lines) if (line.url.startsWith('ws') && !line.closed) line.drop();
  }
  clock.advance(0);
  const over = lines.find(({ url }) => url.startsWith('http:'));
  over?.greet('1.1');
  t.equal(connection.connection?.transport.name, 'xhr_streaming');
});

t.test('after HTTP the next connection begins with a WebSocket', async (t) => {
  const { clock, lines, connection } = scriptedConnection();
  connection.connect();
  clock.advance(5_000);
  lines.at(-1)?.greet('1.1');
  lines.at(-1)?.drop(4200);
  clock.advance(0);
  t.match(lines.at(-1)?.url, /^ws:/);
  lines.at(-1)?.greet('2.2');
  t.equal(connection.connection?.transport.name, 'ws');
});

t.test('silence is asked about, and no answer is the end', async (t) => {
  const { clock, lines, connection } = scriptedConnection({
    ...ONLY_WS,
    activityTimeout: 1_000,
    pongTimeout: 500,
  });
  connection.connect();
  clock.advance(0);
  lines[0]?.greet('1.1');
  clock.advance(900);
  lines[0]?.handlers.message('{"event":"e","channel":"c"}');
  clock.advance(999);
  t.strictSame(lines[0]?.sent, []);
  clock.advance(1);
  t.strictSame(lines[0]?.sent, ['{"event":"pusher:ping","data":{}}']);
  lines[0]?.handlers.message('{"event":"pusher:pong","data":"{}"}');
  clock.advance(1_000);
  t.equal(lines[0]?.sent.length, 2);
  clock.advance(500);
  t.ok(lines[0]?.closed);
  t.equal(connection.state, 'connecting');
  clock.advance(0);
  t.equal(lines.length, 2, 'at once');
});

t.test('a network that is back is used at once; one that is gone is asked about', async (t) => {
  const { clock, lines, network, connection } = scriptedConnection(ONLY_WS);
  connection.connect();
  clock.advance(0);
  for (let n = 0; n < 6; n++) {
    lines.at(-1)?.drop();
    clock.advance(15_000);
  }
  lines.at(-1)?.drop();
  const before = lines.length;
  network.online?.();
  clock.advance(0);
  t.equal(lines.length, before + 1);
  lines.at(-1)?.greet('1.1');
  network.offline?.();
  t.strictSame(lines.at(-1)?.sent, ['{"event":"pusher:ping","data":{}}']);
  clock.advance(30_000);
  t.equal(connection.state, 'connecting');
});

t.test('disconnect ends all at any moment, also in a handler', async (t) => {
  for (const moment of ['connecting', 'connected', 'error', 'connecting_in'] as const) {
    const { clock, lines, connection } = scriptedConnection(ONLY_WS);
    connection.bind(moment, () => connection.disconnect());
    connection.connect();
    clock.advance(0);
    lines[0]?.greet('1.1');
    lines[0]?.drop(4100);
    clock.advance(60_000);
    t.equal(connection.state, 'disconnected', moment);
    t.equal(clock.timers, 0);
    t.ok(lines.length <= 1);
    connection.unbind(moment);
    connection.connect();
    clock.advance(0);
    lines.at(-1)?.greet('2.2');
    t.equal(connection.state, 'connected', 'and connect brings it back');
  }
});

t.test('without a way to connect it has failed', async (t) => {
  const { connection, states } = scriptedConnection({ enabledTransports: ['sockjs'] });
  connection.connect();
  t.strictSame(states(), ['failed']);
});

t.test('a text that is no message is reported and changes nothing', async (t) => {
  const { clock, lines, told, connection } = scriptedConnection(ONLY_WS);
  connection.connect();
  clock.advance(0);
  lines[0]?.greet('1.1');
  told.length = 0;
  for (const text of ['no JSON', '[]', 'null', '{"event":7}']) lines[0]?.handlers.message(text);
  t.match(
    told,
    ['no JSON', '[]', 'null', '{"event":7}'].map((data) => [
      'error',
      { type: 'MessageParseError', error: { type: 'MessageParseError', data }, data },
    ]),
  );
  t.equal(connection.state, 'connected');
});
