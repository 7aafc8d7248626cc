import { channelKey, fromBase64, open, readMasterKey, toBase64 } from '../pusher/encryption';
import type { Opened } from '../pusher/encryption';
import { channelStringToSign, hmacHex, userStringToSign } from '../pusher/signature';
import type { ChannelAuthorizationData, UserAuthenticationData } from './auth/handlers';

/** Cryptography of encrypted channels and of local signing. Browsers load it at its first use. */
export interface Crypto {
  /** The key of an encrypted channel; undefined where the text is no base64. */
  readKey(sharedSecret: string): Uint8Array | undefined;
  openEvent(data: unknown, key: Uint8Array): Opened;
  signChannel(
    app: App,
    socketId: string,
    channel: string,
    member: object,
  ): ChannelAuthorizationData;
  signUser(app: App, socketId: string, user: object): UserAuthenticationData;
}

/** The signing app. */
export interface App {
  key: string;
  secret: string;
  encryptionMasterKeyBase64: string | undefined;
}

/** `member` counts on presence channels only. An encrypted channel gets its key where there is a master key. */
function signChannel(
  { key, secret, encryptionMasterKeyBase64 }: App,
  socketId: string,
  channel: string,
  member: object,
): ChannelAuthorizationData {
  const channelData = channel.startsWith('presence-') ? JSON.stringify(member) : undefined;
  const signature = hmacHex(secret, channelStringToSign(socketId, channel, channelData));
  const data: ChannelAuthorizationData = { auth: `${key}:${signature}` };
  if (channelData !== undefined) data.channel_data = channelData;
  if (!channel.startsWith('private-encrypted-')) return data;
  const master = readMasterKey(encryptionMasterKeyBase64);
  if (!master.ok) throw new Error(master.message);
  return { ...data, shared_secret: toBase64(channelKey(channel, master.key)) };
}

function signUser({ key, secret }: App, socketId: string, user: object): UserAuthenticationData {
  const userData = JSON.stringify(user);
  const signature = hmacHex(secret, userStringToSign(socketId, userData));
  return { auth: `${key}:${signature}`, user_data: userData };
}

export const crypto: Crypto = { readKey: fromBase64, openEvent: open, signChannel, signUser };
