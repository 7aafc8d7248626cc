import { join } from 'node:path';
import { APP } from '../support/app';
import { maskedFrame } from '../support/frames';
import { shapeOf, textShape } from '../support/numbered';
import type { Opening } from '../support/raw-socket';
import type { ProgramOptions } from '../servers/program';
import type { Peer } from './peer';
import { rawPublisher } from './publisher';
import { subscribed } from './pusher';

const SERVER = 'servers/program';

/** A pub/sub server in C. Its publisher sends commands without waiting for their answers. */
export function redis(): Peer {
  const options: ProgramOptions = {
    command: ['redis-server', '--port', '{port}', '--save', '', '--maxclients', '15000'],
  };
  return {
    name: 'redis-server (TCP)',
    server: SERVER,
    options,
    opening: (channels) =>
      said(channels, resp(['SUBSCRIBE', ...channels]), `:${channels.length}\r\n`),
    publisher(port, channels, data) {
      const frames = channels.map((channel) => Buffer.from(resp(['PUBLISH', channel, data])));
      return rawPublisher(port, frames, { opening: this.opening([]) });
    },
    event: (channel, data) => textShape(resp(['message', channel, data])),
  };
}

/** A messaging server in Go. */
export function nats(): Peer {
  const options: ProgramOptions = { command: ['nats-server', '-a', '127.0.0.1', '-p', '{port}'] };
  const hello = 'CONNECT {"verbose":false,"echo":false}\r\n';
  return {
    name: 'nats-server (TCP)',
    server: SERVER,
    options,
    opening(channels) {
      const subscriptions = channels
        .map((channel) => `SUB ${channel} ${sid(channel)}\r\n`)
        .join('');
      return said(['one'], `${hello}${subscriptions}PING\r\n`, 'PONG\r\n');
    },
    publisher(port, channels, data) {
      const frames = channels.map((name) =>
        Buffer.from(`PUB ${name} ${data.length}\r\n${data}\r\n`),
      );
      return rawPublisher(port, frames, { opening: this.opening([]) });
    },
    // The server pings every client two seconds after it came, and is not answered: it waits for minutes.
    event: (channel, data) => ({
      ...textShape(`MSG ${channel} ${sid(channel)} ${data.length}\r\n${data}\r\n`),
      aside: Buffer.from('PING\r\n'),
    }),
  };
}

/** Number of a subscription, of the same length for all channels. */
function sid(channel: string): string {
  return channel.replace(/\D/g, '');
}

const NGINX = `
daemon off;
pid {folder}/pid;
error_log stderr error;
load_module {module};
worker_processes 1;
worker_rlimit_nofile 20000;
events { worker_connections 15000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  nchan_shared_memory_size 512M;
  server {
    listen 127.0.0.1:{port} backlog=4096;
    location = /pub { nchan_publisher http; nchan_channel_id $arg_id; nchan_message_buffer_length 1000; }
    location = /sub {
      nchan_subscriber websocket; nchan_channel_id $arg_id; nchan_channel_id_split_delimiter ",";
      nchan_subscriber_first_message newest;
    }
  }
}`;

/** A module of nginx; events are published by HTTP requests of one connection, each sent before the answer to the last. */
export function nchan(module: string): Peer {
  const options: ProgramOptions = {
    command: ['nginx', '-e', 'stderr', '-p', '{folder}', '-c', '{folder}/nginx.conf'],
    files: { 'nginx.conf': NGINX.replace('{module}', module) },
  };
  return {
    name: 'nginx with nchan',
    server: SERVER,
    options,
    path: (channels) => `/sub?id=${channels.join(',') || 'none'}`,
    *opening() {
      // The path says everything.
    },
    publisher(port, channels, data) {
      const frames = channels.map((name) => {
        const lines = [
          `POST /pub?id=${name} HTTP/1.1`,
          'Host: x',
          `Content-Length: ${data.length}`,
        ];
        return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${data}`);
      });
      return rawPublisher(port, frames, { opening: this.opening([]) });
    },
    event: (_, data) => shapeOf(data),
  };
}

const CLIENT_EVENT = 'client-bench';

/** Another server of the Channels protocol. Its publisher is a browser that sends client events. */
export function soketi(folder: string): Peer {
  const options: ProgramOptions = {
    command: [process.execPath, join(folder, 'bin', 'server.js'), 'start'],
    env: {
      SOKETI_HOST: '127.0.0.1',
      SOKETI_PORT: '{port}',
      SOKETI_METRICS_ENABLED: '0',
      SOKETI_DEFAULT_APP_ID: APP.id,
      SOKETI_DEFAULT_APP_KEY: APP.key,
      SOKETI_DEFAULT_APP_SECRET: APP.secret,
      SOKETI_DEFAULT_APP_ENABLE_CLIENT_MESSAGES: '1',
    },
  };
  const path = `/app/${APP.key}?protocol=7&client=bench`;
  return {
    name: 'soketi',
    server: SERVER,
    options,
    path: () => path,
    opening: subscribed,
    publisher(port, channels, data) {
      const frames = channels.map((channel) => {
        return maskedFrame(`{"event":"${CLIENT_EVENT}","channel":"${channel}","data":${data}}`);
      });
      return rawPublisher(port, frames, { path, opening: subscribed(channels) });
    },
    event: (channel, data) =>
      shapeOf(`{"event":"${CLIENT_EVENT}","channel":"${channel}","data":${data}}`),
  };
}

/** An opening that says something once, and ends with the text that ends the answer. */
function* said(channels: readonly string[], words: string, end: string): Opening {
  if (channels.length === 0) return;
  let heard = yield [Buffer.from(words)];
  while (!heard.endsWith(end)) heard += yield [];
}

/** A command or a message of Redis. */
function resp(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
