import t from 'tap';
import { StandpipeError } from '../../lib/errors';
import { Reporter } from '../../lib/pipe/reporter';
import { silent } from '../../lib/util/logger';
import { ManualClock } from '../support/manual-clock';

t.test('refused data is a line a minute for each event, with the number left out', async (t) => {
  const clock = new ManualClock();
  const lines: object[] = [];
  const log = { ...silent, warn: (details: object) => void lines.push(details) };
  const reporter = new Reporter(log, clock);
  const error = new StandpipeError('invalid_data', 'no number');
  const refuse = (event: string, socketId: string): void =>
    reporter.invalid({ error, event, socketId, meta: { redelivered: false } as never });
  for (let i = 0; i < 200; i++) refuse('move', `1.${i}`);
  refuse('chat', '2.1');
  clock.advance(59_999);
  refuse('move', '3.1');
  clock.advance(1);
  refuse('move', '4.1');
  refuse('chat', '5.1');
  const code = 'invalid_data';
  t.strictSame(lines, [
    { code, event: 'move', socketId: '1.0' },
    { code, event: 'chat', socketId: '2.1' },
    { code, event: 'move', socketId: '4.1', leftOut: 200 },
    { code, event: 'chat', socketId: '5.1' },
  ]);
  reporter.emitter.on('invalid', () => undefined);
  clock.advance(60_000);
  refuse('move', '6.1');
  t.equal(lines.length, 4, 'a handler of invalid is told instead, of each');
});
