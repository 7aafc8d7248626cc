/**
 * The backend of the demo: a Node process of its own that hears every browser and answers each one over one Pipe.
 *
 * The backend keeps nothing on disk. When it starts, it calls the roll on the channel, each tab says hello, and it
 * knows again who is here. That is all a restart takes, since the tabs are connected to the gateway and not to it.
 *
 *   a tab says            on               the backend does
 *   hello {nick,hue,x,y}  back channel     remembers the tab                  → here    to all
 *   ask {id,text}         back channel     answers                            → answer  to that tab alone
 *   restart {}            back channel     says goodbye                       → away    to all, and exits
 *   move {x,y}            channel `pool`   passes it on                       → moved   to all others
 *   drop {x,y}            channel `pool`   passes it on                       → dropped to all
 *
 * Data from a browser is checked before it is used.
 */
import { createClient } from 'standpipe';
import { answerTo } from './answers';
import type { Person } from './people';
import { People, cleanNick, isHue, isPoint, record } from './people';

const LEAVE_MS = 1_000;
/** All tabs say hello at once after a restart; one message tells all of them who is here. */
const ANNOUNCE_MS = 40;

const client = createClient({
  appId: process.env['STANDPIPE_APP_ID'] ?? 'demo',
  key: process.env['STANDPIPE_KEY'] ?? '',
  secret: process.env['STANDPIPE_SECRET'] ?? '',
  host: '127.0.0.1',
  port: Number(process.env['STANDPIPE_PORT']),
});
const pool = client.channel('pool');
const people = new People();
const startedAt = Date.now();
let heard = 0;
let leaving = false;
let announcement: NodeJS.Timeout | undefined;

client.subscribe(['socket_existence', 'socket_message']);
client.on('connected', () => pool.trigger('roll-call', { pid: process.pid }));
client.on('error', (error) => console.error(`backend: ${error.message}`));

client.sockets.on('open', (socketId) => {
  people.arrive(socketId);
  announce();
});
client.sockets.on('close', (socketId) => {
  if (people.leave(socketId)) announce();
});
client.sockets.on('event', () => void (heard += 1));
client.channels.on('event', () => void (heard += 1));

client.sockets.on('event:hello', (socketId, data) => {
  const person = people.arrive(socketId);
  const { nick, hue, x, y } = record(data);
  person.nick = cleanNick(nick) ?? person.nick;
  if (isHue(hue)) person.hue = hue;
  if (isPoint({ x, y })) Object.assign(person, { x, y });
  announce();
});

client.sockets.on('event:ask', (socketId, data) => {
  const { id, text } = record(data);
  if (typeof id !== 'number' || typeof text !== 'string') return;
  const facts = { person: people.arrive(socketId), people: people.size, heard, startedAt };
  client.socket(socketId).trigger('answer', { id, text: answerTo(text.slice(0, 200), facts) });
});

// A demo may do this. A real backend should not be ended by its visitors.
client.sockets.on('event:restart', (socketId) => void leave(people.arrive(socketId)));

pool.on('event:move', (socketId, data) => {
  if (!isPoint(data)) return;
  const { id, x, y } = Object.assign(people.arrive(socketId), { x: data.x, y: data.y });
  pool.trigger('moved', { id, x, y }, { except: socketId });
});

pool.on('event:drop', (socketId, data) => {
  if (!isPoint(data)) return;
  const { id, hue } = people.arrive(socketId);
  pool.trigger('dropped', { id, hue, x: data.x, y: data.y });
});

/** Sends the list of people to everybody, soon. */
function announce(): void {
  announcement ??= setTimeout(() => {
    announcement = undefined;
    pool.trigger('here', { pid: process.pid, count: people.size, people: people.first(40) });
  }, ANNOUNCE_MS);
}

async function leave(asked?: Person): Promise<void> {
  if (leaving) return;
  leaving = true;
  setTimeout(() => process.exit(0), LEAVE_MS);
  pool.trigger('away', { pid: process.pid, by: asked?.nick ?? null });
  await client.disconnect();
  process.exit(0);
}

process.on('SIGTERM', () => void leave());
process.on('SIGINT', () => void leave());
// The demo itself is gone: nobody is left to be a backend for.
process.on('disconnect', () => process.exit(0));

client.connect().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
