import type { ChannelAuthorizationData } from '../auth/handlers';
import type { AnyEvents, EventTypes } from '../dispatcher';
import { Channel } from './channel';

/** A channel whose subscriptions are authorized. */
export class PrivateChannel<
  Heard extends EventTypes = AnyEvents,
  Sent extends EventTypes = AnyEvents,
> extends Channel<Heard, Sent> {
  protected override authorize(socketId: string): Promise<ChannelAuthorizationData> {
    return this.askAuthorizer(socketId);
  }
}
