import { later } from '../../../../brokers/eventual';
import { isObject, optional } from '../../../../pusher/json';
import { bodyFields } from '../body';
import { type Call, type Checked, DONE, UNAVAILABLE, apiError, type Endpoint } from '../call';
import { counts } from '../info';
import { type Publication, missing, publish, readPublication } from '../publication';

/** `POST /apps/<id>/batch_events`: events with a channel each. All are checked before the first one is published. */
export const publishBatch: Endpoint = {
  method: 'POST',
  permission: 'publish',
  params: new Set(['batch']),
  publishes: true,
  check(call: Call): Checked {
    const batch = readBatch(call);
    return {
      publish: () => {
        for (const publication of batch) publish(call, publication);
      },
      answer: () => {
        if (batch.every(({ info }) => info.size === 0)) return DONE;
        const names = batch.map(({ channels: [channel = ''] }) => channel);
        return later(call.app.broker.counts(names), (counted) => {
          if (counted === 'unavailable') return UNAVAILABLE;
          const entries = batch.map(({ channels: [channel = ''], info }, i) =>
            counts(call.app, channel, info, counted[i]),
          );
          return { status: 200, body: `{"batch":[${entries.join()}]}` };
        });
      },
    };
  },
};

function readBatch(call: Call): Publication[] {
  if (call.body.length === 0) throw missing('batch');
  const batch = optional(bodyFields(call.body).batch);
  if (batch === undefined) throw missing('batch');
  if (!Array.isArray(batch)) throw apiError(400, 'Invalid batch: expected a list of events');
  const { maxEventsPerBatch: max } = call.limits;
  if (batch.length > max) throw apiError(400, `Batch too large (${batch.length} > ${max})`);
  return batch.map((event: unknown) => {
    if (!isObject(event)) throw apiError(400, 'Invalid batch: expected each event to be an object');
    if (optional(event.channel) === undefined) throw missing('channel');
    return readPublication(call, event, [event.channel]);
  });
}
