import { once } from 'node:events';
import t from 'tap';
import WebSocket from 'ws';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import * as Pipe from 'pusher-pipe-0.0.6';
import { optionsFor } from './backend';

/** pusher-pipe 0.0.6 dials with a package that speaks a draft of 2010 and asks Node for what it has lost: a transport of today. */
class Transport extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on('error', (error) => this.emit('wserror', error));
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    return event === 'message' ? super.emit(event, String(args[0])) : super.emit(event, ...args);
  }
}

t.test('pusher-pipe 0.0.6 never subscribes, and hears of sockets and their messages', async (t) => {
  const gateway = await startGateway(t);
  Pipe.Client.Transport = Transport;
  const client = Pipe.createClient(optionsFor(gateway));
  client.connect();
  await once(client, 'connected');
  t.teardown(() => (client as unknown as { connection: WebSocket }).connection.terminate());
  const opened = once(client.sockets, 'open');
  const socket = await TestSocket.connect(t, gateway.port);
  t.same(await opened, [socket.id]);
  const told = once(client.sockets, 'event:my_event');
  socket.send({ event: 'my_event', data: { a: 1 } });
  t.same(await told, [socket.id, { a: 1 }]);
  client.socket(socket.id).trigger('answer', { b: 2 });
  t.same(await socket.next(), { event: 'answer', data: '{"b":2}' });
  const closed = once(client.sockets, 'close');
  socket.drop();
  t.same(await closed, [socket.id]);
});
