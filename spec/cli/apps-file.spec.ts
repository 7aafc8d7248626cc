import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Command } from 'commander';
import { readConfig } from '../../lib/cli/config';
import { connectionFrom } from '../../lib/cli/connection';
import { addServeFlags, type ServeFlags } from '../../lib/cli/flags';

const APP = { id: '7', key: 'k', secret: 's' };

const tree: Record<string, Record<string, string>> = {};

function file(t: Test, name: string, content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const folder = `folder-${Object.keys(tree).length}`;
  tree[folder] = { [name]: text };
  return join(t.testdir(tree), folder, name);
}

t.test('apps of a file of their own stand in one place only', (t) => {
  const apps = [APP, { ...APP, id: '8', key: 'l' }];
  const appsFile = file(t, 'apps.json', apps);
  t.strictSame(readConfig({ appsFile }, {}).options.apps, apps);
  const own = { STANDPIPE_APP_ID: '9', STANDPIPE_APP_KEY: 'm', STANDPIPE_APP_SECRET: 's' };
  t.equal(readConfig({ appsFile }, own).options.apps.length, 3, 'and one of the variables');
  const config = file(t, 'config.json', { port: 7000 });
  t.match(readConfig({ config, appsFile }, {}), {
    options: { port: 7000, apps },
    files: [config, appsFile],
  });
  t.equal(connectionFrom({ appsFile, app: 'l' }, {}).appId, '8');
  const wrong: Array<[ServeFlags, RegExp]> = [
    [
      { appsFile, config: file(t, 'config.json', { apps }) },
      /^apps: stand in the configuration and/,
    ],
    [{ appsFile: file(t, 'apps.json', APP) }, /^apps-file: \S+ must hold a JSON array of apps/],
    [{ appsFile: file(t, 'apps.json', '[{"secret": "s"') }, /^apps-file: \S+ is no JSON: look at/],
    [{ appsFile: '/nowhere/apps.json' }, /^apps-file: cannot read/],
  ];
  for (const [flags, message] of wrong)
    t.throws(() => readConfig(flags, {}), { code: 'bad_option', message });
  const before = process.env;
  process.env = { ...before, STANDPIPE_APPS_FILE: appsFile };
  const flags = addServeFlags(new Command('serve')).parse([], { from: 'user' }).opts();
  process.env = before;
  t.equal(flags['appsFile'], appsFile, 'its variable');
  t.equal(readConfig({}, {}).watches, false);
  t.equal(readConfig({}, { STANDPIPE_WATCH: '1' }).watches, true);
  t.end();
});
