import { spawn } from 'node:child_process';
import { StandpipeError } from '../../errors';
import { closest } from '../../util/closest';
import { SCRIPTS, runScripts, type Start } from '../conformance/run';
import { CONTRACT, type Script } from '../conformance/script';

/** Drives a client of the Pipe protocol through scripts, and says what it does wrong. The exit code counts the faults. */
export async function conformance(
  command: readonly string[],
  flags: { only?: string[]; list?: boolean; contract?: boolean },
): Promise<void> {
  if (flags.contract === true) return void console.log(CONTRACT.trimEnd());
  const scripts = flags.only?.map(named) ?? SCRIPTS;
  if (flags.list === true) {
    for (const { name, title } of scripts) console.log(`${name.padEnd(22)} ${title}`);
    return;
  }
  const [program, ...args] = command;
  if (program === undefined) {
    const message =
      'conformance: name the program of the client under test; --contract says what it has to do';
    throw new StandpipeError('bad_option', message);
  }
  let faults = 0;
  await runScripts(scripts, startOf(program, args), ({ script, fault }) => {
    console.log(`${fault === undefined ? 'ok    ' : 'not ok'} ${script.name}: ${script.title}`);
    if (fault === undefined) return;
    faults += 1;
    console.log(`       the client: ${fault}`);
  });
  console.log(`${scripts.length - faults} of ${scripts.length} scripts passed`);
  process.exitCode = Math.min(faults, 100);
}

function named(name: string): Script {
  const script = SCRIPTS.find((each) => each.name === name);
  if (script !== undefined) return script;
  const hint = closest(
    name,
    SCRIPTS.map((each) => each.name),
  );
  const meant = hint === undefined ? '--list names them' : `did you mean '${hint}'?`;
  throw new StandpipeError('bad_option', `--only: no script '${name}'; ${meant}`);
}

/** Starts the program of a client under test; its output goes to stderr. */
function startOf(program: string, args: readonly string[]): Start {
  return (env) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 2, 2],
    });
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(`${program} cannot be started: ${error.message}`));
      child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    };
    return { stop, ended };
  };
}
