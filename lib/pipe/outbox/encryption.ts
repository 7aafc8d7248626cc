import { isEncryptedChannel } from '../../pusher/channel-name';
import { channelKey, seal } from '../../pusher/encryption';
import { badArgument } from '../checks';
import type { Target } from './command';

/**
 * Data of an event as it travels: sealed for a `private-encrypted-` channel, else as it is.
 * @throws StandpipeError `bad_argument` without a master key, for several channels, and above `maxBytes`
 */
export function sealedFor(
  { channel, channels }: Target,
  json: string,
  masterKey: Uint8Array | undefined,
  maxBytes: number,
): string {
  const first = channel !== undefined && isEncryptedChannel(channel);
  const others = channels !== undefined && channels.some(isEncryptedChannel);
  if (!first && !others) return json;
  if (channel === undefined || (channels !== undefined && channels.length > 0)) {
    throw badArgument(
      'an event for a private-encrypted- channel goes to that channel alone: each has a key of its own',
    );
  }
  if (masterKey === undefined) {
    throw badArgument(
      `events on ${channel} are encrypted: give createClient the option encryptionMasterKeyBase64`,
    );
  }
  const text = seal(json, channelKey(channel, masterKey));
  if (text.length <= maxBytes) return text;
  throw badArgument(`data takes ${text.length} bytes encrypted; ${maxBytes} are allowed`);
}
