import { BadChannelName } from '../errors';
import { Channel, type ChannelOwner } from './channel';
import { EncryptedChannel } from './encrypted-channel';
import { PresenceChannel } from './presence-channel';
import { PrivateChannel } from './private-channel';

/** The channels that the app wants, by name. */
export class Channels {
  readonly #byName = new Map<string, Channel>();

  /** The same as an object, where pusher-js has it. */
  get channels(): Record<string, Channel> {
    return Object.fromEntries(this.#byName);
  }

  /** All channels. */
  all(): Channel[] {
    return [...this.#byName.values()];
  }

  /** The channel of this name. */
  find(name: string): Channel | undefined {
    return this.#byName.get(name);
  }

  /** The channel of this name, made if there is none. Throws BadChannelName for names that a client may not use. */
  add(name: string, owner: ChannelOwner): Channel {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const channel = makeChannel(name, owner);
    this.#byName.set(name, channel);
    return channel;
  }

  remove(name: string): void {
    this.#byName.delete(name);
  }

  disconnect(): void {
    for (const channel of this.all()) channel.disconnect();
  }
}

function makeChannel(name: string, owner: ChannelOwner): Channel {
  if (name.startsWith('private-encrypted-')) return new EncryptedChannel(name, owner);
  if (name.startsWith('private-')) return new PrivateChannel(name, owner);
  if (name.startsWith('presence-')) return new PresenceChannel(name, owner);
  if (name.startsWith('#')) {
    throw new BadChannelName(`Cannot create a channel with name "${name}".`);
  }
  return new Channel(name, owner);
}
