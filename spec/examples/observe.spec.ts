import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { metricsIn, OBSERVE, panelsOf, startObserved } from '../support/observe';

const rules = readFileSync(join(OBSERVE, 'standpipe.rules.yml'), 'utf8');
const tests = readFileSync(join(OBSERVE, 'standpipe.rules.test.yml'), 'utf8');

t.test('the dashboard, its rules and its page name metrics that a gateway has', async (t) => {
  const gateway = await startObserved(t);
  const answer = await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`);
  const known = Array.from((await answer.text()).matchAll(/^# TYPE (\S+) /gm), ([, name]) => name);
  for (const file of ['grafana.json', 'standpipe.rules.yml', 'README.md']) {
    const named = metricsIn(readFileSync(join(OBSERVE, file), 'utf8'));
    t.ok(named.length > 5, file);
    t.strictSame(
      named.filter((name) => !known.includes(name)),
      [],
      file,
    );
  }
});

t.test('panels of the dashboard have ids of their own and places of their own', (t) => {
  const panels = panelsOf();
  t.ok(panels.length > 25);
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const [i, { title, type, gridPos: one, targets = [] }] of panels.entries()) {
    t.ok(one.x + one.w <= 24, title);
    for (const { title: second, gridPos: other } of panels.slice(i + 1)) {
      const apart =
        one.x + one.w <= other.x ||
        other.x + other.w <= one.x ||
        one.y + one.h <= other.y ||
        other.y + other.h <= one.y;
      t.ok(apart, `${title} and ${second}`);
    }
    t.equal(targets.length > 0, type !== 'row', `${title} shows something, unless it is a title`);
  }
  t.end();
});

t.test('a test shows each alert to fire, and another one to stay silent', (t) => {
  const names = Array.from(rules.matchAll(/- alert: (\w+)/g), ([, name = '']) => name);
  t.ok(names.length > 10);
  const cases = tests.split('- alertname: ').slice(1);
  for (const name of names) {
    const own = cases.filter((text) => text.startsWith(`${name}\n`));
    t.ok(
      own.some((text) => text.includes('exp_alerts:')),
      `${name} fires`,
    );
    t.ok(
      own.some((text) => !text.includes('exp_alerts:')),
      `${name} stays silent`,
    );
  }
  t.end();
});
