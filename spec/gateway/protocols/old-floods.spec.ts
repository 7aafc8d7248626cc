import t, { type Test } from 'tap';
import { ask } from '../../support/fallback-client';
import { frame, Opcode, RawSocket } from '../../support/raw-socket';
import { turns } from '../../support/until';
import { WirePipe } from './pipe-2011/backend';
import { PushyClient, startPushy } from './pushy/pushy-client';

const COUNT = 20_000;
const LIMITS = {
  maxBackChannelEventsPerSecond: 1e9,
  maxMalformedMessages: 1e6,
  maxUnsentBytes: 64 * 1024 * 1024,
};
const PATH = '/pushy/socket/1';

/** Messages in as few frames or bodies as the limit of one allows. */
function arrays(): string[] {
  return Array(COUNT / 10_000).fill(`[${Array(10_000).fill('"{}"').join()}]`) as string[];
}

const FLOODS: Record<string, (t: Test, port: number) => Promise<void>> = {
  'requests of Pipe 0.2': async (t, port) => {
    const { raw } = await WirePipe.connect(t, port);
    raw.write(Buffer.concat(Array<Buffer>(COUNT).fill(frame(Opcode.TEXT, '{}'))));
  },
  'pushy commands in a frame each': async (t, port) => {
    const raw = await RawSocket.upgrade(port, `${PATH}/abcdefgh/websocket`);
    t.teardown(() => raw.destroy());
    raw.write(Buffer.concat(Array<Buffer>(COUNT).fill(frame(Opcode.TEXT, '["{}"]'))));
  },
  'pushy commands in arrays of ten thousand': async (t, port) => {
    const raw = await RawSocket.upgrade(port, `${PATH}/abcdefgh/websocket`);
    t.teardown(() => raw.destroy());
    raw.write(Buffer.concat(arrays().map((text) => frame(Opcode.TEXT, text))));
  },
  'pushy commands over HTTP': async (_t, port) => {
    for (const [n, body] of arrays().entries()) {
      await ask(port, `${PATH}/session${n}/xhr`);
      void ask(port, `${PATH}/session${n}/xhr_send`, { body });
    }
  },
};

for (const [name, flood] of Object.entries(FLOODS)) {
  t.test(`a flood of ${name} leaves others their turns`, async (t) => {
    const { port, metrics } = await startPushy(t, { limits: LIMITS });
    const handled = () => metrics.messagesReceived + metrics.pipeCommands;
    const old = await WirePipe.connect(t, port);
    const pushy = await PushyClient.connect(t, port);
    const before = handled();
    await flood(t, port);
    while (handled() === before) await turns(1);
    let mostInTurn = 0;
    const watch = async () => {
      while (handled() < before + COUNT) {
        const start = handled();
        await turns(1);
        mostInTurn = Math.max(mostInTurn, handled() - start);
      }
    };
    const watched = watch();
    t.match(await old.ask('{"id":"a","method":"subscribe","params":{"events":[]}}'), {
      error: null,
    });
    const atPipe = handled() - before;
    pushy.command('subscribe', { channel: 'room' });
    await pushy.next('pushy:subscription-success');
    const atPushy = handled() - before;
    t.ok(atPipe < COUNT / 2, `a Pipe was answered after ${atPipe} of ${COUNT} messages`);
    t.ok(atPushy < COUNT, `a client of pushy after ${atPushy}`);
    await watched;
    t.ok(mostInTurn < 2_000, `at most ${mostInTurn} were handled in a turn`);
  });
}
