import { type Eventual, later } from '../../../../brokers/eventual';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import type { Outcome } from './outcome';

/** Closes all sockets of a signed-in user, who need not be there. */
export function terminateUser(
  { hub }: PipeContext,
  app: App,
  { userId = '' }: Command,
): Eventual<Outcome> {
  return later(hub.terminate(app, userId), (sockets) => ({ sockets }));
}
