import { DEFAULT_CHANNEL_LIMITS } from '../pusher/limits';
import { RequestError } from './errors';
import type { ApiSender } from './request';
import { ApiResponse } from './response';
import type { BatchAnswer, ChannelAttributes } from './types';

const MAX_EVENTS = DEFAULT_CHANNEL_LIMITS.maxEventsPerBatch;

/**
 * Sends events, of which a request takes 10, in as many requests as they need, one after the other, and answers once.
 * When one fails, the later ones are not sent, and the error says in `accepted` how many events went before.
 */
export async function sendBatch(
  sender: ApiSender,
  events: readonly object[],
): Promise<ApiResponse<BatchAnswer>> {
  const attributes: ChannelAttributes[] = [];
  let informed = false;
  for (let at = 0; ; at += MAX_EVENTS) {
    const part = events.slice(at, at + MAX_EVENTS);
    const response = await sendPart(sender, part, at);
    if (events.length <= MAX_EVENTS) return response;
    const { batch } = await response.json();
    informed ||= batch !== undefined;
    attributes.push(...(batch ?? part.map(() => ({}))));
    if (at + MAX_EVENTS < events.length) continue;
    const { status, request } = response;
    const body = informed ? JSON.stringify({ batch: attributes }) : '{}';
    return new ApiResponse(request, { status, headers: () => response.headers, body });
  }
}

async function sendPart(
  sender: ApiSender,
  batch: readonly object[],
  before: number,
): Promise<ApiResponse<BatchAnswer>> {
  try {
    return await sender.send({
      method: 'POST',
      path: '/batch_events',
      body: JSON.stringify({ batch }),
    });
  } catch (error) {
    if (error instanceof RequestError) error.accepted = before;
    throw error;
  }
}
