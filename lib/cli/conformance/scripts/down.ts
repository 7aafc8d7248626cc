import { EventKind } from '../../../wire/frames';
import type { Peer } from '../peer';
import type { Script } from '../script';
import type { Trial } from '../trial';

export const DOWN: readonly Script[] = [
  {
    name: 'order',
    title: 'Events of one socket are handled one after the other',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'slow', data: '{"ms":200}' }, { event: 'next' });
      await trial.report('begin', { event: 'next' });
      const told = trial.reports.map(({ name, data }) => `${name} ${String(data['event'])}`);
      const right =
        told.indexOf('end slow') >= 0 && told.indexOf('end slow') < told.indexOf('begin next');
      trial.expect(right, `handlers overlapped: ${told.join(', ')}`);
    },
  },
  {
    name: 'ack-handled',
    title: 'An event is acknowledged when its handler has ended, not before',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'a' }, { event: 'b', socketId: '2.2', data: '{"ms":400}' });
      await trial.acknowledged(1);
      await trial.pause(150);
      const told = trial.session.told.get(0);
      trial.expect(told?.offset === 1, 'it acknowledged an event whose handler still runs');
      await trial.report('end', { event: 'b' });
      await trial.acknowledged(2);
    },
  },
  {
    name: 'finished-ranges',
    title: 'Finished events above a running one are told as ranges',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events(
        {},
        { event: 'stuck', data: '{"ms":600}' },
        { event: 'a', socketId: '2.2' },
        { event: 'b', socketId: '3.3' },
      );
      await trial.report('end', { event: 'b' });
      const position = await trial.until('a position with finished ranges', () => {
        const told = trial.session.told.get(0);
        return told?.finished?.some(({ last }) => last === 3) ? told : undefined;
      });
      const [range, ...more] = position.finished ?? [];
      const right = position.offset === 0 && range?.first === 2 && more.length === 0;
      trial.expect(right, `it told ${JSON.stringify(position)}, not 0 and the range 2 to 3`);
      await trial.acknowledged(3);
    },
  },
  {
    name: 'resume-running',
    title: 'An event whose handler runs is not begun again when it comes again',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.events({}, { event: 'slow', data: '{"ms":2500}' });
      await trial.until('the event', () => trial.session.sent.get(0));
      await trial.pause(200);
      const second = await trial.resumed(first);
      await trial.goesOn(second, 1);
      second.events({}, { event: 'slow', data: '{"ms":2500}' }, { event: 'next' });
      await trial.report('begin', { event: 'next' });
      await trial.acknowledged(2);
      const begun = trial.found('begin', { event: 'slow' }).length;
      trial.expect(begun === 1, `the handler began ${begun} times`);
    },
  },
  {
    name: 'duplicates',
    title: 'Offsets that came before are dropped without a word',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'one' }, { event: 'two' });
      peer.events({ firstOffset: 2 }, { event: 'two' }, { event: 'three' });
      await trial.report('begin', { event: 'three' });
      await trial.acknowledged(3);
      trial.expect(trial.found('begin', { event: 'two' }).length === 1, 'it handled one twice');
    },
  },
  {
    name: 'unannounced-jump',
    title: 'A jump that no GAP announced is closed with 4400',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({ firstOffset: 3 }, { event: 'three' });
      const { code } = await trial.until('a close', () => peer.closed);
      trial.expect(code === 4400, `it closed with ${code}`);
      trial.expect(trial.found('begin', { event: 'three' }).length === 0, 'it handled the event');
    },
  },
  {
    name: 'gap',
    title: 'A GAP is told, and events go on behind it',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'one' });
      await trial.acknowledged(1);
      gap(peer, 1, 10);
      peer.snapshot(9, []);
      trial.session.sent.set(0, 9);
      peer.events({ firstOffset: 10 }, { event: 'ten' });
      await trial.report('gap');
      await trial.report('begin', { event: 'ten' });
      await trial.acknowledged(10);
    },
  },
  {
    name: 'gap-snapshot-cut',
    title: 'A snapshot that a cut has halved is asked for again, and its half is forgotten',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.events({}, { kind: EventKind.OPEN }, { kind: EventKind.OPEN, socketId: '2.2' });
      await trial.acknowledged(2);
      gap(first, 2, 10);
      trial.session.sent.set(0, 9);
      first.snapshot(9, ['1.1', '8.8'], { end: false });
      await trial.report('gap');
      const second = await trial.resumed(first);
      const position = second.hello?.positions.find(({ partition }) => partition === 0);
      trial.expect(position !== undefined, 'HELLO left the partition out');
      trial.expect(position?.wantsSnapshot === true, 'HELLO did not say wants_snapshot');
      trial.expect(position?.offset === 9, `HELLO says offset ${position?.offset}, not 9`);
      await trial.goesOn(second, 10);
      second.snapshot(9, ['1.1'], { end: false });
      second.snapshot(9, ['3.3'], { begin: false });
      await trial.report('open', { socket: '3.3' });
      await trial.report('close', { socket: '2.2' });
      trial.expect(trial.found('close', { socket: '1.1' }).length === 0, 'it told a false close');
      trial.expect(
        trial.found('open', { socket: '8.8' }).length === 0,
        'it kept the half snapshot',
      );
      trial.expect(trial.found('open', { socket: '1.1' }).length === 1, 'it told an open twice');
    },
  },
  {
    name: 'snapshot-covers',
    title: 'A snapshot that does not cover sockets closes none',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { kind: EventKind.OPEN });
      peer.snapshot(1, [], { coversSockets: false });
      peer.events({ firstOffset: 2 }, { event: 'after' });
      await trial.report('begin', { event: 'after' });
      trial.expect(trial.found('close').length === 0, 'it closed a socket that was not covered');
    },
  },
  {
    name: 'skipped',
    title: 'Skipped offsets count as finished, and nothing is missed for them',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'one' });
      peer.events({ firstOffset: 5, skipped: 3 }, { event: 'five' });
      await trial.report('begin', { event: 'five' });
      await trial.acknowledged(5);
      trial.expect(peer.closed === undefined, 'it closed');
    },
  },
  {
    name: 'skipped-at-the-end',
    title: 'A run without events tells of skipped offsets at the end',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'one' });
      peer.events({ firstOffset: 5, skipped: 3 });
      await trial.acknowledged(4);
    },
  },
  {
    name: 'names',
    title: 'A handle holds for one connection, and names are defined anew on the next',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.events({}, { event: 'move' });
      first.events({ firstOffset: 2 }, { event: 'move', socketId: '2.2' });
      await trial.report('begin', { event: 'move', socket: '2.2' });
      await trial.acknowledged(2);
      const second = await trial.resumed(first);
      await trial.goesOn(second, 3);
      second.events({ firstOffset: 3 }, { event: 'other' }, { event: 'move', socketId: '3.3' });
      await trial.report('begin', { event: 'move', socket: '3.3' });
      await trial.acknowledged(4);
    },
  },
];

function gap(peer: Peer, after: number, first: number): void {
  const epochs = { oldEpoch: 1, newEpoch: 1 };
  const count = first - after - 1;
  peer.send({ type: 'gap', partition: 0, ...epochs, after, first, cause: 'overflow', count });
}
