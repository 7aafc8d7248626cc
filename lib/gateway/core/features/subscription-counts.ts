import * as messages from '../../../pusher/messages';
import type { Clock } from '../../../util/timers';
import type { Channel } from '../model/channel';
import { DelayQueue } from '../timing/delay-queue';
import type { Turn } from '../fanout/turn';

/** Channels with more subscribers than this are told their count at a slower pace (Channels protocol, counts). */
const MANY_SUBSCRIBERS = 100;
const PACE_MS = 5000;

/** Tells the subscribers of a channel how many they are, in apps that want it. */
export class SubscriptionCounts {
  readonly #turn: Turn;
  /** Large channels that were told within the last 5 s. */
  readonly #paced: DelayQueue<Channel>;

  constructor(turn: Turn, clock: Clock) {
    this.#turn = turn;
    this.#paced = new DelayQueue(clock, PACE_MS, (channel) => {
      if (channel.countIsStale) this.#send(channel);
    });
  }

  /** A socket has joined or left. Presence channels have their members instead; users' own channels are nobody's business. */
  changed(channel: Channel): void {
    if (!channel.app.options.subscriptionCount) return;
    if (channel.presence !== undefined || channel.kind.user !== undefined) return;
    const { size } = channel.sockets;
    if (size === 0) tell(channel);
    else if (size > MANY_SUBSCRIBERS && this.#paced.has(channel)) channel.countIsStale = true;
    else this.#send(channel);
  }

  stop(): void {
    this.#paced.stop();
  }

  #send(channel: Channel): void {
    const { size } = channel.sockets;
    channel.countIsStale = false;
    if (size > MANY_SUBSCRIBERS) this.#paced.add(channel);
    this.#turn.publish(channel, messages.subscriptionCount(channel.name, size));
    tell(channel);
  }
}

function tell({ app, name, sockets }: Channel): void {
  for (const observer of app.observers) observer.counted?.(name, sockets.size);
}
