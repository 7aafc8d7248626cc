/** sockjs-client comes without types; here is what the specs use. */
declare module 'sockjs-client' {
  export default class SockJS {
    constructor(url: string, protocols?: null, options?: { transports?: string });
    transport: string;
    onopen: () => void;
    onmessage: (message: { data: string }) => void;
    onclose: (event: { code: number; reason: string }) => void;
    send(text: string): void;
    close(): void;
  }
}
