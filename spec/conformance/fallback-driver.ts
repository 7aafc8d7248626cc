import type Pusher from 'pusher-js';
import type { Options } from 'pusher-js';

/**
 * Drives one unmodified pusher-js by plain values. The text of this function is carried into a browser, so it can use
 * only what it is given.
 */
export function makeDriver(Client: typeof Pusher, key: string, options: Options) {
  const pusher = new Client(key, options);
  const states: string[] = [];
  pusher.connection.bind('state_change', ({ current }: { current: string }) => {
    states.push(current);
  });
  const collections = new Map<string, unknown[]>();
  let look: () => void = () => undefined;
  return {
    /** The socket's id and the transport that carries it. */
    async connected(): Promise<{ id: string; transport: string }> {
      if (pusher.connection.state !== 'connected') {
        await new Promise<void>((done) => pusher.connection.bind('connected', () => done()));
      }
      const { connection } = pusher as unknown as {
        connection: { connection: { transport: { name: string } } };
      };
      return { id: pusher.connection.socket_id, transport: connection.connection.transport.name };
    },
    /** Every state since the beginning. */
    async states(): Promise<string[]> {
      return states;
    },
    /** Subscribes; the ids of the members on a presence channel. */
    async subscribe(channel: string): Promise<string[]> {
      return new Promise((done, failed) => {
        const subscribed = pusher.subscribe(channel);
        subscribed.bind('pusher:subscription_succeeded', (data?: { members?: object }) =>
          done(Object.keys(data?.members ?? {})),
        );
        subscribed.bind('pusher:subscription_error', (error: object) =>
          failed(new Error(JSON.stringify(error))),
        );
      });
    },
    /** Keeps the data of an event from now on. */
    async listen(channel: string, event: string): Promise<void> {
      const got: unknown[] = [];
      collections.set(`${channel} ${event}`, got);
      pusher.channel(channel).bind(event, (data: unknown) => {
        got.push(data);
        look();
      });
    },
    /** The data of the first `count` events that `listen` has kept, once they are there. */
    async take(channel: string, event: string, count: number): Promise<unknown[]> {
      const got = collections.get(`${channel} ${event}`) ?? [];
      return new Promise((done) => {
        look = () => {
          if (got.length >= count) done(got.splice(0));
        };
        look();
      });
    },
    async trigger(channel: string, event: string, data: unknown): Promise<void> {
      pusher.channel(channel).trigger(event, data);
    },
    async unsubscribe(channel: string): Promise<void> {
      pusher.unsubscribe(channel);
    },
    async disconnect(): Promise<void> {
      pusher.disconnect();
    },
  };
}

export type Driver = ReturnType<typeof makeDriver>;
