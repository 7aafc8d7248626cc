import t from 'tap';
import { WarningLog } from '../../lib/util/warning-log';

t.test('warnings are told once per kind and minute, with the number left out', async (t) => {
  let nowMs = 0;
  const told: string[] = [];
  const log = new WarningLog(
    () => nowMs,
    (message, { code }) => void told.push(`${code}: ${message}`),
  );
  log.debug();
  log.info();
  for (let i = 0; i < 5; i += 1) log.warn({ code: 'connect_failed' }, `attempt ${i}`);
  log.error({ code: 'handler_failed' }, 'a bug');
  log.warn({ partition: 1 }, 'events were lost');
  log.warn({ partition: 2 }, 'events were lost');
  nowMs = 59_999;
  log.warn({ code: 'connect_failed' }, 'attempt 5');
  nowMs = 60_000;
  log.warn({ code: 'connect_failed' }, 'attempt 6');
  log.warn({ code: 'connect_failed' }, 'attempt 7');
  nowMs = 200_000;
  log.warn({ code: 'connect_failed' }, 'attempt 8');
  t.strictSame(told, [
    'connect_failed: attempt 0',
    'handler_failed: a bug',
    'warning: events were lost {"partition":1}',
    'connect_failed: attempt 6 (and 5 more like it)',
    'connect_failed: attempt 8 (and 1 more like it)',
  ]);
});

t.test('a warning holds no control characters and is cut', async (t) => {
  let told = '';
  const log = new WarningLog(
    () => 0,
    (message) => void (told = message),
  );
  log.warn({ code: 'a', status: 1 }, 'event:\x1b[2J\n\u009b');
  t.equal(told, 'event:\\x1b[2J\\x0a\\x9b');
  log.warn({ code: 'b' }, 'x'.repeat(10_000));
  t.equal(told.length, 501);
});

t.test('a warning of a failed handler shows where it failed', async (t) => {
  const details: Array<string | undefined> = [];
  const log = new WarningLog(
    () => 0,
    (_message, { detail }) => void details.push(detail),
  );
  log.warn({ code: 'handler_failed', err: new Error('a bug') }, 'a handler failed');
  log.warn({ code: 'other', err: 'text' }, 'failed');
  t.match(details, [/Error: a bug\n +at .*warning-log.spec/, undefined]);
});
