import t from 'tap';
import { connectedClient } from '../../support/scripted-client';

t.test('a client that was silent for pingMs sends a ping', (t) => {
  const { gateway, clock } = connectedClient({ pingMs: 4_000, deadMs: 60_000 });
  clock.advance(3_999);
  t.equal(gateway.socket.count('ping'), 0);
  clock.advance(1);
  t.equal(gateway.socket.count('ping'), 1);
  clock.advance(4_000);
  t.equal(gateway.socket.count('ping'), 2);
  t.end();
});

t.test('a client that speaks anyway sends no ping', (t) => {
  const { client, gateway, clock } = connectedClient({ pingMs: 4_000, deadMs: 60_000 });
  for (let i = 0; i < 10; i += 1) {
    clock.advance(3_000);
    client.channel('room').trigger('tick');
    clock.endTurn();
  }
  t.equal(gateway.socket.count('ping'), 0);
  t.end();
});

t.test('a gateway that asks for more pings gets them, down to one a second', (t) => {
  for (const [askedMs, everyMs] of [
    [3_000, 3_000],
    [1, 1_000],
    [90_000, 10_000],
    [0, 10_000],
  ] as const) {
    const { gateway, clock } = connectedClient({ deadMs: 600_000 });
    gateway.socket.drop();
    clock.advance(1_000);
    const limits = { frameBytes: 0, batch: 0, dataBytes: 0, pingMs: askedMs, deadMs: 0 };
    gateway.socket.accept().welcome({ limits });
    clock.advance(everyMs - 1);
    t.equal(gateway.socket.count('ping'), 0, `asked ${askedMs}`);
    clock.advance(1);
    t.equal(gateway.socket.count('ping'), 1, `asked ${askedMs}`);
  }
  t.end();
});

t.test('a gateway that was silent for deadMs is dead, though TCP says nothing', (t) => {
  const { client, gateway, clock } = connectedClient({ deadMs: 25_000 });
  const codes: number[] = [];
  client.on('disconnected', ({ code }) => void codes.push(code));
  clock.advance(20_000);
  gateway.socket.say({ type: 'pong', time: 1 });
  clock.advance(24_999);
  t.equal(client.state, 'open');
  clock.advance(1);
  t.equal(gateway.sockets[0]?.terminated, true);
  t.same(codes, [1006]);
  t.equal(client.state, 'waiting');
  t.end();
});

t.test('the reason of a dead gateway tells the silence that counted', (t) => {
  for (const [ownMs, gatewayMs, countedMs] of [
    [60_000, 25_000, 25_000],
    [12_000, 25_000, 12_000],
    [60_000, 0, 60_000],
  ] as const) {
    const { client, gateway, clock } = connectedClient({ deadMs: ownMs });
    gateway.socket.drop();
    clock.advance(1_000);
    const limits = { frameBytes: 0, batch: 0, dataBytes: 0, pingMs: 0, deadMs: gatewayMs };
    gateway.socket.accept().welcome({ limits });
    const reasons: string[] = [];
    client.on('disconnected', ({ reason }) => void reasons.push(reason));
    clock.advance(countedMs);
    t.same(reasons, [`nothing heard for ${countedMs} ms`]);
  }
  t.end();
});

t.test('after the process stood still, the gateway has a second to be heard', (t) => {
  for (const heard of [true, false]) {
    const { client, gateway, clock } = connectedClient();
    clock.stall(60_000);
    clock.advance(500);
    t.equal(client.state, 'open');
    if (heard) gateway.socket.say({ type: 'pong', time: 1 });
    clock.advance(500);
    t.equal(client.state, heard ? 'open' : 'waiting');
  }
  t.end();
});

t.test('any frame is a sign of life, also one of a later version', (t) => {
  const { client, gateway, clock } = connectedClient({ deadMs: 25_000 });
  for (let i = 0; i < 5; i += 1) {
    clock.advance(20_000);
    // Field 100, length-delimited, empty.
    gateway.socket.sayBytes(Uint8Array.of(0xa2, 0x06, 0x00));
  }
  t.equal(client.state, 'open');
  t.end();
});

t.test('a ping is answered with its own time', (t) => {
  const { gateway } = connectedClient();
  gateway.socket.say({ type: 'ping', time: 4711 });
  t.same(gateway.socket.find('pong'), { type: 'pong', time: 4711 });
  t.end();
});

t.test('no timer outlives its connection', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const over = client.disconnect();
  await new Promise(setImmediate);
  gateway.socket.drop(1000);
  await over;
  t.equal(clock.timers, 0);
});
