import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entrance, Journal } from '../core/journal';
import type { Target } from './target';

/** An HTTP request and its response, with its target split. */
export interface Exchange extends Target {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Address of the client. */
  readonly remoteAddress: string;
  /** Protocol that was asked last: the one that answers. */
  entrance: Entrance;
  /** Id of the app that was asked for, once it is known. */
  app?: string;
  readonly journal: Journal;
}
