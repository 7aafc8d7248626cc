import { App } from '../../lib/gateway/core/model/app';
import { Metrics } from '../../lib/gateway/core/metrics';
import { checkGatewayOptions, type WebhookOptions } from '../../lib/gateway/options/options';
import type { WebhookEvent } from '../../lib/gateway/webhooks/events';
import type { PostOutcome } from '../../lib/gateway/webhooks/poster';
import { GivenUp } from '../../lib/gateway/webhooks/given-up';
import { Receipt } from '../../lib/gateway/webhooks/receipt';
import { Endpoint } from '../../lib/gateway/webhooks/endpoint';
import { silent } from '../../lib/util/logger';
import { ManualClock } from './manual-clock';

export const SECRET = 'a-secret-of-the-specs';
export const FAILED: PostOutcome = { ok: false, why: 'status 500' };
export const TAKEN: PostOutcome = { ok: true };

/** A request to the endpoint. */
export interface Post {
  atMs: number;
  body: string;
  signature: string;
  /** Channels of its events. */
  channels: string[];
  end: (outcome: PostOutcome) => void;
}

export interface EndpointSetup {
  webhook?: Partial<WebhookOptions>;
  limits?: { maxWebhookEvents?: number; maxWebhookBytes?: number };
  /** Ends every post in the next turn of the clock; without it, posts stay open. */
  outcome?: () => PostOutcome;
  /** Broker of the app; there is no doubt without it. */
  broker?: { isInDoubt: boolean };
}

/** An endpoint of webhooks whose requests the spec answers. */
export function offlineEndpoint({
  webhook,
  limits,
  outcome,
  broker = { isInDoubt: false },
}: EndpointSetup = {}): {
  clock: ManualClock;
  receiver: Endpoint;
  metrics: Metrics;
  posts: Post[];
  warnings: string[];
  /** Details of the warnings. */
  told: object[];
  offer: (...channels: string[]) => void;
} {
  const clock = new ManualClock();
  clock.chance = 1;
  const settings = checkGatewayOptions({
    apps: [
      {
        id: '1',
        key: 'key',
        secret: SECRET,
        webhooks: [{ url: 'https://a.example/secret?token=1', batch: false }],
      },
    ],
    limits,
  });
  const [options] = settings.apps as [(typeof settings.apps)[0]];
  const metrics = new Metrics();
  const posts: Post[] = [];
  const warnings: string[] = [];
  const told: object[] = [];
  const warn = (about: object, message: string): void => {
    told.push(about);
    warnings.push(message);
  };
  const log = { ...silent, warn };
  const poster = {
    post(headers: Record<string, string>, body: Buffer, end: (outcome: PostOutcome) => void): void {
      const { events } = JSON.parse(body.toString()) as { events: Array<{ channel: string }> };
      const channels = events.map(({ channel }) => channel);
      const signature = headers['X-Pusher-Signature'] ?? '';
      posts.push({ atMs: clock.now(), body: body.toString(), signature, channels, end });
      if (outcome !== undefined) clock.setTimeout(() => end(outcome()), 0);
    },
    close: () => undefined,
  };
  const parts = { clock, log, metrics, limits: settings.limits, givenUp: new GivenUp() };
  const app = new App(options);
  app.join(broker as App['broker']);
  const one = { ...(options.webhooks[0] as WebhookOptions), ...webhook };
  const receiver = new Endpoint(app, one, parts, poster);
  const offer = (...channels: string[]): void => {
    for (const channel of channels) receiver.offer(occupied(channel));
  };
  return { clock, receiver, metrics, posts, warnings, told, offer };
}

/** An event that another gateway tells when this one is taken for dead. */
export function shared(channel: string, settled: () => void = () => undefined): WebhookEvent {
  return { ...occupied(channel), receipt: new Receipt(settled) };
}

export function occupied(channel: string): WebhookEvent {
  const json = JSON.stringify({ name: 'channel_occupied', channel });
  return { name: 'channel_occupied', channel, userId: undefined, source: '', json };
}
