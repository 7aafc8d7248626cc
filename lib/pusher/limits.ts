/** Limits of the Channels protocol. Lengths count UTF-16 units, `Bytes` count UTF-8. */
export interface ChannelLimits {
  /** Characters of a channel name with its prefixes. Default 164. */
  maxChannelNameLength: number;
  /** Characters of an event name. Default 200. */
  maxEventNameLength: number;
  /** Data of one event, published or sent by a client. Default 10240. */
  maxEventDataBytes: number;
  /** Channels that one socket may be subscribed to; the hosted service has no such limit. Default 500. */
  maxChannelsPerSocket: number;
  /** Distinct members of a presence channel. Default 100. */
  maxMembersPerChannel: number;
  /** JSON text of a member's `user_info`. Default 1024. */
  maxUserInfoBytes: number;
  /** Characters of a user id. Default 128. */
  maxUserIdLength: number;
  /** Client events per second and socket. Default 10. */
  maxClientEventsPerSecond: number;
  /** User ids on the watchlist of one user; further ones are ignored. Default 100. */
  maxWatchlistUsers: number;
  /** Channels of one publish. Default 100. */
  maxChannelsPerPublish: number;
  /** Events of one batch. Default 10. */
  maxEventsPerBatch: number;
}

/** Characters of the key of a latest event, which is Standpipe's own. */
export const MAX_LATEST_KEY_LENGTH = 200;

/** The limits that are documented for the hosted service. */
export const DEFAULT_CHANNEL_LIMITS: Readonly<ChannelLimits> = Object.freeze({
  maxChannelNameLength: 164,
  maxEventNameLength: 200,
  maxEventDataBytes: 10_240,
  maxChannelsPerSocket: 500,
  maxMembersPerChannel: 100,
  maxUserInfoBytes: 1024,
  maxUserIdLength: 128,
  maxClientEventsPerSecond: 10,
  maxWatchlistUsers: 100,
  maxChannelsPerPublish: 100,
  maxEventsPerBatch: 10,
});
