import { isObject, parseJson } from '../../pusher/json';
import type { ChannelAuthorizationData } from '../auth/handlers';
import type { PusherEvent } from '../connection/messages';
import type { AnyEvents, EventTypes, Metadata } from '../dispatcher';
import { Members } from './members';
import { PrivateChannel } from './private-channel';

/** A channel whose subscribers know of each other. */
export class PresenceChannel<
  Heard extends EventTypes = AnyEvents,
  Sent extends EventTypes = AnyEvents,
> extends PrivateChannel<Heard, Sent> {
  /** Members of the channel; empty while it is not subscribed. */
  readonly members = new Members();
  #myId: string | number | null = null;

  override disconnect(): void {
    this.members.reset();
    super.disconnect();
  }

  /** The member is who the answer says, else the signed-in user. */
  protected override async authorize(socketId: string): Promise<ChannelAuthorizationData> {
    const answer = await super.authorize(socketId);
    if (answer.channel_data !== undefined && answer.channel_data !== null) {
      const data = parseJson(answer.channel_data);
      if (!isObject(data)) {
        throw new Error(
          `Invalid auth response for channel '${this.name}': channel_data is no JSON`,
        );
      }
      const { user_id: id } = data;
      // A member without an id is for the gateway to refuse.
      this.#myId = typeof id === 'string' || typeof id === 'number' ? id : null;
      return answer;
    }
    const id = await this.owner.signedInId();
    if (id === undefined) {
      throw new Error(
        `Invalid auth response for channel '${this.name}', expected 'channel_data' field, or the user should be signed in.`,
      );
    }
    this.#myId = id;
    return answer;
  }

  protected override succeeded(data: unknown): void {
    this.members.begin(data, this.#myId);
    this.emit('pusher:subscription_succeeded', this.members);
  }

  protected override internal(event: string, data: unknown): void {
    if (event === 'pusher_internal:member_added') {
      const member = this.members.add(data);
      if (member !== null) this.emit('pusher:member_added', member);
    } else if (event === 'pusher_internal:member_removed') {
      const member = this.members.remove(data);
      if (member !== null) this.emit('pusher:member_removed', member);
    }
  }

  protected override told({ event, data, user_id }: PusherEvent): void {
    const metadata: Metadata = user_id === undefined ? {} : { user_id };
    this.emit(event, data, metadata);
  }
}
