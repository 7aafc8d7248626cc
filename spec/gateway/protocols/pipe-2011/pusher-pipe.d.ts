/** pusher-pipe comes without types; here is what the specs use. */
declare module 'pusher-pipe' {
  import type { EventEmitter } from 'node:events';

  type Callback = (error: (Error & { errno: number }) | null, result: unknown) => void;

  export class Client extends EventEmitter {
    static Transport: unknown;
    connected: boolean;
    disconnecting: boolean;
    connection_id: string | undefined;
    channels: EventEmitter;
    sockets: EventEmitter;
    connect(): void;
    disconnect(): void;
    subscribe(events: string | string[], callback?: Callback): void;
    unsubscribe(events: string | string[], callback?: Callback): void;
    _rpc(method: string, data: object, callback?: Callback): void;
    channel(name: string): EventEmitter & {
      trigger(
        event: string,
        data?: unknown,
        socketId?: string | null | Callback,
        callback?: Callback,
      ): void;
    };
    socket(id: string): EventEmitter & {
      trigger(event: string, data?: unknown, callback?: Callback): void;
    };
    hasSocket(id: string): boolean;
    hasChannel(name: string): boolean;
  }
  export function createClient(options: object): Client;
}

/** The same package in its version 0.0.6. */
declare module 'pusher-pipe-0.0.6' {
  export * from 'pusher-pipe';
}
