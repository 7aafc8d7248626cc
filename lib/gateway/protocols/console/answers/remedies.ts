/** Remedies of refusals, by their reason, or by entrance and reason. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  [
    'subscribe_proof',
    'The signature does not fit. Does the auth endpoint sign with the key and secret of this app, and exactly the socket id and channel it was asked about?',
  ],
  [
    'subscribe_member',
    'The presence data is missing or wrong: the auth endpoint must answer channel_data with a user_id.',
  ],
  ['subscribe_name', 'The channel’s name has characters that are not allowed, or is too long.'],
  [
    'subscribe_limit',
    'A limit of channels, members or subscriptions per second is reached: see Config.',
  ],
  [
    'subscribe_existing',
    'The page subscribed twice to one channel: harmless, but it binds its handlers twice.',
  ],
  [
    'not_subscribed',
    'The page triggers on a channel that it is not subscribed to: wait for pusher:subscription_succeeded.',
  ],
  [
    'client_events',
    'Client events are off for this app, or the channel is public: set clientEvents, and use private- or presence-.',
  ],
  [
    'event_rate',
    'A page sends more events than it may: throttle it, or raise maxClientEventsPerSecond.',
  ],
  ['event_data', 'The data is too large: send an id, and let the page fetch the rest.'],
  ['event_name', 'The event’s name is too long.'],
  ['signin', 'The signature of the sign-in does not fit, or the user data is wrong.'],
  ['malformed', 'Messages break the protocol: an old client, or no Channels client at all.'],
  [
    'unauthorized',
    'The key or the signature is wrong, or the clock of the sender is off by minutes.',
  ],
  ['forbidden', 'The app is switched off, or does not allow this.'],
  ['bad_request', 'The request breaks a rule of the HTTP API; the message says which.'],
  ['not_found', 'The address or the app’s id is wrong.'],
  ['too_many_requests', 'The app is above maxRequestsPerSecond.'],
  ['content_too_large', 'A body is above maxRequestBytes, or an event above maxEventDataBytes.'],
  ['payload_too_large', 'A body is above maxRequestBytes, or an event above maxEventDataBytes.'],
  ['service_unavailable', 'The gateway is full or drains: see Nodes.'],
  [
    'app_unknown',
    'The page has a key that no app here has: a wrong environment, or an app that was removed.',
  ],
  ['app_disabled', 'The app is switched off (enabled: false).'],
  ['over_quota', 'The app has as many connections as it may: raise maxConnectionsPerApp.'],
  ['unsupported_protocol', 'The client is too old or too new, or no Channels client.'],
  ['replaced', 'Two backends have the same name: give each its own.'],
  [
    'stale_owner',
    'A backend answered an event of a partition that has another owner by now: it was too slow.',
  ],
]);

const CLOSES: ReadonlyMap<number, string> = new Map([
  [1000, 'The page closed the connection.'],
  [1001, 'The page was left or reloaded.'],
  [1005, 'The page closed the connection.'],
  [
    1006,
    'The network broke off: no farewell came. Many at once are a proxy or a restart in between.',
  ],
  [1009, 'A message was too large: see maxMessageBytes.'],
  [4001, 'A key that no app here has.'],
  [4003, 'The app is switched off.'],
  [4009, 'The app terminated the user, or the connection did not authorize itself in time.'],
  [4100, 'Cut since it did not read, or sent away by a restart; it comes back after a second.'],
  [4200, 'Asked to come back at once.'],
  [4201, 'No answer to pings: a sleeping device, or a dead network.'],
]);

export function refusalRemedy(reason: string): string {
  return REFUSALS.get(reason) ?? '';
}

export function closeRemedy(code: number): string {
  return CLOSES.get(code) ?? '';
}
