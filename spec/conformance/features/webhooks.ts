import { until } from '../../support/until';
import { WebhookEndpoint } from '../../support/webhook-endpoint';
import type { Features } from './environment';

/** Webhooks that tell of browsers. */
export const webhooks: Features = {
  'the acts of browsers are told to the webhook, in a form that the SDK takes': async (
    t,
    start,
  ) => {
    const endpoint = await WebhookEndpoint.start(t);
    const env = await start({
      app: { subscriptionCount: true, webhooks: [{ url: endpoint.url, batch: false }] },
      webhookAllow: ['127.0.0.1'],
    });
    const told = async (count: number): Promise<object[]> => {
      await endpoint.received(count, env.clock);
      const webhooks = endpoint.webhooks.splice(0);
      t.ok(webhooks.every(({ valid }) => valid));
      return webhooks.flatMap(({ events }) => events);
    };
    const guest = await env.browser({ member: { user_id: 7 } });
    const channel = 'presence-cache-room';
    await guest.subscribe(channel);
    t.same(byName(await told(3)), [
      { name: 'cache_miss', channel },
      { name: 'channel_occupied', channel },
      { name: 'member_added', channel, user_id: '7' },
    ]);
    await guest.trigger(channel, 'client-e', { a: 1 });
    const data = '{"a":1}';
    const socket_id = await guest.id();
    t.same(await told(1), [
      { name: 'client_event', channel, event: 'client-e', data, socket_id, user_id: '7' },
    ]);
    await guest.subscribe('room');
    t.same(byName(await told(2)), [
      { name: 'channel_occupied', channel: 'room' },
      { name: 'subscription_count', channel: 'room', subscription_count: 1 },
    ]);
    await guest.unsubscribe(channel);
    await env.untilOccupied(channel, false);
    env.clock.advance(1_000);
    await guest.subscribe(channel);
    await guest.unsubscribe(channel);
    await env.untilOccupied(channel, false);
    const gone = told(2);
    t.same(byName(await env.advanceUntil(gone, [guest])), [
      { name: 'channel_vacated', channel },
      { name: 'member_removed', channel, user_id: '7' },
    ]);
    await until(() => env.webhookEventsWaiting === 0, env.clock);
    t.same(endpoint.events, [], 'nothing of when it was away for less than 3 s');
  },
};

function byName(events: object[]): object[] {
  const name = (event: object): string => (event as { name: string }).name;
  return events.sort((a, b) => name(a).localeCompare(name(b)));
}
