import { z } from 'zod';
import { isChannelPattern } from '../../pusher/channel-name';

const OWN_HEADERS =
  /^(x-pusher-.*|x-standpipe-.*|content-.*|host|connection|transfer-encoding|user-agent|expect|te|upgrade)$/i;

/** Options of a webhook. */
export const webhookSchema = z.strictObject({
  url: z
    .string()
    // A URL parser skips line breaks and blanks, so the text itself is checked.
    .regex(
      /^https?:\/\/[\x21-\x7e]{1,2000}$/i,
      'must be an http or https URL in ASCII without blanks, of 2000 characters at most',
    )
    .refine((url) => URL.canParse(url), 'must be a URL')
    .describe('URL that events are posted to.'),
  events: z
    .array(
      z.enum([
        ...(['channel_occupied', 'channel_vacated', 'member_added', 'member_removed'] as const),
        ...(['client_event', 'cache_miss', 'subscription_count'] as const),
      ]),
    )
    .min(1)
    .optional()
    .describe('Kinds of events; all unless given. Some need a setting of the app besides.'),
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
    .optional()
    .describe('Names of channels, or beginnings of names such as room-*; all unless given.'),
  batch: z
    .boolean()
    .default(true)
    .describe('Puts the events of 50 ms into one request; with false each has its own.'),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header'),
      z.string().regex(/^[\x20-\x7e]{0,1000}$/, 'must be printable ASCII'),
    )
    .refine(
      (headers) => Object.keys(headers).every((name) => !OWN_HEADERS.test(name)),
      'must not set headers of the gateway: X-Pusher-, X-Standpipe-, Content-, Host and of the connection',
    )
    .optional()
    .describe('Headers that every request of it carries besides.'),
});
