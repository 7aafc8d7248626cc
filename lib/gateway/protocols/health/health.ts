import { sendAnswer } from '../../http/answer';
import type { Exchange } from '../../http/exchange';
import type { Protocol } from '../protocol';

/** `/livez`: the process answers. `/readyz`: it takes new connections; 503 from the moment a drain begins. */
export class Health implements Protocol {
  readonly entrance = 'health';
  readonly #ready: () => boolean;

  constructor(ready: () => boolean) {
    this.#ready = ready;
  }

  answersWhenFull(path: string): boolean {
    return path === '/livez' || path === '/readyz';
  }

  request(exchange: Exchange): boolean {
    const { path } = exchange;
    if (path === '/livez') sendAnswer(exchange, { status: 200, body: 'ok\n' });
    else if (path === '/readyz') {
      const ready = this.#ready();
      sendAnswer(exchange, { status: ready ? 200 : 503, body: ready ? 'ok\n' : 'draining\n' });
    } else return false;
    return true;
  }
}
