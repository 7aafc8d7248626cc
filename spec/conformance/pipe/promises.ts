import type { Test } from 'tap';
import type { Setting } from '../environment';
import { PipeEnvironment, type Promises } from './environment';
import { connection } from './connection';
import { faults } from './faults';
import { hearing } from './hearing';
import { order } from './order';
import { sending } from './sending';

const PROMISES: Promises = { ...connection, ...hearing, ...sending, ...order, ...faults };

/** Holds the Pipe to all that it promises, in one setting. */
export async function promises(t: Test, setting: Setting): Promise<void> {
  for (const [promise, show] of Object.entries(PROMISES)) {
    await t.test(promise, async (t) => show(t, await PipeEnvironment.start(t, setting)));
  }
}
