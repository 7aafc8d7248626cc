import { answerParent, optionsOf } from '../support/answer';

/** As much of uWebSockets.js as is used here. */
interface Uws {
  App(): UwsApp;
}
interface UwsApp {
  publish(topic: string, text: string): void;
  ws(path: string, behavior: object): UwsApp;
  listen(host: string, port: number, done: (token: unknown) => void): UwsApp;
}
interface UwsSocket {
  subscribe(topic: string): void;
  send(text: string): void;
}

const { port, folder } = optionsOf<{ port: number; folder: string }>();
// oxlint-disable-next-line typescript/no-require-imports
const uws = require(folder) as Uws;

/** Says what the server on bare ws says, with topics for rooms. */
const app = uws.App();
app
  .ws('/*', {
    compression: 0,
    maxBackpressure: 64 * 1024 * 1024,
    message: (socket: UwsSocket, data: ArrayBuffer) => {
      const text = Buffer.from(data).toString();
      if (text.startsWith('?')) return socket.send(text);
      if (text.startsWith('+')) {
        socket.subscribe(text.slice(1));
        return socket.send('+');
      }
      const end = text.indexOf('\n');
      app.publish(text.slice(0, end), text.slice(end + 1));
    },
  })
  .listen('127.0.0.1', port, (token) => {
    if (token === false) throw new Error(`port ${port} is taken`);
    answerParent();
  });
