import type { RuleKind } from '../../wire/frames';
import type { App } from './model/app';

/** A decision asked of a backend. */
export interface DecisionRequest {
  kind: typeof RuleKind.AUTHORIZE | typeof RuleKind.AUTHENTICATE;
  /** The channel it is about; a backend says for which ones it decides. */
  channel: string | undefined;
  /** JSON text. */
  params: string;
}

/**
 * Outcome of a decision: the backend's JSON text, or the reason why there is none. `failed`: its handler failed.
 * `nobody`: no backend decides this. `busy`: the deciding backends have too many requests open. `timeout`: no answer
 * came in time.
 */
export type Decision = { result: string } | 'failed' | 'nobody' | 'busy' | 'timeout';

/** The backends of all apps, as far as they can be asked. */
export interface Decisions {
  /** `done` is called once, now or later. */
  ask(app: App, request: DecisionRequest, done: (decision: Decision) => void): void;
}
