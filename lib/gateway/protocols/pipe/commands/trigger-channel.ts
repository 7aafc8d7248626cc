import type { Unavailable } from '../../../../brokers/broker';
import type { Eventual } from '../../../../brokers/eventual';
import { parseChannelName } from '../../../../pusher/channel-name';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { Limits } from '../../../options/options';
import type { PipeContext } from '../context';
import {
  type Outcome,
  type Refusal,
  badChannel,
  badDropping,
  badEvent,
  reached,
  refusal,
  unknownAtBroker,
} from './outcome';

/** An event to the subscribers of one or several channels. All names are checked before anything is sent. */
export function triggerChannel(
  context: PipeContext,
  app: App,
  command: Command,
): Eventual<Outcome> {
  const { limits, router } = context;
  const {
    channel: name = '',
    channels,
    event = '',
    data = '',
    exceptSockets: except,
    ifOccupied,
    receipt,
    latestKey: latest,
    volatile,
  } = command;
  const bad = badEvent(event, data, limits) ?? badDropping(command) ?? badName(app, name, limits);
  if (bad !== undefined) return bad;
  const counts = receipt === 'delivered';
  const publish = (channel: string): Eventual<number | Unavailable> => {
    // A spread would cost as much as the rest of the command.
    const publication = { channel, event, data, except, latest, volatile };
    return ifOccupied === true
      ? router.publishIfOccupied(app, publication, counts)
      : router.publish(app, publication, counts);
  };
  if (channels === undefined || channels.length === 0) return reached(publish(name));

  const all = new Set([name, ...channels]);
  const refused = badNames(app, all, limits);
  if (refused !== undefined) return refused;
  const answers = [...all].map(publish);
  if (answers.some((sockets) => sockets instanceof Promise)) {
    return reached(Promise.all(answers.map(async (sockets) => sockets)).then(sumOf));
  }
  const sum = sumOf(answers as Array<number | Unavailable>);
  const isPartly = sum === 'unavailable' && answers.some((sockets) => sockets !== sum);
  return isPartly ? unknownAtBroker() : reached(sum);
}

function sumOf(answers: ReadonlyArray<number | Unavailable>): number | Unavailable {
  let sum = 0;
  for (const sockets of answers) {
    if (sockets === 'unavailable') return sockets;
    sum += sockets;
  }
  return sum;
}

function badNames(app: App, names: ReadonlySet<string>, limits: Limits): Refusal | undefined {
  const { maxChannelsPerPublish: max } = limits;
  if (names.size > max) {
    return refusal('bad_channel_name', `Too many channels (${names.size} > ${max})`);
  }
  for (const name of names) {
    const bad = badName(app, name, limits);
    if (bad !== undefined) return bad;
    // Data is encrypted with the key of one channel, so other channels could not read it.
    if (names.size > 1 && name.startsWith('private-encrypted-')) {
      return refusal('bad_channel_name', 'an event for an encrypted channel is for that one alone');
    }
  }
  return undefined;
}

/** Users have a command of their own. */
function badName(app: App, name: string, limits: Limits): Refusal | undefined {
  // An occupied channel's name was checked when it was subscribed to.
  const known = app.channels.get(name)?.kind ?? parseChannelName(name, limits.maxChannelNameLength);
  return known === undefined || known.user !== undefined ? badChannel(name) : undefined;
}
