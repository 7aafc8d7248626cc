import { bodyText } from '../body';
import type { Call, Checked, Endpoint } from '../call';
import { publish, readPublication } from '../publication';

/** `POST /apps/<id>/channels/<name>/events?name=…`, deprecated: the body is the data as it is. */
export const publishRaw: Endpoint = {
  method: 'POST',
  permission: 'publish',
  params: new Set(['name', 'socket_id']),
  publishes: true,
  check(call: Call): Checked {
    const fields = { ...call.query, data: bodyText(call.body) };
    const publication = readPublication(call, fields, [call.subject]);
    return {
      publish: () => publish(call, publication),
      answer: () => ({ status: 202, body: '{}' }),
    };
  },
};
