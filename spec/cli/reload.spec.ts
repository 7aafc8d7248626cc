import { spawn } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import t, { type Test } from 'tap';
import { main, Run } from '../support/command';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { certificate } from '../support/tls';
import { until } from '../support/until';

const ONE = { id: '1', key: 'key', secret: SECRET };
const TWO = { id: '2', key: 'two', secret: SECRET };

interface Line {
  msg: string;
  added?: string[];
  removed?: string[];
  changed?: string[];
  kept?: string[];
}

/** A command with a configuration file, and the lines of its log. */
class Served {
  readonly run: Run;
  readonly file: string;
  readonly folder: string;

  constructor(t: Test, command: string[], config: object, files: Record<string, string> = {}) {
    this.folder = t.testdir({ 'config.json': JSON.stringify(config), ...files });
    this.file = join(this.folder, 'config.json');
    this.run = new Run(t, [...command, this.file]);
  }

  /** Waits for a line, and gives the port that it tells. */
  async listens(text: string): Promise<number> {
    const { url } = JSON.parse(await this.run.line(text)) as { url: string };
    return Number(new URL(url).port);
  }

  /** Puts another file in the place of the configuration, and has it read. */
  reload(config: object | string): void {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    writeFileSync(`${this.file}.new`, text);
    renameSync(`${this.file}.new`, this.file);
    this.run.child.kill('SIGHUP');
  }

  /** The next line with a text, behind those that were asked for before. */
  async line(text: string): Promise<Line> {
    const line = await this.run.line(text);
    this.run.output = this.run.output.slice(this.run.output.indexOf(line) + line.length);
    return JSON.parse(line) as Line;
  }

  async end(): Promise<number | null> {
    this.run.child.kill('SIGTERM');
    return this.run.ended;
  }
}

/** Rejects unless the port shows a certificate. */
async function connectedBy(port: number, ca: string): Promise<void> {
  const secure = connect({ host: '127.0.0.1', port, ca });
  await new Promise((resolve, reject) => {
    secure.once('secureConnect', resolve);
    secure.once('error', reject);
  });
  secure.destroy();
}

t.test('SIGHUP reads the file and the certificates again, and cuts nobody', async (t) => {
  const [old, renewed] = [await certificate(), await certificate()];
  const tls = { port: 0, cert: 'cert.pem', key: 'key.pem' };
  const limits = { drainDelayMs: 1 };
  const files = { 'cert.pem': old.cert, 'key.pem': old.key };
  const config = { port: 0, tls, limits, apps: [ONE, TWO] };
  const served = new Served(t, ['serve', '--config'], config, files);
  const port = await served.listens('standpipe listens');
  const { tlsPort } = JSON.parse(await served.run.line('tlsPort')) as { tlsPort: number };
  const [stays, goes] = [
    await TestSocket.connect(t, port),
    await TestSocket.connect(t, port, { key: 'two' }),
  ];

  served.reload('{ "apps": [');
  t.match(await served.line('reload refused'), { msg: /config: .*config\.json is no JSON/ });
  served.reload({ ...config, colour: 'red' });
  t.match(await served.line('reload refused'), { msg: /colour: is no option/ });
  served.reload({ port: 0 });
  t.match(await served.line('reload refused'), { msg: /apps: none configured/ });
  writeFileSync(join(served.folder, 'cert.pem'), renewed.cert);
  served.reload({ ...config, apps: [ONE] });
  t.match(await served.line('reload refused'), { msg: /tls: the certificate or the key/ });
  t.strictSame(await goes.settled(), [], 'nothing has changed so far');

  writeFileSync(join(served.folder, 'key.pem'), renewed.key);
  const three = { ...TWO, id: '3', key: 'three' };
  served.reload({ ...config, host: '127.0.0.2', apps: [ONE, three] });
  const { added, removed, changed } = await served.line('"reloaded"');
  t.strictSame([added, removed, changed], [['3'], ['2'], ['tls.cert', 'tls.key']]);
  t.strictSame((await served.line('need a restart')).kept, ['host']);
  t.equal((await goes.closed()).code, 4001);
  t.strictSame(await stays.settled(), []);
  await connectedBy(tlsPort, renewed.cert);

  // Two signals at once: the last file wins.
  served.reload({ ...config, apps: [ONE, TWO] });
  served.reload({ ...config, apps: [ONE, { ...TWO, id: '4', key: 'four' }] });
  let last = await served.line('"reloaded"');
  if (last.added?.[0] !== '4') last = await served.line('"reloaded"');
  t.strictSame(last.added, ['4']);
  served.run.child.kill('SIGTERM');
  await served.run.line('draining');
  served.run.child.kill('SIGHUP');
  t.match(await served.line('reload refused'), { msg: /stops/ });
  t.equal(await served.run.ended, 0, 'a drain goes on');
});

t.test('SIGHUP without a file tells where the apps come from', async (t) => {
  const run = new Run(t, ['serve', '--port', '0']);
  await run.line('standpipe listens');
  await run.line('development app');
  run.child.kill('SIGHUP');
  await run.line('no --config: certificates are read again');
  await run.line('"reloaded"');
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0);
});

t.test('SIGHUP before a gateway listens counts when it does', async (t) => {
  const inject = join(t.testdir({ 'inject.cjs': INJECT }), 'inject.cjs');
  const run = new Run(t, ['serve', '--port', '0'], { env: { NODE_OPTIONS: `-r ${inject}` } });
  await run.line('"reloaded"');
  t.match(run.output, /standpipe listens[^]*"reloaded"/);
});

/** Sends the signal to its own process while that still loads its packages. */
const INJECT = `const Module = require('node:module');
const { _load } = Module;
Module._load = function (name, ...rest) {
  if (name === 'commander') {
    Module._load = _load;
    require('node:child_process').execSync('kill -HUP ' + process.pid);
  }
  return _load.call(this, name, ...rest);
};`;

t.test('SIGHUP has a pushy server read its file again', async (t) => {
  const config = { host: '127.0.0.1', port: 0, secretKey: 'a-secret-of-the-specs' };
  const served = new Served(t, ['pushy'], config);
  const port = await served.listens('pushy listens');
  served.reload({ ...config, secretKey: '' });
  t.match(await served.line('reload refused'), { msg: /secretKey: must be a string/ });
  served.reload({ ...config, port: 1, secretKey: 'another-secret' });
  const { changed } = await served.line('"reloaded"');
  t.match(changed, [/pushy\.secretKey$/]);
  t.strictSame((await served.line('need a restart')).kept, ['port']);
  t.equal((await fetch(`http://127.0.0.1:${port}/pushy/socket/info`)).status, 200);
  t.equal(await served.end(), 0);
});

t.test('other certificates are a reload, with --watch', async (t) => {
  const [old, renewed] = [await certificate(), await certificate()];
  const config = { port: 0, apps: [ONE], tls: { port: 0, cert: 'cert.pem', key: 'key.pem' } };
  const files = { 'cert.pem': old.cert, 'key.pem': old.key };
  const served = new Served(t, ['serve', '--watch', '--config'], config, files);
  const { tlsPort } = JSON.parse(await served.run.line('tlsPort')) as { tlsPort: number };
  for (const name of ['cert', 'key'] as const) {
    writeFileSync(join(served.folder, `${name}.pem`), renewed[name]);
  }
  await served.line('"reloaded"');
  await connectedBy(tlsPort, renewed.cert);
  t.equal(await served.end(), 0);
});

t.test('apps of a file of their own come with a change of it, whole files only', async (t) => {
  const folder = t.testdir({ 'apps.json': JSON.stringify([ONE]), link: {} });
  const file = join(folder, 'apps.json');
  const args = ['serve', '--port', '0', '--log-format', 'json', '--watch', '--apps-file', file];
  const run = new Run(t, args);
  const { url } = JSON.parse(await run.line('standpipe listens')) as { url: string };
  const port = Number(new URL(url).port);
  const stays = await TestSocket.connect(t, port);
  writeFileSync(file, '[{"id":');
  await run.line('reload refused');
  t.match(run.output, /apps-file: \S+ is no JSON: look at line 1, column 8/);
  writeFileSync(file, JSON.stringify([ONE, TWO]));
  t.match(JSON.parse(await run.line('"reloaded"')), { added: ['2'] });
  await TestSocket.connect(t, port, { key: 'two' });
  t.strictSame(await stays.settled(), []);
  rmSync(file);
  t.match(JSON.parse(await run.line('a watched file is gone')), { level: 40, files: [file] });
  writeFileSync(file, JSON.stringify([ONE, TWO, { ...TWO, id: '3', key: 'three' }]));
  t.match(JSON.parse(await run.line('"3"')), { added: ['3'] }, 'apps stay meanwhile');
  t.equal(run.output.split('a watched file is gone').length, 2, 'told once');
  t.strictSame(await stays.settled(), []);
  // Kubernetes puts another link in the place of the folder with the files.
  rmSync(file);
  writeFileSync(join(folder, 'next.json'), JSON.stringify([TWO]));
  symlinkSync(join(folder, 'next.json'), file);
  t.equal((await stays.closed()).code, 4001);
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0);
});

t.test('a closed terminal ends a server that had one', async (t) => {
  const command = `exec ${process.execPath} ${main} serve --port 0 --log-format json`;
  const terminal = spawn('script', ['-qfc', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => terminal.kill('SIGKILL'));
  let output = '';
  terminal.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes('standpipe listens'));
  const pid = Number(/"pid":(\d+)/.exec(output)?.[1]);
  process.kill(pid, 'SIGHUP');
  await until(() => output.includes('"reloaded"'));
  terminal.kill('SIGKILL');
  await until(() => !isAlive(pid));
  t.pass('it has ended');
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
