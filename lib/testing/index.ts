/**
 * Tests of a backend: a real gateway in the test process, and browsers without a network. Begin with `createTestGateway`.
 * @example
 * ```ts
 * import { createTestGateway } from 'standpipe/testing';
 *
 * async function test(): Promise<void> {
 *   const gateway = await createTestGateway();
 *   const browser = await gateway.browser();
 *   browser.send('greet', { name: 'Ada' });
 *   await gateway.close();
 * }
 * ```
 * @module standpipe/testing
 */
export { createTestGateway, TestGateway } from './test-gateway';
export type { TestGatewayOptions } from './test-gateway';
export { FakeBrowser } from './fake-browser';
export type {
  Authorize,
  BrowserMessage,
  BrowserOptions,
  ChannelAuth,
  Identity,
  WaitOptions,
} from './fake-browser';
export type { Clock, Timer } from '../util/timers';
