import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import { ApiClient } from '../support/api-client';
import { startChild } from '../support/processes';
import { Reader } from '../support/reader';
import { Chance } from '../support/simulator/chance';
import { SECRET } from '../support/start-gateway';
import { TestRedis } from '../support/start-redis';
import { TestSocket } from '../support/test-socket';
import { WebhookEndpoint } from '../support/webhook-endpoint';

const NODES = 3;
const ROOMS = Array.from({ length: 80 }, (_, n) => `room-${n}`);
const LEASE_MS = 3000;
/** Time between two changes: a room changes about as often as leaves are held back. */
const PACE_MS = 30;
/** Leases, a review, and the time for which leaves are held back. */
const REST_MS = 12_000;

/** A browser that comes back to its gateway, and is in the rooms that it is told. */
class Visitor {
  readonly rooms = new Set<string>();
  #reader: Reader | undefined;
  #isGone = false;

  constructor(t: Test, node: { port: number }) {
    void this.#stay(t, node);
  }

  turn(room: string): void {
    const channel = room;
    if (this.rooms.delete(room)) {
      this.#reader?.socket.send({ event: 'pusher:unsubscribe', data: { channel } });
    } else {
      this.rooms.add(room);
      this.#reader?.socket.askFor(channel);
    }
  }

  leave(): void {
    this.#isGone = true;
  }

  async #stay(t: Test, node: { port: number }): Promise<void> {
    while (!this.#isGone) {
      try {
        const reader = new Reader(await TestSocket.connect(t, node.port));
        for (const room of this.rooms) reader.socket.askFor(room);
        this.#reader = reader;
        while (reader.closed === undefined && !this.#isGone) {
          reader.messages.length = 0;
          await setTimeout(20);
        }
      } catch {
        // A gateway that stands still, or is gone, is tried again.
      }
      this.#reader = undefined;
      await setTimeout(20);
    }
  }
}

/**
 * Three gateways of which one after the other stands still for about a lease, or is killed, while rooms fill and empty on all
 * of them. To the endpoint each room becomes occupied and vacated in turn, and is at last what the HTTP API says; an event
 * comes twice in a row only where a gateway was killed.
 */
export async function webhooksToldOnce(
  t: Test,
  { seed, seconds }: { seed: number; seconds: number },
): Promise<Record<string, unknown>> {
  const chance = new Chance(seed);
  const redis = await TestRedis.start(t);
  const endpoint = await WebhookEndpoint.start(t);
  const options = {
    ...{ port: 0, broker: { redis: redis.address }, limits: { brokerLeaseMs: LEASE_MS } },
    apps: [{ id: '1', key: 'key', secret: SECRET, webhooks: [{ url: endpoint.url }] }],
    webhookAllow: ['127.0.0.1'],
  };
  const start = async (): Promise<{ child: ChildProcess; port: number }> => {
    const { child, said } = await startChild<{ port: number }>(t, 'gateway', options);
    return { child, ...said };
  };
  const nodes: Array<Awaited<ReturnType<typeof start>>> = [];
  while (nodes.length < NODES) nodes.push(await start());
  const visitors = nodes.map((node) => new Visitor(t, node));
  const places = new Map<string, Visitor>();
  let isOver = false;
  const churn = (async () => {
    while (!isOver) {
      const room = chance.pick(ROOMS) ?? '';
      const before = places.get(room);
      const visitor = before ?? (chance.pick(visitors) as Visitor);
      visitor.turn(room);
      if (before === undefined) places.set(room, visitor);
      else places.delete(room);
      await setTimeout(PACE_MS);
    }
  })();
  const endsAt = Date.now() + seconds * 1000;
  let [stops, kills] = [0, 0];
  while (Date.now() < endsAt) {
    await setTimeout(chance.whole(1000, 5000));
    const node = nodes[(stops + kills) % NODES] as (typeof nodes)[number];
    const isKilled = chance.whole(0, 2) === 0;
    node.child.kill(isKilled ? 'SIGKILL' : 'SIGSTOP');
    await setTimeout(LEASE_MS * (0.6 + chance.whole(0, 120) / 100));
    if (isKilled) {
      kills++;
      Object.assign(node, await start());
    } else {
      stops++;
      node.child.kill('SIGCONT');
    }
  }
  isOver = true;
  await churn;
  await setTimeout(REST_MS);
  const { body } = await new ApiClient(t, { port: nodes[0]?.port ?? 0 }).get('/channels');
  const occupied = new Set(Object.keys((JSON.parse(body) as { channels: object }).channels));
  const wanted = [...new Set(visitors.flatMap(({ rooms }) => [...rooms]))].sort();
  t.strictSame([...occupied].sort(), wanted, 'the HTTP API tells the truth');
  const events = endpoint.events as Array<{ name: string; channel: string }>;
  let doubles = 0;
  const wrong = ROOMS.flatMap((room) => {
    const told = events.filter(({ channel }) => channel === room);
    const all = told.map(({ name }) => (name === 'channel_occupied' ? '+' : '-')).join('');
    const text = kills === 0 ? all : all.replaceAll(/(.)\1+/g, '$1');
    doubles += all.length - text.length;
    const isRight = occupied.has(room) ? /^(\+-)*\+$/.test(text) : /^(\+-)*$/.test(text);
    return isRight ? [] : `${room}: ${all}, occupied: ${occupied.has(room)}`;
  });
  t.strictSame(wrong, []);
  for (const visitor of visitors) visitor.leave();
  return { seconds, stops, kills, events: events.length, doubles, wrong: wrong.length };
}
