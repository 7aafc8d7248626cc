/**
 * The next step: the same facts over the Pipe. No public route, no signature to check, one connection for all events, each
 * told once and in order, and an answer to the browser that sent one.
 */
import type { PipeClient } from 'standpipe';
import type { Heard } from './app';

export function hearByPipe(client: PipeClient, onEvent: (event: Heard) => void): void {
  client.subscribe(['channel_existence', 'socket_message']);
  client.channels.on('occupied', (channel) => onEvent({ name: 'channel_occupied', channel }));
  client.channels.on('vacated', (channel) => onEvent({ name: 'channel_vacated', channel }));
  // No webhook does this: any event of a browser, not only `client-` ones, and an answer to that browser alone.
  client.sockets.on('event:ask', (socketId) => client.socket(socketId).trigger('answer', 42));
}
