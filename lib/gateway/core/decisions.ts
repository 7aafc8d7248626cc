import type { RuleKind } from '../../wire/frames';
import type { App } from './model/app';

/** Something that a backend decides. */
export interface DecisionRequest {
  kind: typeof RuleKind.AUTHORIZE | typeof RuleKind.AUTHENTICATE;
  /** The channel it is about; a backend says for which ones it decides. */
  channel: string | undefined;
  /** JSON text. */
  params: string;
}

/**
 * What became of a question: the backend's JSON text; or its handler failed, no backend decides this, those that do have
 * too many questions open, or none answered in time.
 */
export type Decision = { result: string } | 'failed' | 'nobody' | 'busy' | 'timeout';

/** The backends of all apps, as far as they can be asked. */
export interface Decisions {
  /** `done` is called once, now or later. */
  ask(app: App, request: DecisionRequest, done: (decision: Decision) => void): void;
}
