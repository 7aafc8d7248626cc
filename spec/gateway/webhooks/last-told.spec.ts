import t from 'tap';
import type { Telling } from '../../../lib/brokers/broker';
import { MemoryEngine } from '../../../lib/brokers/memory/engine';
import type { App } from '../../../lib/gateway/core/model/app';
import type { WebhookEvent } from '../../../lib/gateway/webhooks/events';
import { Teller } from '../../../lib/gateway/webhooks/teller';
import { runs } from '../../support/depth';
import { FAILED, offlineEndpoint, type Post, TAKEN } from '../../support/offline-endpoint';
import { Chance } from '../../support/simulator/chance';
import { TestNode } from '../../brokers/test-node';

const ROOMS = ['a', 'b', 'c'];

function eventOf({ channel, present }: Telling): WebhookEvent {
  const name = present ? 'channel_occupied' : 'channel_vacated';
  const json = JSON.stringify({ name, channel });
  return { name, channel, userId: undefined, source: '', json };
}

/** A gateway that tells an endpoint, and the requests that wait for their answers. */
class Gateway {
  readonly #node: TestNode;
  readonly #endpoint = offlineEndpoint({});
  readonly #teller: Teller;
  readonly #taken: string[];

  /** @param taken all that the endpoint has taken, of whichever gateway: `+ room` or `- room` */
  constructor(engine: MemoryEngine, taken: string[]) {
    this.#taken = taken;
    this.#node = new TestNode(engine.join());
    void this.#node.start();
    const { clock, receiver } = this.#endpoint;
    this.#teller = new Teller({ broker: this.#node.app } as unknown as App, {
      ...{ clock, maxWaiting: 1_000, isOwn: () => true, eventOf },
      tell: (event) => receiver.offer(event),
      dropped: () => undefined,
    });
  }

  changed(channel: string, present: boolean, seq: number): void {
    this.#teller.offer(eventOf({ channel, userId: undefined, present, seq }), seq);
  }

  takeOver(): void {
    this.#teller.takeOver();
  }

  pass(ms: number): void {
    this.#endpoint.clock.advance(ms);
  }

  get requests(): readonly Post[] {
    return this.#endpoint.posts;
  }

  /** The endpoint has a request; the gateway hears of it, or does not. */
  take(post: Post, isAnswered = true): void {
    const { events } = JSON.parse(post.body) as { events: Array<Record<string, string>> };
    for (const { name, channel } of events) {
      this.#taken.push(`${name === 'channel_occupied' ? '+' : '-'} ${channel}`);
    }
    if (isAnswered) this.#end(post, TAKEN);
  }

  refuse(post: Post): void {
    this.#end(post, FAILED);
  }

  die(): void {
    this.#teller.stop();
    this.#endpoint.receiver.stop();
    void this.#node.broker.leave();
  }

  #end(post: Post, outcome: typeof TAKEN): void {
    this.#endpoint.posts.splice(this.#endpoint.posts.indexOf(post), 1);
    post.end(outcome);
  }
}

t.test('a state that an endpoint takes late is followed by the one that was told last', (t) => {
  const taken: string[] = [];
  const engine = new MemoryEngine();
  const [first, second] = [new Gateway(engine, taken), new Gateway(engine, taken)];
  first.changed('room', true, 1);
  first.pass(0);
  second.changed('room', false, 2);
  second.pass(0);
  second.take(second.requests[0] as Post);
  first.take(first.requests[0] as Post);
  for (const each of [first, second]) each.pass(0);
  first.take(first.requests[0] as Post);
  for (const each of [first, second]) each.pass(100_000);
  t.strictSame(taken, ['- room', '+ room', '- room']);
  t.strictSame([first.requests.length, second.requests.length], [0, 0]);
  t.end();
});

t.test('a debt that is taken over late is followed by what its new gateway has told', (t) => {
  const taken: string[] = [];
  const engine = new MemoryEngine();
  const [first, second] = [new Gateway(engine, taken), new Gateway(engine, taken)];
  first.changed('room', true, 1);
  first.pass(0);
  second.changed('room', false, 2);
  second.pass(0);
  second.take(second.requests[0] as Post);
  second.pass(0);
  first.die();
  second.takeOver();
  second.pass(0);
  second.take(second.requests[0] as Post);
  second.pass(0);
  second.take(second.requests[0] as Post);
  second.pass(100_000);
  t.strictSame(taken, ['- room', '+ room', '- room']);
  t.equal(second.requests.length, 0);
  t.end();
});

/** Rooms whose last event is not the truth, after a random course with an endpoint that refuses some requests. */
function course(seed: number): string[] {
  const chance = new Chance(seed);
  const taken: string[] = [];
  const truth = new Set<string>();
  const engine = new MemoryEngine();
  let gateways = [new Gateway(engine, taken), new Gateway(engine, taken)];
  const steps: Array<(gateway: Gateway) => void> = [
    (gateway) => gateway.pass(chance.whole(0, 2_000)),
    (gateway) => {
      const post = chance.pick(gateway.requests);
      if (post !== undefined) gateway.refuse(post);
    },
    (gateway) => {
      const post = chance.pick(gateway.requests);
      if (post !== undefined) gateway.take(post);
    },
    (gateway) => {
      const room = chance.pick(ROOMS) ?? '';
      if (!truth.delete(room)) truth.add(room);
      gateway.changed(room, truth.has(room), ++seq);
    },
    (gateway) => {
      if (!chance.percent(20)) return;
      const post = chance.pick(gateway.requests);
      if (post !== undefined && chance.percent(50)) gateway.take(post, false);
      // Changes that it has not asked about are lost with it; a review of the cluster finds those.
      gateway.pass(0);
      gateway.die();
      gateways = gateways.filter((each) => each !== gateway);
      gateways.push(new Gateway(engine, taken));
      for (const each of gateways) each.takeOver();
    },
  ];
  let seq = 0;
  for (let step = 0; step < 60; step++) {
    const gateway = chance.pick(gateways) as Gateway;
    chance.pick(steps)?.(gateway);
    // A change is told by its engine in the order of its number.
    for (const each of gateways) each.pass(0);
  }
  for (let ms = 0; ms < 200_000; ms += 1_000) {
    for (const gateway of gateways) {
      for (const post of [...gateway.requests]) gateway.take(post);
      gateway.pass(1_000);
    }
  }
  return ROOMS.filter((room) => {
    const last = taken.findLast((each) => each.endsWith(` ${room}`)) ?? '-';
    return last.startsWith('+') !== truth.has(room);
  });
}

t.test('the last event of each room is the truth, whichever gateways die', (t) => {
  const wrong: string[] = [];
  for (let seed = 2_000; seed < 2_000 + runs(2_000); seed++) {
    const rooms = course(seed);
    if (rooms.length > 0) wrong.push(`seed ${seed}: ${rooms.join()}`);
  }
  t.strictSame(wrong, []);
  t.end();
});
