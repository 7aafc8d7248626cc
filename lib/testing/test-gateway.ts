import type { Carrier, CarrierHandler } from '../gateway/core/fanout/carrier';
import { Gateway, type GatewayOptions } from '../gateway';
import type { Clock } from '../util/timers';
import { askGateway } from './ask-gateway';
import { type BrowserOptions, FakeBrowser } from './fake-browser';

/** The one app of a test gateway, unless others are given. */
const APP = { id: '1', key: 'test-key', secret: 'test-secret', clientEvents: true };

/**
 * Options of `createGateway`, and a clock of the test's own. False timers of a test framework do not reach the gateway;
 * a clock that is given here does.
 */
export interface TestGatewayOptions extends Partial<GatewayOptions> {
  clock?: Clock;
}

/** A real gateway in the test process, on a free port of 127.0.0.1. */
export class TestGateway {
  readonly gateway: Gateway;
  /** Options with which `createClient` reaches this gateway. */
  readonly client: { key: string; secret: string; appId: string; host: string; port: number };

  /** Use `createTestGateway`. */
  constructor(gateway: Gateway, app: { id: string; key: string; secret: string }) {
    this.gateway = gateway;
    const { id: appId, key, secret } = app;
    this.client = { key, secret, appId, host: '127.0.0.1', port: gateway.port };
  }

  /** A fake browser, connected. */
  async browser(options: BrowserOptions = {}): Promise<FakeBrowser> {
    const query = new URLSearchParams({ protocol: '7', client: 'fake-browser' });
    const { key, secret } = this.client;
    const open = (carrier: Carrier): CarrierHandler | undefined =>
      this.gateway.openSocket(key, query, carrier);
    const { authorize, ...rest } = options;
    const ask = authorize === true ? askGateway(this.gateway.url, key) : authorize;
    const browser = new FakeBrowser({ key, secret }, open, { ...rest, authorize: ask });
    await browser.next('pusher:connection_established');
    return browser;
  }

  close(): Promise<void> {
    return this.gateway.stop();
  }
}

/**
 * Starts a gateway for tests, with one app whose client events are on; options as of `createGateway`.
 * @example
 * ```ts
 * import { createClient } from 'standpipe';
 * import { createTestGateway } from 'standpipe/testing';
 *
 * async function test(): Promise<void> {
 *   const gateway = await createTestGateway();
 *   const client = createClient(gateway.client);
 *   await client.connect();
 *   const browser = await gateway.browser();
 *   browser.send('greet', { name: 'Ada' });
 *   await client.disconnect();
 *   await gateway.close();
 * }
 * ```
 */
export async function createTestGateway({
  clock,
  ...options
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const apps = options.apps ?? [APP];
  const gateway = new Gateway({ port: 0, ...options, apps }, clock);
  await gateway.start();
  return new TestGateway(gateway, apps[0] ?? APP);
}
