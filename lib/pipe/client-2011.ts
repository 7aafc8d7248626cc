import { createClient, PipeClient } from './client';
import type { PipeOptions } from './options';
import type { DefaultEvents } from './types';

/** `Client` of 2011: called with or without `new`. */
export interface ClientOf2011 {
  new <Events extends object = DefaultEvents>(options: PipeOptions): PipeClient<Events>;
  <Events extends object = DefaultEvents>(options: PipeOptions): PipeClient<Events>;
  readonly prototype: PipeClient;
}

function make(options: PipeOptions): PipeClient {
  return createClient(options);
}
make.prototype = PipeClient.prototype;

/**
 * The same as `createClient`, under the name of 2011.
 * @throws StandpipeError `bad_option`
 */
export const Client = make as unknown as ClientOf2011;
