import type { Heard } from '../probe';
import type { Tab } from '../tab';

/** A member of a presence channel as pusher-js shows it. */
export interface Member {
  id: string;
  info: object | null;
}

/** The data of `pusher:subscription_succeeded` on a presence channel. */
export interface Members {
  /** The `user_info` of each, by id. */
  members: Record<string, object | null>;
  count: number;
  myID: string | number;
  me: Member | null;
}

/** The part of pusher-js next to its socket; not public, but shown in its own logs. */
export interface Wire {
  activityTimeout: number;
  transport: { name: string };
  bind(event: string, handler: () => void): void;
}

/** An unmodified pusher-js. Its events are kept until they are asked for. */
export class Browser {
  readonly tab: Tab;

  constructor(tab: Tab) {
    this.tab = tab;
  }

  /** The id of the `nth` socket it has had, once it has it. */
  id(nth = 1): Promise<string> {
    return this.tab.id(nth);
  }

  states(): Promise<string[]> {
    return this.tab.run((probe) => probe.states);
  }

  /** Asks for a subscription, and keeps what is told of its channel. */
  begin(channel: string): Promise<void> {
    return this.tab.run(({ pusher, hear }, channel) => {
      pusher.subscribe(channel);
      hear(channel);
    }, channel);
  }

  /** Subscribes, and tells the members of a presence channel. Rejects with what is told when it is refused. */
  subscribe(channel: string): Promise<Members> {
    return this.tab.run(async ({ pusher, hear, heard, until }, channel) => {
      pusher.subscribe(channel);
      hear(channel);
      const answer = ([from, event]: Heard): boolean =>
        from === channel && event.startsWith('pusher:subscription_') && !event.endsWith('count');
      await until(() => heard.some(answer));
      const [told] = heard.splice(heard.findIndex(answer), 1);
      if (told?.[1] === 'pusher:subscription_error') throw new Error(JSON.stringify(told));
      return told?.[2];
    }, channel) as Promise<Members>;
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.tab.run(({ pusher }, channel) => pusher.unsubscribe(channel), channel);
  }

  /** Triggers a client event. */
  async trigger(channel: string, event: string, data: unknown): Promise<void> {
    await this.tab.run(
      ({ pusher }, [channel, event, data]) => pusher.channel(channel).trigger(event, data),
      [channel, event, data] as const,
    );
  }

  /** Sends an event by the library's own hand, past the checks of its channels. */
  async send(event: string, data: unknown, channel?: string): Promise<void> {
    await this.tab.run(
      ({ pusher }, [event, data, channel]) =>
        // JSON knows no undefined.
        pusher.send_event(event, data, channel ?? undefined),
      [event, data, channel] as const,
    );
  }

  /** Signs in, and waits until the user's own channel is subscribed. */
  async signIn(): Promise<void> {
    await this.tab.run(({ pusher }) => pusher.signin());
    await this.signedIn();
  }

  /** Waits until a user is signed in. */
  signedIn(): Promise<void> {
    return this.tab.run(({ pusher, until }) => {
      const user = pusher.user as unknown as { serverToUserChannel?: { subscribed: boolean } };
      return until(() => user.serverToUserChannel?.subscribed === true);
    });
  }

  /** The data of the oldest event of this name that a channel, `connection`, `user` or `watchlist` has told. */
  next(from: string, event: string): Promise<unknown> {
    return this.tab.run(
      async ({ heard, until }, [from, event]) => {
        const isIt = (told: Heard): boolean => told[0] === from && told[1] === event;
        await until(() => heard.some(isIt));
        return heard.splice(heard.findIndex(isIt), 1)[0]?.[2];
      },
      [from, event] as const,
    );
  }

  /** The data of so many events of this name, in order. */
  async take(from: string, event: string, count: number): Promise<unknown[]> {
    return this.tab.run(
      async ({ heard, until }, [from, event, count]) => {
        const isIt = (told: Heard): boolean => told[0] === from && told[1] === event;
        await until(() => heard.filter(isIt).length >= count);
        const taken = heard.filter(isIt);
        heard.splice(0, heard.length, ...heard.filter((told) => !isIt(told)));
        return taken.map(([, , data]) => data);
      },
      [from, event, count] as const,
    );
  }

  /** The next error that the connection tells. */
  error(): Promise<unknown> {
    return this.next('connection', 'error');
  }

  /** All that was told and not asked for, when the gateway has answered what was asked last. */
  async rest(): Promise<Heard[]> {
    await this.tab.settled();
    return this.tab.run(({ heard }) => heard.splice(0));
  }

  disconnect(): Promise<void> {
    return this.tab.close();
  }
}
