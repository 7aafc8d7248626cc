/** The one app of the gateway under load. */
export const APP = { id: '1', key: 'key', secret: 'a-secret-of-the-benchmarks' };

/**
 * Limits of rate, made against one browser that sends too much, and of sizes: they do not end a measurement. Pings would
 * come between numbered frames.
 */
export const LIMITS = {
  maxBackChannelEventsPerSecond: 1e6,
  maxChannelsPerSocket: 1e4,
  maxMembersPerChannel: 2e4,
  maxSubscriptionsPerSecond: 1e6,
  maxAuthRequestsPerSecond: 1e6,
  pingMs: 3_600_000,
};
