import type { ChannelAuthorizationData } from '../auth/handlers';
import { decodeData, type PusherEvent } from '../connection/messages';
import type { Crypto } from '../crypto';
import type { AnyEvents, EventTypes } from '../dispatcher';
import { UnsupportedFeature } from '../errors';
import { PrivateChannel } from './private-channel';

/** Events that wait while a new key is asked for; the oldest is dropped for one more. */
const MAX_HELD = 1_000;

/** A channel whose events only its subscribers can read. The key comes with the authorization. */
export class EncryptedChannel<Heard extends EventTypes = AnyEvents> extends PrivateChannel<
  Heard,
  AnyEvents
> {
  #opener: { crypto: Crypto; key: Uint8Array } | undefined;
  /** Events that no key has opened yet, in order, while a new key is asked for. */
  #held: PusherEvent[] | undefined;

  /** Throws UnsupportedFeature: browsers cannot send what only others can read. */
  override trigger(): never {
    throw new UnsupportedFeature(
      'Client events are not currently supported for encrypted channels',
    );
  }

  override disconnect(): void {
    this.#held = undefined;
    super.disconnect();
  }

  protected override async authorize(socketId: string): Promise<ChannelAuthorizationData> {
    const [crypto, { shared_secret, ...answer }] = await Promise.all([
      this.owner.loadCrypto(),
      super.authorize(socketId),
    ]);
    if (!shared_secret) {
      throw new Error(`No shared_secret key in auth payload for encrypted channel: ${this.name}`);
    }
    const key = crypto.readKey(shared_secret);
    if (key === undefined) {
      throw new Error(`The shared_secret for encrypted channel ${this.name} is no base64`);
    }
    this.#opener = { crypto, key };
    return answer;
  }

  protected override told(message: PusherEvent): void {
    if (message.event.startsWith('pusher:')) return super.told(message);
    if (this.#held === undefined) {
      if (!this.#open(message, 'held')) this.#askAnew(message);
      return;
    }
    if (this.#held.length === MAX_HELD) {
      this.owner.log.error('Too many encrypted events wait for a key. Dropping the oldest', {
        channel: this.name,
      });
      this.#held.shift();
    }
    this.#held.push(message);
  }

  /** Tells an event if it can be read. False where another key may open it; without one it is dropped. */
  #open(message: PusherEvent, otherwise: 'held' | 'dropped'): boolean {
    const { event, data } = message;
    if (this.#opener === undefined) return true;
    const { crypto, key } = this.#opener;
    const opened = crypto.openEvent(data, key);
    if (opened.ok) {
      this.emit(event, decodeData(opened.text));
      return true;
    }
    if (opened.reason === 'key' && otherwise === 'held') return false;
    this.owner.log.error(`${opened.message}. Dropping encrypted event`, {
      channel: this.name,
      event,
    });
    return true;
  }

  /** Asks once for a new key: its server may have changed it. Events wait meanwhile. */
  #askAnew(message: PusherEvent): void {
    const held = [message];
    this.#held = held;
    const socketId = this.owner.socketId();
    if (socketId === undefined) return;
    this.authorize(socketId)
      .catch((error: unknown) => {
        this.owner.log.error(`${String(error)}. Unable to fetch new key`, { channel: this.name });
      })
      .finally(() => {
        if (this.#held !== held) return;
        this.#held = undefined;
        for (const each of held) this.#open(each, 'dropped');
      })
      .catch(() => undefined);
  }
}
