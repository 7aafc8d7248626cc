import { performance } from 'node:perf_hooks';
import { idIn, join } from './peers/pusher';
import { standpipe } from './peers/standpipe';
import { Child, SERVER_CORE } from './support/child';
import { Counter } from './support/counter';
import { median } from './support/figures';
import { maskedFrame } from './support/frames';
import { FIRST, shapeOf } from './support/numbered';
import { openAll, RawSocket, type Opening } from './support/raw-socket';
import type { Settings } from './support/settings';

const CHANNEL = 'presence-bench';
const PONG = '"pusher:pong"';
/** Messages that tell a member of another. */
const ADDED = shapeOf(
  JSON.stringify({
    event: 'pusher_internal:member_added',
    channel: CHANNEL,
    data: JSON.stringify({ user_id: `${FIRST}` }),
  }),
);
/** Members that join at once before the rounds: messages of a turn are one write for each member, and few wait unsent. */
const WAVE = 500;
/** Joins of a round: few where each is told to many, so that the channel does not grow much meanwhile. */
const joinsOf = (members: number): number => Math.min(50, Math.max(10, 20_000 / members));

/** Cost of a join: medians of the rounds. */
export interface JoinCost {
  perSecond: number;
  /** CPU of a join: the list of all members for who joins, and a message to each of them. */
  joinUs: number;
  /** The same for each of these messages. */
  messageUs: number;
}

/** Users join a presence channel of so many members, one after the other; each member hears of each, in order. */
export async function measureJoins({ port, rounds }: Settings, members: number): Promise<JoinCost> {
  const server = await Child.start(standpipe.server, SERVER_CORE, { port });
  let users = members;
  const nextUser = (): string => `${FIRST + users++}`;
  const open = (opening: Opening): RawSocket => new RawSocket(port, standpipe.path([]), opening);
  const memberIds: string[] = [];
  const sockets = await openAll(members, (i) => open(greeted((id) => (memberIds[i] = id))));
  for (let i = 0; i < members; i += 1) {
    sockets[i]?.write(join(memberIds[i] ?? '', CHANNEL, `${FIRST + i}`));
    const isWave = (i + 1) % WAVE === 0 || i + 1 === members;
    if (isWave) await Promise.all(sockets.slice(0, i + 1).map(quiet));
  }
  // Once more: a join may be handled behind the ping of another member.
  await Promise.all(sockets.map(quiet));
  const joins = joinsOf(members);
  const ids: string[] = [];
  const joiners = await openAll(joins * rounds, (i) => open(greeted((id) => (ids[i] = id))));
  const counter = new Counter(sockets, ADDED, { first: members, step: 1 });
  const costs: JoinCost[] = [];
  for (let round = 0, next = 0; round < rounds; round += 1) {
    counter.reset();
    const before = await server.ask('cpu');
    const start = performance.now();
    for (let i = 1; i <= joins; i += 1, next += 1) {
      joiners[next]?.write(join(ids[next] ?? '', CHANNEL, nextUser()));
      await counter.reaches(i * members);
    }
    const seconds = (performance.now() - start) / 1_000;
    const joinUs = ((await server.ask('cpu')) - before) / joins;
    costs.push({ perSecond: joins / seconds, joinUs, messageUs: joinUs / members });
  }
  const middle = (name: keyof JoinCost): number => median(costs.map((cost) => cost[name]));
  return {
    perSecond: middle('perSecond'),
    joinUs: middle('joinUs'),
    messageUs: middle('messageUs'),
  };
}

/** The opening of a socket that joins later; `then` takes its id. */
function* greeted(then: (id: string) => void): Opening {
  then(idIn(yield []));
}

/** Waits until all has come that was sent before: an answer to a ping is behind it. */
function quiet(socket: RawSocket): Promise<void> {
  return new Promise((resolve) => {
    let end = '';
    socket.received = (bytes, chunk) => {
      const text = end + chunk.toString('latin1', 0, bytes);
      if (text.includes(PONG)) resolve();
      end = text.slice(-PONG.length);
    };
    socket.write(maskedFrame('{"event":"pusher:ping"}'));
  });
}
