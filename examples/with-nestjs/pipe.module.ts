/** The Pipe client as a provider. Nest disconnects it when the application shuts down, before it closes the server. */
import { Inject, Injectable, Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { createClient, type PipeClient } from 'standpipe';
import { credentials } from '../start-gateway';

/** Token of the client: `@Inject(PIPE) private readonly pipe: PipeClient`. */
export const PIPE = Symbol('PIPE');

@Injectable()
class PipeShutdown implements BeforeApplicationShutdown {
  constructor(@Inject(PIPE) private readonly pipe: PipeClient) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.pipe.disconnect();
  }
}

/** Made once; where the gateway is comes from the environment, as with a database. */
@Module({
  providers: [
    {
      provide: PIPE,
      useFactory: () =>
        createClient({
          ...credentials,
          port: Number(process.env['STANDPIPE_PORT'] ?? 6001),
          name: 'shop',
        }),
    },
    PipeShutdown,
  ],
  exports: [PIPE],
})
export class PipeModule {}
