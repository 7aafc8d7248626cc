import { later } from '../../../brokers/eventual';
import type { Clock, Timer } from '../../../util/timers';
import type { Rule } from '../../../wire/frames';
import type { App } from '../model/app';
import type { FarNode } from './far-node';
import type { Nodes } from './nodes';
import { type HearMessage, reportable } from './report';

/** Wait before a node that has not told what it was asked for is asked again. */
const AGAIN_MS = 1_000;

export interface QuestionsParts {
  readonly clock: Clock;
  readonly nodes: Nodes;
  /** The other nodes of the app. */
  readonly far: ReadonlyMap<number, FarNode>;
  /** A node that reports nothing counts as heard. */
  heard(): void;
}

/**
 * Asks the other nodes of an app for what the streams of this node want to hear. Each is asked again until what it was asked
 * for has come: a node that has just begun, or that does not know this one yet, keeps no question.
 */
export class Questions {
  readonly #app: App;
  readonly #parts: QuestionsParts;
  /** Number of the last question, and its rules as text. */
  #id = 0;
  #asked = '';
  #rules: readonly Rule[] = [];
  #again: Timer | undefined;

  constructor(app: App, parts: QuestionsParts) {
    this.#app = app;
    this.#parts = parts;
  }

  /** True while something is asked for. */
  get isAsking(): boolean {
    return this.#rules.length > 0;
  }

  /** True when all nodes have told what they were asked for. */
  get isHeard(): boolean {
    if (!this.isAsking) return true;
    for (const { heard } of this.#parts.far.values()) if (heard < this.#id) return false;
    return true;
  }

  /** Asks all nodes when the rules are others than they were asked with. */
  changed(wanted: ReadonlyArray<readonly Rule[]>): void {
    const rules = reportable(wanted);
    const asked = [...rules.keys()].sort().join();
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#rules = [...rules.values()];
    this.askAll();
  }

  askAll(): void {
    this.#id++;
    for (const node of this.#parts.far.keys()) this.ask(node);
  }

  ask(node: number): void {
    const { nodes, far } = this.#parts;
    const id = this.#id;
    const message: HearMessage = { type: 'hear', id, rules: this.#rules };
    void later(nodes.send(this.#app, node, message), (answer) => {
      const asked = far.get(node);
      if (asked === undefined || id !== this.#id) return;
      // A version that reports nothing.
      if (answer === '') {
        asked.heard = id;
        this.#parts.heard();
      } else if (this.isAsking && asked.heard < id) this.#askAgain();
    });
  }

  /** Asks a node now that has not told what it was asked for. */
  askIfUnheard({ node, heard }: FarNode): void {
    if (this.isAsking && heard < this.#id) this.ask(node);
  }

  stop(): void {
    this.#rules = [];
    this.#asked = '';
    if (this.#again !== undefined) this.#parts.clock.clearTimeout(this.#again);
    this.#again = undefined;
  }

  /** Asks those that have not told. */
  #askAgain(): void {
    this.#again ??= this.#parts.clock.setTimeout(() => {
      this.#again = undefined;
      for (const [node, { heard }] of this.#parts.far) if (heard < this.#id) this.ask(node);
    }, AGAIN_MS);
  }
}
