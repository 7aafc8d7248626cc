/**
 * A chat whose backend keeps the last lines and shows them to every newcomer.
 *
 *     node -r ts-node/register/transpile-only examples/chat/server.ts
 *
 * The example is about one thing: to one or to all. A line goes to the channel, so that every browser hears it; the
 * lines before go to one socket, over the back channel, so that only the newcomer hears them.
 */
import { join } from 'node:path';
import { createClient } from 'standpipe';
import { servePage } from '../serve-page';
import { app, credentials, fail, onCtrlC, startGateway } from '../start-gateway';

interface Line {
  from: string;
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

const MAX_LINES = 20;

async function main(): Promise<void> {
  const gateway = await startGateway();
  const client = createClient({ ...credentials, port: gateway.port });
  const room = client.channel('room');
  const lines: Line[] = [];

  client.subscribe(['socket_message', 'channel_existence']);

  // A browser that has subscribed asks for what it missed.
  client.sockets.on('event:history', (socketId) => {
    client.socket(socketId).trigger('history', lines);
  });

  room.on('event:say', (socketId, data) => {
    const line = lineOf(data);
    if (line === undefined) return;
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
    room.trigger('said', line);
    console.log(`${line.from}: ${line.text}   (${socketId})`);
  });

  room.on('event:typing', (socketId, data) => {
    const from = textOf((data as { from?: unknown } | null)?.from, 24);
    if (from !== undefined) room.trigger('typing', { from }, { except: socketId });
  });

  room.on('occupied', () => console.log('somebody is in the room'));
  room.on('vacated', () => console.log('the room is empty'));

  await client.connect();
  const page = await servePage({
    folder: join(__dirname, 'page'),
    config: { key: app.key, port: gateway.port },
    port: 8010,
    tryNext: true,
  });
  console.log(`Open ${page.url} in two tabs. Ctrl-C ends it.`);

  onCtrlC(async () => {
    await client.disconnect();
    await page.stop();
    await gateway.stop();
  });
}

/** A line to show to everybody, or nothing: a browser may send anything. */
function lineOf(data: unknown): Line | undefined {
  const { from, text } = (data ?? {}) as Record<string, unknown>;
  const [name, words] = [textOf(from, 24), textOf(text, 280)];
  return name && words ? { from: name, text: words, at: Date.now() } : undefined;
}

function textOf(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  return (
    value
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, maxLength) || undefined
  );
}

main().catch(fail);
