/** Prices that change many times a second, of which each browser gets as many as its line carries, and always the latest. */
import type { PipeClient } from 'standpipe';

export interface Tick {
  symbol: string;
  price: number;
  /** Number of the change of this symbol: a page sees how many it was spared. */
  number: number;
}

const SYMBOLS = ['ALBA', 'BREN', 'CIMA', 'DOLO', 'ELBA', 'FARO', 'GERA', 'HORN', 'ISAR', 'JURA'];

/** A random walk of each symbol. Nothing here knows of the network. */
export class Market {
  readonly #ticks = SYMBOLS.map((symbol, index) => ({ symbol, price: 40 + 23 * index, number: 0 }));

  /** Changes every price. */
  move(): readonly Tick[] {
    for (const tick of this.#ticks) {
      const change = 1 + (Math.random() - 0.5) / 250;
      tick.price = Math.round(tick.price * change * 100) / 100;
      tick.number += 1;
    }
    return this.#ticks;
  }

  now(): readonly Tick[] {
    return this.#ticks;
  }
}

/** Publishes every change until `stop()`. @param hz changes of each price in a second */
export async function startTicker(
  client: PipeClient,
  hz: number,
): Promise<{ market: Market; stop(): void }> {
  const market = new Market();
  const prices = client.channel('prices');
  client.subscribe(['socket_message']);
  // A page that comes asks for all of them, since it may be a while until each changes.
  client.sockets.on('event:all', (socketId) => {
    client.socket(socketId).trigger('all', market.now());
  });
  await client.connect();
  await client.subscribed();
  const ticking = client.tick(hz, () => {
    for (const tick of market.move()) {
      // The key says which event a later one replaces, for a browser that has not caught up: the same symbol's.
      prices.trigger('tick', tick, { latest: tick.symbol });
    }
  });
  return { market, stop: () => ticking.stop() };
}
