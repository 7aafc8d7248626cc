export { createTestGateway, TestGateway } from './test-gateway';
export type { TestGatewayOptions } from './test-gateway';
export { FakeBrowser } from './fake-browser';
export type { BrowserMessage, Identity } from './fake-browser';
