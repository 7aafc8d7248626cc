import t from 'tap';
import { scriptedClient } from '../../support/scripted-client';

t.test('a handler whose kind is not subscribed to is warned of once', async (t) => {
  const { client, gateway, clock, lines } = scriptedClient();
  const warned = (): string[] => lines.splice(0).map(({ message }) => message);
  client.subscribe(['channel_existence']);
  client.sockets.on('open', () => 0).on('close', () => 0);
  client.socket('1.1').on('event:hi', () => 0);
  client.channels.on('occupied', () => 0);
  clock.endTurn();
  t.same(warned(), [], 'not before it has connected, since it may still subscribe');
  void client.connect();
  gateway.socket.open();
  clock.endTurn();
  t.same(warned(), [
    "a handler of open hears nothing: call client.subscribe(['socket_existence'])",
    "a handler of event:hi hears nothing: call client.subscribe(['socket_message'])",
  ]);
  client.sockets.on('open', () => 0);
  client.channels.on('member_added', () => 0);
  client.sockets.on('slow', () => 0);
  client.subscribe(['socket_backpressure']);
  clock.endTurn();
  t.same(warned(), [
    "a handler of member_added hears nothing: call client.subscribe(['channel_presence'])",
  ]);
  gateway.socket.drop();
  client.channels.on('cache_miss', () => 0);
  client.users.on('online', () => 0);
  clock.advance(1_000);
  t.same(warned(), []);
  gateway.socket.open();
  clock.endTurn();
  t.match(warned(), [/cache_miss.*channel_cache/, /online.*user_existence/]);
});
