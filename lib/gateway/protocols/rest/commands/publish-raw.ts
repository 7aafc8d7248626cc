import type { Answer } from '../../../http/answer';
import { bodyText } from '../body';
import type { Call, Endpoint } from '../call';
import { publish, readPublication } from '../publication';

/** `POST /apps/<id>/channels/<name>/events?name=…`, deprecated: the body is the data as it is. */
export const publishRaw: Endpoint = {
  method: 'POST',
  params: new Set(['name', 'socket_id']),
  publishes: true,
  run(call: Call): Answer {
    const fields = { ...call.query, data: bodyText(call.body) };
    publish(call, readPublication(call, fields, [call.subject]));
    return { status: 202, body: '{}' };
  },
};
