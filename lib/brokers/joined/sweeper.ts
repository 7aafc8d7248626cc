import type { Fact } from '../operation';
import type { EngineLink } from './engine-link';

export interface SweeperParts {
  /** Nodes have no lease any more. */
  died(nodes: readonly number[]): void;
  /** Says facts of a dead node as gone; false when the engine went away meanwhile. */
  sweep(app: string, facts: readonly Fact[], node: number): Promise<boolean>;
}

/**
 * Finds nodes whose lease is over, declares them dead, and says what they left behind as gone. Several nodes may do so at
 * once: the engine counts each fact once.
 */
export class Sweeper {
  readonly #link: EngineLink;
  readonly #parts: SweeperParts;
  #runs = false;

  constructor(link: EngineLink, parts: SweeperParts) {
    this.#link = link;
    this.#parts = parts;
  }

  /** Begins unless it runs. A sweep that is cut short is begun again by the next call, from the list of the dead. */
  async run(own: number, notAfterMs: number): Promise<void> {
    if (this.#runs) return;
    this.#runs = true;
    try {
      const dead = await this.#link.bury(notAfterMs);
      this.#parts.died(dead);
      for (const node of dead) {
        if (node !== own) await this.#bury(node);
      }
    } catch {
      // The way to the engine was cut.
    } finally {
      this.#runs = false;
    }
  }

  async #bury(node: number): Promise<void> {
    const swept = new Set<string>();
    do {
      for (const app of await this.#link.apps()) {
        if (swept.has(app)) continue;
        // From here on nothing that it says counts, so what is found is all there is.
        await this.#link.fence(app, node);
        while (!(await this.#pass(app, node)));
        swept.add(app);
      }
    } while (!(await this.#link.buried(node, swept.size)));
  }

  /** True when nothing was left. A piece without facts is not the end of the list. */
  async #pass(app: string, node: number): Promise<boolean> {
    let isEmpty = true;
    for await (const facts of this.#link.facts(app, node)) {
      if (facts.length === 0) continue;
      isEmpty = false;
      if (!(await this.#parts.sweep(app, facts, node))) throw new Error('the engine is away');
    }
    return isEmpty;
  }
}
