/** A service that sends to browsers and hears them, and a route that uses it. Neither knows how the client is connected. */
import {
  ConflictException,
  Controller,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { PipeClient } from 'standpipe';
import { PIPE, PipeModule } from './pipe.module';

@Injectable()
export class Shop implements OnApplicationBootstrap {
  readonly #stock = new Map([['tea', 3]]);

  constructor(@Inject(PIPE) private readonly pipe: PipeClient) {}

  /** Handlers first and the connection last, so that no event comes before its handler. */
  async onApplicationBootstrap(): Promise<void> {
    this.pipe.subscribe(['socket_message']);
    this.pipe.sockets.on('event:ask', (socketId, item) => {
      const left = this.#stock.get(String(item)) ?? 0;
      this.pipe.socket(socketId).trigger('stock', { item, left });
    });
    await this.pipe.connect();
    await this.pipe.subscribed();
  }

  async order(item: string): Promise<{ left: number }> {
    const left = (this.#stock.get(item) ?? 0) - 1;
    if (left < 0) throw new ConflictException(`no ${item} left`);
    this.#stock.set(item, left);
    await this.pipe.channel('shop').publish('stock', { item, left });
    return { left };
  }
}

@Controller('orders')
class Orders {
  constructor(@Inject(Shop) private readonly shop: Shop) {}

  @Post(':item')
  order(@Param('item') item: string): Promise<{ left: number }> {
    return this.shop.order(item);
  }
}

@Module({ imports: [PipeModule], providers: [Shop], controllers: [Orders] })
export class ShopModule {}
