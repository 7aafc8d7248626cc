import type { Eventual } from '../../../../brokers/eventual';
import { isUserId, userChannel } from '../../../../pusher/channel-name';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { Limits } from '../../../options/options';
import type { PipeContext } from '../context';
import { type Outcome, type Refusal, badDropping, badEvent, reached, refusal } from './outcome';

/** An event to all sockets of a signed-in user, on the channel that they subscribed to with their sign-in. */
export function triggerUser(
  { limits, router }: PipeContext,
  app: App,
  command: Command,
): Eventual<Outcome> {
  const { event = '', data = '', userId = '', exceptSockets: except } = command;
  const { ifOccupied, receipt, latestKey: latest, volatile } = command;
  const bad = badUser(userId, limits) ?? badEvent(event, data, limits) ?? badDropping(command);
  if (bad !== undefined) return bad;
  const channel = userChannel(userId);
  const publication = { channel, event, data, except, latest, volatile };
  const isCounted = receipt === 'delivered';
  return reached(
    ifOccupied === true
      ? router.publishIfOccupied(app, publication, isCounted)
      : router.publish(app, publication, isCounted),
  );
}

function badUser(userId: string, { maxUserIdLength: max }: Limits): Refusal | undefined {
  if (userId.length <= max && isUserId(userId)) return undefined;
  return refusal('bad_params', `a user id is 1 to ${max} of A-Z a-z 0-9 _ - = @ , . ;`);
}
