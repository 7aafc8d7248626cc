import { type Eventual, later } from '../../../../brokers/eventual';
import type { REFUSAL_CODES } from '../../../../wire/close-codes';
import type { Command } from '../../../../wire/frames';
import type { AdmissionRefusal } from '../../../core/model/entrant';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import { type Outcome, badChannel, refusal, unknownSocket } from './outcome';

const CODES: Readonly<Record<AdmissionRefusal['rule'], keyof typeof REFUSAL_CODES>> = {
  name: 'bad_channel_name',
  limit: 'limit_reached',
  proof: 'bad_params',
  member: 'bad_params',
};

/**
 * Puts a socket into a channel, whatever kind it is: the backend holds the secret that a signature would prove. The
 * limits of the app hold all the same. A socket that is there already stays as it is.
 */
export function subscribeSocket(
  { admission, hub }: PipeContext,
  app: App,
  { socketId = '', channel = '', data = '' }: Command,
): Eventual<Outcome> {
  if (channel.startsWith('#server-to-user-')) return badChannel(channel);
  const socket = app.sockets.get(socketId);
  if (socket === undefined || socket.closed) return unknownSocket(socketId);
  const channelData = data === '' ? undefined : data;
  const outcome = admission.ask(socket, { channel, channelData });
  if ('refused' in outcome) return refused(outcome.refused);
  if ('present' in outcome) return { sockets: 1 };
  return later(hub.grant(socket, outcome.kind, outcome.identity), (end) => {
    if (end === 'gone') return unknownSocket(socketId);
    return end === 'in' ? { sockets: 1 } : refused(end);
  });
}

function refused({ rule, message }: AdmissionRefusal): Outcome {
  return refusal(CODES[rule], message);
}
