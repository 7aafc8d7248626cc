import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const CLIENT = 'gateway/protocols/pipe-2011/client.spec.ts';
const RECONNECT = 'gateway/protocols/pipe-2011/reconnect.spec.ts';
const BACK_CHANNEL = 'socket.trigger reaches one socket: the back channel';
const SOCKET_EVENTS = 'socket events reach all their listeners, in the order of arguments of 2011';
const CHANNEL_EVENTS = 'channel events reach all their listeners, also of a public channel';

const SOCKJS = 'gateway/protocols/pushy/clients.spec.ts';
const TRIGGER = 'gateway/protocols/pushy/trigger.spec.ts';
const LIMITS = 'gateway/protocols/pushy/limits.spec.ts';
const INIT = 'pushy/init.spec.ts';
const CLI = 'cli/commands.spec.ts';
const PRIVATE = 'channels named private- require an authentication string';
const PRESENCE = 'data in a subscription enable presence';
const AUTH_KEY = 'The authentication key is a SHA256 sum of channel, event, timestamp, body';
const AUTH_TOKEN = 'The authentication token is a SHA256 hash of connection, channel, data';
const POST_DATA = 'the trigger URL sends an event to its channel';
const COMMANDS = 'commands of the program are called';

type Promises = Array<[promise: string, file: string, title: string]>;

/** Promises of a README in words of our own, with the spec that keeps each and the beginning of its title. */
const README: Record<string, Promises> = {
  'pusher-pipe': [
    ['a long-lived WebSocket carries many messages', CLIENT, 'a lot of messages go over'],
    [
      'createClient and connect, by key, secret and app_id',
      CLIENT,
      'connected is emitted by a client',
    ],
    ['connected', CLIENT, 'connected is emitted by a client'],
    ['disconnected', CLIENT, 'disconnected is emitted when'],
    ['error', CLIENT, 'an error comes to the callback of its request, or to the listeners'],
    ['subscribe with an array of event types', CLIENT, 'subscribe takes event types before'],
    ['no events of a type before its subscription', CLIENT, 'events come only to a client'],
    ['unsubscribe', CLIENT, 'unsubscribe ends the events of a type'],
    [
      'channel_existence: occupied and vacated',
      'gateway/protocols/pipe-2011/requests.spec.ts',
      'channel_existence tells of channels',
    ],
    ['sockets open and close', CLIENT, 'listeners run when a new socket connects'],
    ['sockets of other devices', CLIENT, 'a socket over the HTTP fallback opens and closes'],
    ['all events of all sockets, or one event', CLIENT, SOCKET_EVENTS],
    ['all events of one socket, or one event', CLIENT, SOCKET_EVENTS],
    ['close of one socket', CLIENT, 'listeners run when a new socket connects'],
    ['all events of all channels, or one event', CLIENT, CHANNEL_EVENTS],
    ['all events of one channel, or one event', CLIENT, CHANNEL_EVENTS],
    ['socket.trigger by a kept id', CLIENT, BACK_CHANNEL],
    ['channel.trigger', CLIENT, 'channel.trigger reaches all sockets, or all but one'],
    ['back_channel.bind and back_channel.trigger', CLIENT, BACK_CHANNEL],
    ['trigger on a subscribed channel in the browser', CLIENT, CHANNEL_EVENTS],
    ['one process alone: no limit any more', CLIENT, 'several Node processes each hear everything'],
    ['a new connection after an interruption', RECONNECT, 'a close by the server'],
  ],
  pushy: [
    ['a server is started with config.json', CLI, 'pushy runs by its own config.json'],
    ['publish and subscribe over SockJS', SOCKJS, POST_DATA],
    ['the trigger URL, with data of the POST', SOCKJS, POST_DATA],
    ['http or https', INIT, 'ssl makes an HTTPS server'],
    ['600 seconds of difference either way', TRIGGER, '600 seconds difference of the timestamp'],
    ['auth_key and its example', TRIGGER, AUTH_KEY],
    ['the body is signed as JSON', TRIGGER, 'bodies are JSON, forms, or empty, and are signed'],
    ['private- channels need a signature', SOCKJS, PRIVATE],
    ['a token on request, and a second subscription with it', SOCKJS, PRIVATE],
    ['the token is made of id, lower-case channel and data', TRIGGER, AUTH_TOKEN],
    ['the connection id comes with the connection', SOCKJS, 'the connection ID comes'],
    ['data enable presence', SOCKJS, PRESENCE],
    ['pushy:presence-add and pushy:presence-quit', SOCKJS, PRESENCE],
    ['new members are given all members', SOCKJS, PRESENCE],
    ['presence data are kept light', LIMITS, 'presence has the bounds of presence channels'],
    ['port is 8123 unless given', INIT, 'port is 8123 and ssl is false unless they are given'],
    ['secretKey', TRIGGER, 'secrets are taken for each other by no path'],
    ['ssl is false unless given', INIT, 'port is 8123 and ssl is false unless they are given'],
    ['options of SockJS', INIT, 'init takes the example configuration and commands'],
    ['SUBSCRIBE and UNSUBSCRIBE', SOCKJS, PRESENCE],
    ['own commands, with four arguments', SOCKJS, COMMANDS],
  ],
};

const texts = new Map<string, string>();
function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(__dirname, file), 'utf8');
  texts.set(file, text);
  return text;
}

for (const [name, promises] of Object.entries(README)) {
  t.test(`promises of the README of ${name} have specs`, async (t) => {
    for (const [promise, file, title] of promises) {
      const titles = [...textOf(file).matchAll(/\bt\.test\(\s*(['"`])(.*?)\1/g)];
      t.ok(
        titles.some(([, , each = '']) => each.startsWith(title)),
        `${promise}: ${title}`,
      );
    }
  });
}
