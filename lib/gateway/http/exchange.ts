import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Target } from './target';

/** An HTTP request and its response, with its target split. */
export interface Exchange extends Target {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Address of the client. */
  readonly remoteAddress: string;
}
