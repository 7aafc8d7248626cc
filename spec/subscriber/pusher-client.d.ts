/** pusher-client 1.1.0 comes without types; here is what the specs use. */
declare module 'pusher-client' {
  interface Channel {
    name: string;
    bind(event: string, handler: (...args: never[]) => void): unknown;
  }
  export default class Pusher {
    constructor(key: string, options: object);
    connection: { socket_id: string };
    subscribe(name: string): Channel;
    channel(name: string): Channel;
    allChannels(): Channel[];
    bind(event: string, handler: (data: unknown) => void): void;
    bind_all(handler: (event: string, data: unknown) => void): void;
    isEncrypted(): boolean;
    disconnect(): void;
  }
}
