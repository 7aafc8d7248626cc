import t from 'tap';
import { Routing } from '../../../../lib/gateway/core/streams/routing';
import { EventKind, RuleKind, type Rule } from '../../../../lib/wire/frames';

const member = (name: string, ...kinds: RuleKind[]): { name: string; rules: readonly Rule[] } => {
  return { name, rules: kinds.map((kind) => ({ kind, channels: [], events: [] })) };
};

t.test('events that only members without a partition asked for reach nobody', async (t) => {
  const routing = new Routing();
  const [home, guest] = [member('a', RuleKind.SOCKET), member('b', RuleKind.MESSAGE)];
  const reaches = (kind: EventKind): boolean => {
    const match = routing.match(kind, undefined, 'e');
    return match !== undefined && routing.reaches(match);
  };
  routing.update([home, guest], [home, home]);
  t.same([EventKind.OPEN, EventKind.MESSAGE].map(reaches), [true, false]);
  routing.update([home, guest], [home, guest]);
  t.same([EventKind.OPEN, EventKind.MESSAGE].map(reaches), [true, true]);
  routing.update([], [undefined, undefined]);
  t.ok(reaches(EventKind.OPEN), 'the last rules hold until somebody comes');
});
