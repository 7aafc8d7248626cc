import { isEncryptedChannel } from '../pusher/channel-name';
import { channelKey, open, seal, toBase64 } from '../pusher/encryption';
import type { Config } from './config';
import { RuleError } from './errors';

/** The data of an event as it travels on a channel: text as it is, anything else as JSON, sealed where it has to be. */
export function dataFor(config: Config, channel: string | undefined, data: unknown): string {
  if (channel === undefined || !isEncryptedChannel(channel)) {
    return typeof data === 'string' ? data : JSON.stringify(data);
  }
  const { encryptionMasterKey: masterKey } = config;
  if (masterKey === undefined) {
    throw new RuleError(
      'no_master_key',
      'Set encryptionMasterKey before triggering events on encrypted channels',
      'bad_option',
    );
  }
  // Text too becomes JSON here, so that a reader need not guess.
  return seal(JSON.stringify(data) ?? 'null', channelKey(channel, masterKey));
}

/** The key of an encrypted channel, as its subscribers get it. */
export function sharedSecret(config: Config, channel: string): string {
  return toBase64(channelKey(channel, masterKeyOf(config)));
}

export function masterKeyOf({ encryptionMasterKey }: Config): Uint8Array {
  if (encryptionMasterKey !== undefined) return encryptionMasterKey;
  throw new RuleError(
    'no_master_key',
    'Cannot generate shared_secret because encryptionMasterKey is not set',
    'bad_option',
  );
}

/** Reason why the data of an event is still sealed: there is no master key, or what `open` says. */
export type Undecrypted = 'no_master_key' | 'format' | 'key';

/** An event of a webhook with its data opened. An event without data, or of another channel, stays as it is. */
export function opened<Event extends object>(
  event: Event,
  masterKey: Uint8Array | undefined,
): Event {
  const { channel, data } = event as { channel?: unknown; data?: unknown };
  if (data === undefined || typeof channel !== 'string' || !isEncryptedChannel(channel)) {
    return event;
  }
  const undecrypted = (why: Undecrypted): Event => ({ ...event, undecrypted: why });
  if (masterKey === undefined) return undecrypted('no_master_key');
  const result = open(data, channelKey(channel, masterKey));
  return result.ok ? { ...event, data: result.text } : undecrypted(result.reason);
}
