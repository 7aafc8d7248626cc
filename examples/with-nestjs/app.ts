/**
 * A NestJS application beside a gateway: the Pipe client is a provider, and services hear browsers and answer them.
 *
 *     node -r ts-node/register/transpile-only examples/with-nestjs/app.ts
 */
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { app as credentials, fail, onCtrlC, startGateway } from '../start-gateway';
import { ShopModule } from './shop';

export async function start(
  port: number,
): Promise<{ port: number; gatewayPort: number; stop(): Promise<void> }> {
  // In production a process of its own: npx standpipe serve.
  const gateway = await startGateway();
  process.env['STANDPIPE_PORT'] = String(gateway.port);
  const app = await NestFactory.create(ShopModule, { logger: ['error', 'warn'] });
  await app.listen(port, '127.0.0.1');
  return {
    port: (app.getHttpServer().address() as AddressInfo).port,
    gatewayPort: gateway.port,
    stop: async () => {
      await app.close();
      await gateway.stop();
    },
  };
}

if (require.main === module) {
  start(Number(process.env['PORT'] ?? 3000)).then(({ port, gatewayPort, stop }) => {
    console.log(
      `http://127.0.0.1:${port}; pusher-js: wsPort ${gatewayPort}, key '${credentials.key}'`,
    );
    onCtrlC(stop);
  }, fail);
}
