import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inboxMutants, search } from '../../pipe/inbox/models/mutants';
import { loadModules, type Mutation } from '../../stream/models/modules';
import { holds, streamMutants } from '../../stream/models/mutants';
import { nodeChild } from '../../support/node-child';
import type { ModelBug, PlantedBug, SimulatorFinder, TestFinder } from './fault-kind';

const SPEC = join(__dirname, '../..');
const SIMULATOR = join(SPEC, 'support/simulator/live-through.ts');
/** Seconds after which a test counts as failed. */
const TIMEOUT_S = 120;
/** Environment of one test: properties have all of their runs. */
const ONE_TEST = { TAP_TIMEOUT: `${TIMEOUT_S}`, TAP: '1', WHOLE_RUN: 'true' };

/** A check without a bug must hold, and with the bug must not. `broken`: it did not come to its end. */
export type Verdict = 'holds' | 'finds' | 'broken';

/** The words for a bug's finder in the table. */
export function finderOf(bug: PlantedBug | ModelBug): string {
  if ('model' in bug) {
    const file = bug.model === 'inbox' ? 'pipe/inbox/mutants.spec.ts' : 'stream/mutants.spec.ts';
    return `property: ${file}`;
  }
  const { finder } = bug;
  if (finder.by === 'simulator') return `simulator: seeds ${finder.seeds.join(' to ')}`;
  return `${finder.by}: ${finder.spec}: ${finder.test}`;
}

/** The verdict of a bug's check over the source with the bug in it. */
export function lookFor(bug: PlantedBug | ModelBug): Promise<Verdict> {
  if ('model' in bug) return judgeModel(bug);
  return judge(bug.finder, bug);
}

/** The verdict of a check over the source as it is, or with a bug in it. */
export function judge(
  finder: TestFinder | SimulatorFinder,
  mutation: Mutation | undefined,
): Promise<Verdict> {
  return finder.by === 'simulator' ? judgeSchedules(finder, mutation) : judgeTest(finder, mutation);
}

async function judgeModel({ model, title }: ModelBug): Promise<Verdict> {
  if (model === 'streams') {
    const bug = streamMutants.find(({ name }) => name === title);
    const [finder] = bug?.foundBy ?? [];
    if (bug === undefined || finder === undefined) throw new Error(`no bug of streams: ${title}`);
    return (await holds(finder, loadModules(bug))) ? 'holds' : 'finds';
  }
  const bug = inboxMutants.find(({ name }) => name === title);
  if (bug === undefined) throw new Error(`no bug of the inbox: ${title}`);
  const found = await search(bug).then(
    () => false,
    () => true,
  );
  return found ? 'finds' : 'holds';
}

/** Runs one test of a spec. Its failure counts, not that of a process that does not come to the test. */
async function judgeTest(
  { spec, test }: TestFinder,
  mutation: Mutation | undefined,
): Promise<Verdict> {
  const pattern = `/^${test.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/`;
  const child = nodeChild(join(SPEC, spec), {
    env: planted(mutation, { ...ONE_TEST, TAP_GREP: pattern }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the output is a pipe');
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const lines = output.split('\n');
  const ran = lines.filter((line) => {
    return /^(?:not )?ok \d+ - (.*?)(?: # time=.*)?$/.exec(line)?.[1] === test;
  });
  if (ran.length !== 1) return 'broken';
  // A test that hangs is told as ended, and that failed under another name. The other tests are left out.
  return lines.some((line) => line.startsWith('not ok')) ? 'finds' : 'holds';
}

/** Lives through schedules until one fails. */
async function judgeSchedules(
  { seeds: [first, last] }: SimulatorFinder,
  mutation: Mutation | undefined,
): Promise<Verdict> {
  const child = nodeChild(SIMULATOR, {
    env: planted(mutation, { FIRST: `${first}`, LAST: `${last}` }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let found = false;
  child.on('message', () => {
    found = true;
    child.kill('SIGKILL');
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (found) return 'finds';
  return code === 0 ? 'holds' : 'broken';
}

function planted(mutation: Mutation | undefined, env: Record<string, string>): NodeJS.ProcessEnv {
  if (mutation === undefined) return { ...process.env, ...env };
  const { file, from, to } = mutation;
  return { ...process.env, ...env, PLANTED: JSON.stringify({ file, from, to }) };
}
