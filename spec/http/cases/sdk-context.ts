import type Upstream from 'pusher';
import type { Test } from 'tap';
import type { FakeBrowser, TestGateway } from '../../../lib/testing';

export type Sdk = typeof Upstream;

export interface SdkContext {
  sdk: Sdk;
  /** A client for the gateway, with more options. */
  make(options?: object): Upstream;
  pusher: Upstream;
  gateway: TestGateway;
  browser(): Promise<FakeBrowser>;
}

/** Lines of the API with assertions that hold for npm pusher and for ours. */
export type Cases = Readonly<Record<string, (t: Test, context: SdkContext) => Promise<void>>>;

/** The text of what a call throws at once. */
export function thrown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name.replace(/^PusherRuleError$/, 'Error')}: ${(error as Error).message}`;
  }
  return 'nothing';
}

/** The error of a rejected request, without its signature. */
export async function refusal(promise: Promise<unknown>): Promise<object> {
  try {
    await promise;
  } catch (error) {
    const { name, message, status, body, url } = error as Upstream.RequestError;
    return { name, message, status, body, path: url.replace(/\?.*/, '').replace(/.*:\d+/, '') };
  }
  return { nothing: true };
}
