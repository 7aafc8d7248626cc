import fc from 'fast-check';
import t from 'tap';
import type { Receiver } from '../../../lib/gateway/sockjs/receiver';
import { FakeResponse } from '../../support/fake-response';
import { runs } from '../../support/depth';

/** Characters after which pusher-js leaves a response. */
const ROTATION_LENGTH = 262_144;

function receiver(streaming: boolean): { response: FakeResponse; receiver: Receiver } {
  const response = new FakeResponse();
  return { response, receiver: response.receiver(streaming) };
}

const anyLine = fc
  .oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 150_000 }))
  .map((length) => `${'x'.repeat(length)}\n`);

/** Writes of a turn: any number of lines at once. */
const anyWrites = fc.array(fc.array(anyLine, { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 12,
});

/**
 * The reader of pusher-js: it sees the response grow by any number of characters, reads whole lines, and leaves when it
 * has read everything and that was more than 256 KiB. Answers how many characters it had read then.
 */
function read(text: string, growth: readonly number[]): number {
  let position = 0;
  let seen = 0;
  for (let i = 0; seen < text.length; i++) {
    seen = Math.min(text.length, seen + (growth[i % growth.length] as number));
    const end = text.slice(position, seen).lastIndexOf('\n');
    position += end + 1;
    if (position === seen && seen > ROTATION_LENGTH) return position;
  }
  return position;
}

for (const [name, streaming] of [
  ['a stream', true],
  ['a poll', false],
] as const) {
  t.test(`the client leaves nothing unread at any cut of ${name} into segments`, (t) => {
    fc.assert(
      fc.property(
        anyWrites,
        fc.array(fc.integer({ min: 300, max: 80_000 }), { minLength: 1, maxLength: 20 }),
        (writes, growth) => {
          let waiting: Buffer[] = writes.map((lines) => Buffer.from(lines.join('')));
          const sent = Buffer.concat(waiting).toString();
          let got = '';
          while (waiting.length > 0) {
            const { response, receiver: one } = receiver(streaming);
            const head = response.text.length;
            if (!streaming) waiting = [Buffer.concat(waiting)];
            while (waiting.length > 0 && !one.full) {
              const next = waiting.shift() as Buffer;
              const taken = one.write(next);
              if (taken < next.length) waiting.unshift(next.subarray(taken));
            }
            const whole = response.text.length;
            if (read(response.text, growth) !== whole) return false;
            // A full response is surely left, so that waiting messages get their turn.
            if (waiting.length > 0 && whole <= ROTATION_LENGTH) return false;
            got += response.text.slice(head);
          }
          return got === sent;
        },
      ),
      { numRuns: runs(60) },
    );
    t.pass('in any segmentation');
    t.end();
  });
}

t.test('a response of exactly 262 144 characters is not left, and goes on', (t) => {
  const { response, receiver: stream } = receiver(true);
  stream.write(Buffer.from(`${'x'.repeat(ROTATION_LENGTH - 2049 - 1)}\n`));
  t.equal(response.text.length, ROTATION_LENGTH);
  t.notOk(stream.full);
  t.equal(stream.write(Buffer.from('h\nh\n')), 2, 'one line fills it');
  t.ok(stream.full);
  t.equal(stream.write(Buffer.from('h\n')), 0);
  t.equal(response.text.length, ROTATION_LENGTH + 2);
  t.notOk(response.ended);
  t.end();
});

t.test('a connection that is lost is told once, whatever tells it', (t) => {
  let told = 0;
  for (const first of ['response', 'socket'] as const) {
    const response = new FakeResponse();
    const made = response.receiver(true, (gone) => {
      told++;
      t.equal(gone, made);
    });
    const { socket } = response.req;
    if (first === 'response') response.emit('close');
    socket.emit('close');
    response.emit('close');
    t.strictSame([socket.listenerCount('close'), response.listenerCount('close')], [0, 0]);
  }
  t.equal(told, 2);
  t.end();
});
