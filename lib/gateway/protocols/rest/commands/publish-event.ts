import { later } from '../../../../brokers/eventual';
import { type Fields, optional } from '../../../../pusher/json';
import { bodyFields } from '../body';
import { type Call, type Checked, DONE, UNAVAILABLE, apiError, type Endpoint } from '../call';
import { counts } from '../info';
import { missing, publish, readPublication } from '../publication';

const NO_FIELDS: Fields = {};

/** `POST /apps/<id>/events`: one event to one or more channels. Its fields may stand in the query; the body's win. */
export const publishEvent: Endpoint = {
  method: 'POST',
  permission: 'publish',
  params: new Set(['name', 'data', 'channel', 'channels', 'channels[]', 'socket_id', 'info']),
  publishes: true,
  check(call: Call): Checked {
    const { app, query, body } = call;
    const given = body.length === 0 ? NO_FIELDS : bodyFields(body);
    const fields = { ...query, ...given };
    const publication = readPublication(call, fields, readChannels(call, fields));
    const { channels, info } = publication;
    return {
      publish: () => publish(call, publication),
      answer: () => {
        if (info.size === 0) return DONE;
        return later(app.broker.counts(channels), (counted) => {
          if (counted === 'unavailable') return UNAVAILABLE;
          const entries = channels.map(
            (name, i) => `${JSON.stringify(name)}:${counts(app, name, info, counted[i])}`,
          );
          return { status: 200, body: `{"channels":{${entries.join()}}}` };
        });
      },
    };
  },
};

function readChannels({ limits }: Call, fields: Fields): readonly unknown[] {
  const channel = optional(fields.channel);
  const channels = optional(fields.channels) ?? (channel === undefined ? [] : [channel]);
  if (!Array.isArray(channels)) throw apiError(400, 'Invalid channels: expected a list of names');
  const { length } = channels;
  if (length === 0) throw missing('channel');
  const { maxChannelsPerPublish: max } = limits;
  if (length > max) throw apiError(400, `Too many channels (${length} > ${max})`);
  if (length === 1) return channels;
  // Data is encrypted with the key of one channel, so other channels could not read it.
  if (channels.some(isEncrypted)) {
    throw apiError(400, 'You cannot trigger to multiple channels when using encrypted channels');
  }
  return [...new Set<unknown>(channels)];
}

function isEncrypted(name: unknown): boolean {
  return typeof name === 'string' && name.startsWith('private-encrypted-');
}
