import t, { type Test } from 'tap';
import { FarEngine } from '../../../../lib/brokers/memory/far-engine';
import { Gateway } from '../../../../lib/gateway/gateway';
import type { GatewayOptions } from '../../../../lib/gateway/options/options';
import type {
  List,
  RecentPage,
  SentAgain,
  SocketRow,
  WebhookRow,
} from '../../../../lib/gateway/protocols/console/api';
import { TestGateway } from '../../../../lib/testing/test-gateway';
import { ConsoleVisitor } from '../../../support/console-visitor';
import { LeapingClock } from '../../../support/leaping-clock';
import { SECRET } from '../../../support/start-gateway';
import { untilAnswered } from '../../../support/until';
import { WebhookEndpoint } from '../../../support/webhook-endpoint';

const OPERATOR = 'o'.repeat(32);
const VIEWER = 'v'.repeat(32);
const TOKENS = [
  { name: 'ops', token: OPERATOR, role: 'operator' as const },
  { name: 'support', token: VIEWER },
];
const CREDENTIALS = { id: '1', key: 'key', secret: SECRET };
const PATH = '/api/apps/1/webhooks';
/** Longer than an event waits for its endpoint. */
const TOO_LONG_MS = 301_000;

type Webhooks = { items: readonly WebhookRow[] };

/** Two gateways on one engine. Their endpoint fails until it is told otherwise. */
async function startTwo(
  t: Test,
  options: Partial<GatewayOptions> = {},
): Promise<{
  endpoint: WebhookEndpoint;
  clock: LeapingClock;
  engine: FarEngine;
  gateways: readonly Gateway[];
}> {
  const endpoint = await WebhookEndpoint.start(t);
  endpoint.answer = (response) => response.writeHead(503).end();
  const webhooks = [{ url: endpoint.url, events: ['client_event' as const], batch: false }];
  const engine = new FarEngine({ delayMs: 'none' });
  const clock = new LeapingClock();
  const start = (): Promise<Gateway> => {
    const gateway = new Gateway(
      {
        ...{ port: 0, console: { port: 0, tokens: TOKENS }, webhookAllow: ['127.0.0.1'] },
        apps: [{ ...CREDENTIALS, clientEvents: true, webhooks }],
        ...options,
      },
      clock,
      engine.join().broker,
    );
    t.teardown(() => gateway.stop());
    return gateway.start();
  };
  return { endpoint, clock, engine, gateways: [await start(), await start()] };
}

/** A browser of a gateway says something, of which its endpoint is told in vain until the gateway gives up. */
async function giveUp(
  gateway: Gateway,
  { endpoint, clock }: { endpoint: WebhookEndpoint; clock: LeapingClock },
): Promise<WebhookRow['givenUp'][number]> {
  const browser = await new TestGateway(gateway, CREDENTIALS).browser();
  await browser.subscribe('private-room');
  const before = endpoint.webhooks.length;
  browser.send('client-say', { text: 'hello' }, 'private-room');
  await untilAnswered(() => Promise.resolve(endpoint.webhooks.length > before));
  clock.leap(TOO_LONG_MS);
  const visitor = new ConsoleVisitor(gateway, OPERATOR);
  let found: WebhookRow['givenUp'] = [];
  await untilAnswered(async () => {
    found = (await visitor.get<Webhooks>(PATH)).body.items.flatMap(({ givenUp }) => givenUp);
    return found.length > 0;
  });
  return found[0] as WebhookRow['givenUp'][number];
}

t.test('a webhook that was given up is sent again byte for byte', async (t) => {
  const lines: object[] = [];
  const nothing = (): void => undefined;
  const info = (about: object): void => void lines.push(about);
  const log = { debug: nothing, info, warn: nothing, error: nothing };
  const { endpoint, clock, gateways } = await startTwo(t, { log });
  const [one] = gateways as [Gateway, Gateway];
  const given = await giveUp(one, { endpoint, clock });
  t.match(given, { why: /left alone|503/, events: 1, first: /client-say/ });
  const [first] = endpoint.webhooks;
  const operator = new ConsoleVisitor(one, OPERATOR);
  const viewer = new ConsoleVisitor(one, VIEWER);
  const replay = `${PATH}/${given.delivery}/replay`;

  t.equal((await viewer.post(replay)).status, 403, 'a viewer sends nothing');
  const seen = (await viewer.get<Webhooks>(PATH)).body.items[0]?.givenUp[0];
  t.match(seen, { delivery: given.delivery, first: undefined });

  const failed = (await operator.post<SentAgain>(replay)).body;
  t.equal(failed.why, 'status 503');
  endpoint.answer = (response) => response.end();
  const sent = await operator.post<SentAgain>(replay);
  t.strictSame([sent.status, sent.body.why], [200, undefined]);
  const last = endpoint.webhooks.at(-1);
  t.equal(last?.valid, true);
  t.equal(last?.body, first?.body);
  for (const name of ['x-pusher-signature', 'x-standpipe-delivery']) {
    t.equal(last?.headers[name], first?.headers[name], name);
  }
  const [row] = (await operator.get<Webhooks>(PATH)).body.items;
  t.match(row, { givenUp: [], sent: 1, attempts: [{ why: undefined }, { why: 'status 503' }] });
  t.equal((await operator.post(replay)).status, 404, 'it is sent once');
  const act = { by: 'ops', act: 'replay', on: given.delivery };
  t.match((await operator.get<RecentPage>('/api/apps/1/recent')).body.acts, [act, act]);
  t.match(
    lines.filter((line) => 'act' in line),
    [act, act],
  );
});

t.test('acts reach what another gateway has', async (t) => {
  const { endpoint, clock, gateways } = await startTwo(t);
  const [one, two] = gateways as [Gateway, Gateway];
  const given = await giveUp(two, { endpoint, clock });
  const operator = new ConsoleVisitor(one, OPERATOR);
  t.match((await operator.get<Webhooks>(PATH)).body, {
    items: [{ givenUp: [{ delivery: given.delivery }] }],
  });
  endpoint.answer = (response) => response.end();
  const sent = await operator.post<SentAgain>(`${PATH}/${given.delivery}/replay`);
  t.strictSame([sent.status, sent.body.why], [200, undefined]);
  t.equal(endpoint.webhooks.at(-1)?.valid, true);

  const { items } = (await operator.get<List<SocketRow>>('/api/apps/1/sockets')).body;
  const [{ id } = { id: '' }] = items;
  t.equal((await operator.post(`/api/apps/1/sockets/${id}/close`)).status, 200);
  t.equal((await operator.post(`/api/apps/1/sockets/${id}/close`)).status, 404);
  const { acts } = (await operator.get<RecentPage>('/api/apps/1/recent')).body;
  t.match(acts, [
    { act: 'close', by: 'ops', on: id },
    { act: 'replay', by: 'ops' },
  ]);
});

t.test(
  'a gateway that gives no answer holds up no act, and may have what is not found',
  async (t) => {
    const { endpoint, clock, engine, gateways } = await startTwo(t);
    const [one, two] = gateways as [Gateway, Gateway];
    const given = await giveUp(two, { endpoint, clock });
    const silent = engine.join().broker;
    t.teardown(() => silent.stop());
    const nothing = (): void => undefined;
    await silent.start({ state: nothing, nodes: nothing, fenced: nothing });
    const operator = new ConsoleVisitor(one, OPERATOR);
    const nowhere = `${PATH}/nowhere/replay`;
    await untilAnswered(async () => (await operator.post(nowhere)).status === 503);
    t.match((await operator.post(nowhere)).body, { error: { message: /one does not answer/ } });
    endpoint.answer = (response) => response.end();
    const sent = await operator.post<SentAgain>(`${PATH}/${given.delivery}/replay`);
    t.strictSame([sent.status, sent.body.why], [200, undefined]);
  },
);
