import * as messages from '../../../../pusher/messages';
import { parseChannelData } from '../../../../pusher/presence';
import { verifyChannelAuth } from '../../../../pusher/signature';
import type { AdmissionRefusal } from '../../../core/model/entrant';
import type { Channel } from '../../../core/model/channel';
import type { Socket } from '../../../core/model/socket';
import { SIGNATURE_UNITS } from '../../../core/timing/turn-budget';
import type { Limits } from '../../../options/options';
import type { ChannelsContext } from '../context';

interface SubscribeMessage {
  channel: string;
  auth: string;
  channelData: string | undefined;
}

/** `pusher:subscribe`: answered by `subscription_succeeded`, or by an error that leaves the connection open. */
export function subscribe(
  context: ChannelsContext,
  socket: Socket,
  { channel, auth, channelData }: SubscribeMessage,
): void {
  const { limits, hub, admission } = context;
  if (!admission.mayAsk(socket)) {
    const message = `Too many subscriptions: the limit is ${limits.maxSubscriptionsPerSecond} per second`;
    return tellRefusal(context, socket, channel, { rule: 'limit', message, status: 4301 });
  }
  const { app } = socket;
  const outcome = admission.ask(socket, {
    channel,
    channelData,
    proof: ({ visibility }) => {
      if (visibility === 'public') return undefined;
      const signer = app.keys.signerOf(auth);
      const { key, secret } = signer ?? app;
      context.budget.spend(SIGNATURE_UNITS);
      const signed = { key, secret, socketId: socket.id, channel, auth, channelData };
      const verdict = verifyChannelAuth(signed);
      if (!verdict.ok) return verdict.message;
      if (signer !== undefined) signer.uses++;
      return undefined;
    },
  });
  if ('refused' in outcome) return tellRefusal(context, socket, channel, outcome.refused);
  if ('kind' in outcome) {
    return hub.subscribe(socket, outcome.kind, outcome.identity, (end) => {
      if (typeof end === 'object') tellRefusal(context, socket, channel, end);
    });
  }
  // A backend was faster: clients bind to a channel by subscribing to it.
  if (socket.granted?.has(channel) === true) {
    const wrong = otherMember(outcome.present, socket, channelData, limits);
    if (wrong !== undefined) {
      const refused = { rule: 'member', message: wrong, status: 401 } as const;
      return tellRefusal(context, socket, channel, refused);
    }
    socket.granted.delete(channel);
    return hub.welcome(socket, outcome.present);
  }
  const message = `Existing subscription to channel ${channel}`;
  context.refuse(socket, 'subscribe_existing', null, message, channel);
}

/** Error when a socket that a backend put on a presence channel subscribes as another member. */
function otherMember(
  { name, presence }: Channel,
  socket: Socket,
  channelData: string | undefined,
  limits: Limits,
): string | undefined {
  if (presence === undefined || channelData === undefined) return undefined;
  const data = parseChannelData(channelData, limits);
  const userId = presence.userOf(socket);
  if (data.ok && data.userId === userId) return undefined;
  return `A backend has put this connection on channel ${name} as member ${userId ?? ''} already`;
}

/** The connection is told, and unless the app wants it otherwise the channel too. A bad name is no channel. */
function tellRefusal(
  context: ChannelsContext,
  socket: Socket,
  channel: string,
  { rule, message, status }: AdmissionRefusal,
): void {
  context.refuse(socket, `subscribe_${rule}`, null, message, channel);
  if (rule === 'name' || !socket.app.options.subscriptionErrors) return;
  const type = rule === 'limit' ? 'LimitReached' : 'AuthError';
  context.send(socket, messages.subscriptionError(channel, { type, error: message, status }));
}
