import { z } from 'zod';
import { isChannelPattern } from '../../pusher/channel-name';

/** Rule of an app for some of its channels. */
export const channelRuleSchema = z.strictObject({
  channels: z
    .array(
      z
        .string()
        .refine(
          isChannelPattern,
          'must be the name of a channel, or the beginning of one with a * behind it, such as room-*',
        ),
    )
    .min(1)
    .max(100)
    .describe('Names of channels, or beginnings of names such as room-*.'),
  latest: z
    .strictObject({
      events: z
        .array(z.string().min(1).max(200))
        .min(1)
        .max(100)
        .optional()
        .describe('Names of events, or beginnings of names such as price-*; all unless given.'),
    })
    .optional()
    .describe('Published events are latest, with their name as key: see `latest` of triggers.'),
});
