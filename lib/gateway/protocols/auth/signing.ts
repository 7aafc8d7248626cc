import { isObject, parseJson } from '../../../pusher/json';
import {
  type Credentials,
  channelStringToSign,
  hmacHex,
  userStringToSign,
} from '../../../pusher/signature';
import type { Decision } from '../../core/decisions';
import type { AuthForm } from './form';
import { type AuthRefusal, refusal } from './refusal';

/** An answer as pusher-js reads it. */
export interface Signed {
  auth: string;
  channel_data?: string | undefined;
  shared_secret?: string | undefined;
  user_data?: string | undefined;
}

const FAILED = refusal(502, 'backend_failed', 'the backend could not decide; its log says why');

/** Reason why there was no decision. */
const REFUSALS: Readonly<Record<Extract<Decision, string>, AuthRefusal>> = {
  failed: FAILED,
  nobody: refusal(503, 'no_backend', 'no backend that decides this is connected'),
  busy: refusal(503, 'busy', 'too many requests wait for the backends'),
  timeout: refusal(504, 'timeout', 'the backend did not decide in time'),
};

/** Signs what a backend has allowed: its texts, byte for byte. Anything but its plain yes is a no. */
export function sign(
  { key, secret }: Credentials,
  { socketId, channel }: AuthForm,
  decision: Decision,
): Signed | AuthRefusal {
  if (typeof decision === 'string') return REFUSALS[decision];
  const answer = parseJson(decision.result);
  if (!isObject(answer)) return FAILED;
  if (answer.allowed === false) return refusal(403, 'forbidden', 'the backend refused this');
  if (answer.allowed !== true) return FAILED;
  const { channelData, sharedSecret, userData } = answer;
  const signed = (text: string): string => `${key}:${hmacHex(secret, text)}`;
  if (channel === undefined) {
    if (typeof userData !== 'string') return FAILED;
    return { auth: signed(userStringToSign(socketId, userData)), user_data: userData };
  }
  if (!isOptionalText(channelData) || !isOptionalText(sharedSecret)) return FAILED;
  return {
    auth: signed(channelStringToSign(socketId, channel, channelData)),
    channel_data: channelData,
    shared_secret: sharedSecret,
  };
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
