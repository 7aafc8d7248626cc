import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { main } from '../support/command';
import { hasProgram } from '../support/program';

const COMMANDS = [
  'serve',
  'check',
  'schema',
  'keys',
  'tail',
  'trigger',
  'record',
  'replay',
  'repl',
];

function scriptFor(shell: string): string {
  const { stdout, status } = spawnSync(process.execPath, [main, 'completion', shell], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ended with ${status}`);
  return stdout;
}

/** Words that a shell offers for a line; the last word is the one that is being typed. */
function offered(t: Test, shell: 'bash' | 'zsh', script: string, line: string[]): string[] {
  const folder = t.testdir({ 'standpipe.json': '{}', script });
  mkdirSync(join(folder, 'certs'));
  const words = line.map((word) => `'${word}'`).join(' ');
  // As zsh calls functions of bash: indices begin with 0, words are split.
  const array = shell === 'bash' ? '' : 'setopt ksharrays shwordsplit; compdef() { :; };';
  const run = `${array} source ${folder}/script; COMP_WORDS=(${words}); COMP_CWORD=${line.length - 1};
    _standpipe; printf '%s\\n' "\${COMPREPLY[@]}"`;
  writeFileSync(join(folder, 'run'), run);
  const args = shell === 'bash' ? ['--norc', join(folder, 'run')] : ['-f', join(folder, 'run')];
  const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8', cwd: folder });
  t.equal(stderr, '');
  // Completion of zsh leaves out by itself what does not begin as the typed word does.
  const typed = line.at(-1) ?? '';
  return stdout.split('\n').filter((word) => word !== '' && word.startsWith(typed));
}

for (const shell of ['bash', 'zsh'] as const) {
  t.test(`${shell} completes commands, flags, choices and files`, async (t) => {
    if (!hasProgram(t, shell, 'its completion')) return;
    const script = scriptFor(shell);
    const offers = (...line: string[]): string[] =>
      offered(t, shell, script, ['standpipe', ...line]);
    const all = offers('');
    for (const command of COMMANDS) t.ok(all.includes(command), command);
    t.strictSame(offers('se'), ['serve']);
    t.strictSame(offers('serve', '--tls-'), ['--tls-port', '--tls-cert', '--tls-key']);
    t.strictSame(offers('serve', '--log-level', ''), ['debug', 'info', 'warn', 'error', 'silent']);
    t.strictSame(offers('serve', '--log-format', 'p'), ['pretty']);
    t.strictSame(offers('check', '--config', 'st'), ['standpipe.json']);
    t.strictSame(offers('check', '-c', 'st'), ['standpipe.json']);
    t.strictSame(offers('serve', '--port', ''), [], 'nothing is known of a number');
    t.strictSame(offers('replay', 'st'), ['standpipe.json'], 'an argument is a file');
    t.strictSame(offers('completion', ''), ['bash', 'zsh']);
    t.strictSame(offers('help', 'se'), ['serve']);
  });
}

t.test('other shells are refused with those that there are', (t) => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'completion', 'fish'], {
    encoding: 'utf8',
  });
  t.equal(status, 1);
  t.match(stderr, 'shell: must be bash or zsh, not fish');
  t.end();
});
