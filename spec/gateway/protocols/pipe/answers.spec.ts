import fc from 'fast-check';
import t from 'tap';
import { CommandAnswers } from '../../../../lib/gateway/protocols/pipe/command-answers';
import { FrameEncoder } from '../../../../lib/wire/codec';
import { Verb, type CommandAck, type Frame } from '../../../../lib/wire/frames';
import { startGateway } from '../../../support/start-gateway';
import { WireClient } from '../../../support/wire-client';
import { runs } from '../../../support/depth';

/** The pieces of a list of frames, whichever frame they ride on. */
function acksOf(frames: Frame[]): CommandAck[] {
  return frames.flatMap((frame) => {
    if (frame.type === 'commandAck') return [frame];
    return frame.type === 'events' && frame.commandAck !== undefined ? [frame.commandAck] : [];
  });
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('applied', 'refused', 'receipt') },
  { weight: 2, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 1, arbitrary: fc.constant('reconnect') },
);

t.test('the answers of commands are told in order, and never above what is applied', async (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const answers = new CommandAnswers(1000);
      const given = new Map<number, string>();
      let seq = 0;
      /** Number up to which the backend knows all outcomes. */
      let settled = 0;
      /** Number up to which the gateway knows this of the backend. */
      let known = 0;
      let heard = new Map<number, string>();
      const take = (bytes: number): boolean => {
        const ack = answers.take(bytes);
        if (ack === undefined) return false;
        if (ack.applied < settled || ack.applied > seq) throw new Error('applied leads astray');
        for (const { seq: n, code } of ack.refused) heard.set(n, `refused ${code}`);
        for (const { seq: n, sockets } of ack.receipts) heard.set(n, `receipt ${sockets}`);
        for (const n of heard.keys()) if (n > ack.applied) throw new Error('an answer ahead');
        for (let n = settled + 1; n <= ack.applied; n++) {
          if (heard.get(n) !== given.get(n)) throw new Error(`${n} settles wrongly`);
        }
        settled = ack.applied;
        return true;
      };
      for (const each of steps) {
        if (typeof each === 'object') take(each.take);
        else if (each === 'reconnect') {
          // Some of what was told went down with the connection.
          settled = known = known + Math.floor((settled - known) / 2);
          heard = new Map([...heard].filter(([n]) => n <= settled));
          answers.repeat(settled + 1);
        } else {
          seq++;
          if (each === 'refused') given.set(seq, `refused ${seq}`);
          if (each === 'receipt') given.set(seq, `receipt ${seq}`);
          const outcome = each === 'refused' ? { code: seq, message: 'no' } : { sockets: seq };
          answers.add(seq, outcome, each === 'receipt');
        }
      }
      while (take(100));
      if (settled !== seq) throw new Error('something was never told');
    }),
    { numRuns: runs(500) },
  );
  t.pass('all histories');
});

const CHANNEL = 'x'.repeat(190);

function bursts(count: number): Array<Extract<Frame, { type: 'commands' }>> {
  const frames: Array<Extract<Frame, { type: 'commands' }>> = [];
  for (let firstSeq = 1; firstSeq <= count; firstSeq += 500) {
    const commands = Array.from({ length: Math.min(500, count + 1 - firstSeq) }, (_, i) => ({
      verb: Verb.TRIGGER_CHANNEL,
      channel: `a bad name ${firstSeq + i} ${CHANNEL}`,
      event: 'e',
      data: '1',
    }));
    frames.push({ type: 'commands', firstSeq, commands });
  }
  return frames;
}

t.test(
  'thousands of refusals come in frames of a bounded size, before a cut and after it',
  async (t) => {
    const { port } = await startGateway(t);
    const first = await WireClient.attach(t, port);
    const count = 8_000;
    for (const frame of bursts(count)) first.client.send(frame);
    const check = (what: string, acks: CommandAck[]): void => {
      const seqs = acks.flatMap(({ refused }) => refused.map(({ seq }) => seq));
      t.same(
        seqs,
        Array.from({ length: count }, (_, i) => i + 1),
        `${what}: each refusal once, in order`,
      );
      t.equal(acks.at(-1)?.applied, count);
      let told = 0;
      for (const ack of acks) {
        const last = ack.refused.at(-1)?.seq ?? 0;
        if (last > ack.applied || (ack.refused[0]?.seq ?? Infinity) <= told) t.fail('out of place');
        told = ack.applied;
        const bytes = new FrameEncoder().encode({ type: 'commandAck', ...ack }).length;
        if (bytes > 64 * 1024) t.fail(`a frame of ${bytes} bytes`);
      }
    };
    check('live', acksOf(await first.client.settled()));
    first.client.terminate();
    const second = await WireClient.open(t, port);
    const { session, secret } = first.welcome;
    const proof = second.proof(secret, 2);
    const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
    const welcome = await second.hello({ session, proof, attempt: 2, positions, nextSeq: 1 });
    t.match(welcome, { verdict: 'resumed', nextSeq: count + 1 });
    check('resumed', [welcome.commandAck, ...acksOf(await second.settled())]);
  },
);

t.test('in a turn that is written in pieces, no answer comes above what is applied', async (t) => {
  const { port } = await startGateway(t);
  const { client } = await WireClient.attach(t, port);
  const commands = Array.from({ length: 200 }, (_, i) => ({
    verb: Verb.TRIGGER_CHANNEL,
    channel: i % 10 === 5 ? 'a bad name' : 'room',
    event: 'e',
    data: `"${'x'.repeat(9_000)}"`,
    receipt: 'delivered' as const,
  }));
  for (let i = 0; i < 200; i += 50) {
    client.send({ type: 'commands', firstSeq: i + 1, commands: commands.slice(i, i + 50) });
  }
  let last = 0;
  for (const { applied, refused, receipts } of acksOf(await client.settled())) {
    for (const { seq } of [...refused, ...receipts]) t.ok(seq <= applied && seq > last, `${seq}`);
    last = applied;
  }
  t.equal(last, 200);
});
