import { ATTRIBUTES, destinationOf, templateOf } from '../../tracing/semantics';
import { contextOf, type Tracing } from '../../tracing/tracing';
import type { Queued } from './command';

/**
 * Begins the span `publish` of an event, and lets the event carry its context. It ends with the outcome of the command, or
 * at once where nobody asked for the outcome. Commands that are no events have none.
 */
export function traceCommand(tracing: Tracing, command: Queued): void {
  const { event, done } = command;
  if (event === undefined) return;
  const span = tracing.start({
    name: `publish ${templateOf(command)}`,
    kind: 'producer',
    attributes: {
      [ATTRIBUTES.operation]: 'publish',
      [ATTRIBUTES.operationType]: 'send',
      [ATTRIBUTES.event]: event,
      ...destinationOf(command),
    },
  });
  command.trace = contextOf(span);
  if (done === undefined) return span.end();
  command.done = (error, sockets) => {
    if (sockets !== undefined) span.setAttribute(ATTRIBUTES.sockets, sockets);
    tracing.end(span, error?.code);
    tracing.within(span, () => done(error, sockets));
  };
}
