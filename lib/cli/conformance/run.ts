import { Fault } from './peer';
import type { Script } from './script';
import { DOWN } from './scripts/down';
import { GROUPS } from './scripts/groups';
import { OPENING } from './scripts/opening';
import { UP } from './scripts/up';
import { Trial } from './trial';

export const SCRIPTS: readonly Script[] = [...OPENING, ...DOWN, ...UP, ...GROUPS];

/** The outcome of one script; `fault` says what the client did wrong, undefined when it did nothing wrong. */
export interface Verdict {
  script: Script;
  fault: string | undefined;
}

/** A client under test that runs. */
export interface RunningClient {
  stop(): Promise<void> | void;
  /** Resolves with how its program has ended, if it has one. */
  ended?: Promise<string>;
}

/** Starts a client under test with these variables. */
export type Start = (env: Record<string, string>) => RunningClient;

/** Runs one script against a client under test, which is started for it and ended after it. */
export async function runScript(script: Script, start: Start): Promise<Verdict> {
  const trial = await Trial.open();
  const client = start(trial.env(script));
  void client.ended?.then((how) => trial.breach(`ended before the script did: ${how}`));
  try {
    await script.run(trial);
    trial.check();
    return { script, fault: undefined };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { script, fault: error.message };
  } finally {
    await client.stop();
    await trial.close();
  }
}

/** Runs scripts, some side by side, and hands on each verdict as it comes. */
export async function runScripts(
  scripts: readonly Script[],
  start: Start,
  told: (verdict: Verdict) => void,
  sideBySide = 4,
): Promise<void> {
  const rest = [...scripts];
  const work = async (): Promise<void> => {
    for (let script = rest.shift(); script !== undefined; script = rest.shift()) {
      told(await runScript(script, start));
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
}
