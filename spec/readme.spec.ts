import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createTestGateway } from '../lib/testing';
import { limitsTable } from '../lib/gateway';
import { built } from './support/built';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)?.[1];
  if (found === undefined) throw new Error(`the README has no ${language} block`);
  return found;
}

t.test('the table of limits in the README has the limits of the gateway', (t) => {
  const rows = limitsTable().map(
    ({ name, value, about }) =>
      `| \`${name}\` | ${value.toLocaleString('en').replaceAll(',', ' ')} | ${about} |`,
  );
  const table = ['| limit | default | bounds |', '| --- | ---: | --- |', ...rows].join('\n');
  const shown = /<!-- limits -->\n([^]*?)\n<!-- \/limits -->/.exec(readme)?.[1];
  t.equal(shown, table);
  t.end();
});

t.test('the first program of the README works, with the browser code beside it', async (t) => {
  built('index.js');
  const app = { id: '1', key: 'standpipe-dev-key', secret: 'standpipe-dev-secret' };
  const gateway = await createTestGateway({ apps: [app] });
  t.teardown(() => gateway.close());
  const program = block('js').replace("secret: '", `port: ${gateway.client.port}, secret: '`);
  const child = spawn(process.execPath, ['-e', program], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill());
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));

  const browser = await gateway.browser();
  await browser.subscribe('room');
  const greeted = browser.next('greeting');
  const again = setInterval(() => browser.send('greet', { name: 'Ada' }), 50);
  t.equal((await greeted).data, 'Hi Ada');
  clearInterval(again);
  browser.send('say', 'hello', 'room');
  t.match(await browser.next('said'), { channel: 'room', data: 'hello' });
  const late = await gateway.browser();
  late.send('greet', { name: 'Bob' });
  await late.next('greeting');
  t.match(output, `hello ${late.id}`);
});
