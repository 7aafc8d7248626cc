import t from 'tap';
import { Bundle } from '../../../../lib/gateway/core/cluster/bundles';
import type { App } from '../../../../lib/gateway/core/model/app';
import type { Nodes } from '../../../../lib/gateway/core/cluster/nodes';
import { ForwardedCommand } from '../../../../lib/gateway/protocols/pipe/commands/forwarded-command';
import { Verb } from '../../../../lib/wire/frames';

const NODE = 7;

/** Outcome of a command that was sent to a gateway which gave no answer. */
function unanswered(verb: Verb, isThere: boolean): unknown {
  const bundle = new Bundle({} as App, 'commands');
  bundle.add([], 1);
  const nodes = { has: () => isThere } as Partial<Nodes> as Nodes;
  const command = new ForwardedCommand(verb, '7.1', NODE, nodes, bundle);
  t.equal(command.outcome, undefined);
  bundle.answer(undefined);
  return command.outcome;
}

t.test('a command that another gateway does not answer has an outcome that nobody knows', (t) => {
  const unknown = { code: 4224, message: /gateway of socket 7\.1/ };
  for (const isThere of [true, false]) t.match(unanswered(Verb.TRIGGER_SOCKET, isThere), unknown);
  t.match(unanswered(Verb.CLOSE_SOCKET, true), unknown);
  t.end();
});

t.test('a socket is closed where its gateway is gone', (t) => {
  t.strictSame(unanswered(Verb.CLOSE_SOCKET, false), { sockets: 0 });
  t.end();
});
