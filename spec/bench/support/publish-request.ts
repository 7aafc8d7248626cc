import type { ApiRequest } from '../../support/api-client';
import { payload } from '../peers/peer';
import { APP } from './app';

const PAYLOAD_BYTES = 100;

/** A signed request that publishes so many events: a single one, or a batch. */
export function requestOf(events: number): ApiRequest {
  const event = { name: 'move', channel: 'game-1', data: payload(PAYLOAD_BYTES) };
  const batch = Array.from({ length: events }, (_, i) => ({ ...event, channel: `game-${i}` }));
  const content =
    events === 1 ? { path: '/events', body: event } : { path: '/batch_events', body: { batch } };
  return { method: 'POST', key: APP.key, secret: APP.secret, ...content };
}
