import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { sendAnswer, sendRefusal } from '../../http/answer';
import type { Exchange } from '../../http/exchange';
import { isLoopback } from '../../options/address-guard';
import type { Protocol } from '../protocol';
import type { Console } from './console';

const PATH = '/console';

/** The console at the gateway's own paths, for those who have no way to another port of it. */
export class PublicConsole implements Protocol {
  readonly entrance = 'console';
  readonly #console: Console;

  constructor(console: Console) {
    this.#console = console;
  }

  request(exchange: Exchange): boolean {
    const { path, query, request, response, remoteAddress } = exchange;
    if (path !== PATH && !path.startsWith(`${PATH}/`)) return false;
    if (!this.#isPrivate(request, remoteAddress)) {
      sendRefusal(
        exchange,
        403,
        'The console is served over TLS: come by https, or let a proxy of trustedProxies end it (console.behindProxy)',
      );
    } else if (path === PATH) {
      // The names of the page's files are relative, so that a proxy may take a prefix away.
      sendAnswer(exchange, { status: 308, body: '', headers: { Location: 'console/' } });
    } else {
      const target = path.slice(PATH.length) + (query === '' ? '' : `?${query}`);
      this.#console.serve({ request, response, target, remoteAddress });
    }
    return true;
  }

  /** Ends all streams: a server that the gateway is attached to goes on without it. */
  stop(): void {
    this.#console.stop();
  }

  /** True when nobody on the way reads tokens: the request has come over TLS, from this machine, or by a proxy that names its client. */
  #isPrivate({ socket }: IncomingMessage, client: string): boolean {
    const { remoteAddress: peer = '127.0.0.1' } = socket;
    if ((socket as Partial<TLSSocket>).encrypted === true || isLoopback(peer)) return true;
    return this.#console.options.behindProxy && client !== peer;
  }
}
