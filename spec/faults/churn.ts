import type { Test } from 'tap';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import { createTestGateway, type TestGateway } from '../../lib/testing';
import { ChaosProxy } from '../support/chaos-proxy';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { Chance } from '../support/simulator/chance';
import { turns, until } from '../support/until';

const MOST = 8;
const BROWSERS = 40;
const PARTITIONS = 64;

export interface ChurnReport {
  faults: Fault[];
  messages: number;
  joins: number;
  leaves: number;
  kills: number;
  /** Messages that came to another member too, and said so. */
  copies: number;
  /** Messages that two members worked on at the same time; only those of a killed one may be among them. */
  overlaps: number;
}

/** A member of the group. A killed member is cut off for good, and its acts count no more. */
interface Member {
  name: string;
  client: PipeClient<{ say: { n: number } }>;
  line: ChaosProxy;
  killed: boolean;
}

/** Members of a group come, leave and are killed at random while browsers speak; two are there at any time. */
export async function churn(
  t: Test,
  { rounds, perRound, seed }: { rounds: number; perRound: number; seed: number },
): Promise<ChurnReport> {
  const chance = new Chance(seed);
  const gateway = await createTestGateway({
    limits: {
      ...{ pipeGraceMs: 50, pipePartitions: PARTITIONS, maxBackChannelEventsPerSecond: 1e6 },
      // Longer than any handler takes, so that nobody is taken from while at work.
      pipeRevokeMs: 5_000,
    },
  });
  t.teardown(() => gateway.close());
  const book = new Book();
  const members = [await join(t, gateway, book, 0), await join(t, gateway, book, 1)];
  const browsers = await Promise.all(Array.from({ length: BROWSERS }, () => gateway.browser()));
  let [n, joins, leaves, kills] = [0, 2, 0, 0];
  const leaving: Array<Promise<void>> = [];
  for (let round = 0; round < rounds; round++) {
    const may = chance.whole(1, 3);
    if (may === 1 && members.length < MOST) {
      members.push(await join(t, gateway, book, joins));
      joins += 1;
    } else if (members.length > 2) {
      const [gone] = members.splice(chance.whole(0, members.length - 1), 1) as [Member];
      if (may === 2) {
        leaves += 1;
        leaving.push(gone.client.disconnect());
      } else {
        kills += 1;
        kill(gone);
      }
    }
    for (let i = 0; i < perRound; i++) {
      n += 1;
      for (const browser of browsers) {
        const data = { n };
        book.lines.push({ type: 'produced', key: browser.id, n, sum: sumOf(JSON.stringify(data)) });
        browser.send('say', data);
      }
      await turns(2);
    }
    await until(() => book.ended >= n * BROWSERS - perRound * BROWSERS);
  }
  await until(() => book.ended === n * BROWSERS);
  await Promise.all(leaving);
  const copies = book.lines.filter((line) => line.type === 'began' && line.redelivered).length;
  const messages = n * BROWSERS;
  const { overlaps } = book;
  return { faults: faultsOf(book.lines), messages, joins, leaves, kills, copies, overlaps };
}

/** The ledger of all members, which sees at once when two of them work on one key. */
class Book {
  readonly lines: Line[] = [];
  readonly #done = new Set<string>();
  /** The member that works on a key, by key. */
  readonly #busy = new Map<string, Member>();
  overlaps = 0;

  /** Messages that somebody has finished. */
  get ended(): number {
    return this.#done.size;
  }

  begin(member: Member, key: string, line: Line): void {
    this.lines.push(line);
    const other = this.#busy.get(key);
    if (other !== undefined && other !== member && !other.killed) this.overlaps += 1;
    this.#busy.set(key, member);
  }

  end(member: Member, key: string, n: number): void {
    if (member.killed) return;
    this.lines.push({ type: 'ended', process: member.name, key, n });
    this.#done.add(`${key}/${n}`);
    if (this.#busy.get(key) === member) this.#busy.delete(key);
  }
}

async function join(t: Test, gateway: TestGateway, book: Book, i: number): Promise<Member> {
  const line = await ChaosProxy.start(t, gateway.client.port);
  const client = createClient<{ say: { n: number } }>({
    ...gateway.client,
    ...{ port: line.port, group: 'group', backoff: { baseMs: 5, maxMs: 20 } },
  });
  const member: Member = { name: `member ${i}`, client, line, killed: false };
  t.teardown(() => client.disconnect());
  client.subscribe(['socket_message']);
  client.sockets.on('event:say', async (key, { n }, { redelivered }) => {
    if (member.killed) return;
    const sum = sumOf(JSON.stringify({ n }));
    const { name } = member;
    book.begin(member, key, { type: 'began', process: name, key, n, sum, redelivered });
    await turns(n % 4);
    book.end(member, key, n);
  });
  client.on('gap', ({ count }) => {
    if (!member.killed) book.lines.push({ type: 'announced', process: member.name, count });
  });
  client.on('error', () => undefined);
  await client.connect();
  return member;
}

function kill(member: Member): void {
  member.killed = true;
  // The member cannot come back, and none of its open commands gets through.
  member.line.close();
  void member.client.disconnect();
}
