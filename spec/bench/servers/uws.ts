import { answerParent, optionsOf } from '../support/answer';

/** As much of uWebSockets.js as is used here. */
interface Uws {
  App(): UwsApp;
}
interface UwsApp {
  ws(path: string, behavior: object): UwsApp;
  listen(host: string, port: number, done: (token: unknown) => void): UwsApp;
}
interface UwsSocket {
  subscribe(topic: string): void;
  publish(topic: string, text: string): void;
  send(text: string): void;
}

const { port, folder } = optionsOf<{ port: number; folder: string }>();
// oxlint-disable-next-line typescript/no-require-imports
const uws = require(folder) as Uws;
const TOPIC = 'bench';

/** The same as the server on bare ws: an answer to a question mark, and all else to all others. */
uws
  .App()
  .ws('/*', {
    compression: 0,
    maxBackpressure: 64 * 1024 * 1024,
    open: (socket: UwsSocket) => socket.subscribe(TOPIC),
    message: (socket: UwsSocket, data: ArrayBuffer) => {
      const text = Buffer.from(data).toString();
      if (text.startsWith('?')) socket.send(text);
      else socket.publish(TOPIC, text);
    },
  })
  .listen('127.0.0.1', port, (token) => {
    if (token === false) throw new Error(`port ${port} is taken`);
    answerParent();
  });
