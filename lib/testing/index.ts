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
