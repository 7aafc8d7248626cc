/** Time of the engine in ms: the clocks of nodes have no say. */
const NOW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`;

/** KEYS: nodes, tokens, used. ARGV: token, lease, numbers to choose from. Reply: the number taken, or 0. */
export const REGISTER = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[3], 0, now - 86400000)
for i = 3, #ARGV do
  local node = ARGV[i]
  if not redis.call('ZSCORE', KEYS[3], node) and redis.call('HEXISTS', KEYS[2], node) == 0 then
    redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), node)
    redis.call('HSET', KEYS[2], node, ARGV[1])
    redis.call('ZADD', KEYS[3], now, node)
    return tonumber(node)
  end
end
return 0
`;

/**
 * KEYS: nodes, tokens, used, era. ARGV: node, token, lease, name of an era. Reply: the time, the era, and the nodes that
 * have not left; or 0 when the node was declared dead. An engine that has lost everything knows no numbers: then the node
 * keeps its own. Such an engine knows no era either, and the first node gives it the next one.
 */
export const RENEW = `${NOW}
local token = redis.call('HGET', KEYS[2], ARGV[1])
if token ~= ARGV[2] then
  if token or redis.call('ZSCORE', KEYS[3], ARGV[1]) then return {0} end
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('ZADD', KEYS[3], now, ARGV[1])
redis.call('SET', KEYS[4], ARGV[4], 'NX')
return {now, redis.call('GET', KEYS[4]), unpack(redis.call('ZRANGEBYSCORE', KEYS[1], '(0', '+inf'))}
`;

/** KEYS: nodes, tokens, used, dead. ARGV: node, token. The lease is over, and the node counts as declared dead. */
export const RELEASE = `${NOW}
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], now, ARGV[1])
redis.call('SADD', KEYS[4], ARGV[1])
`;

/** KEYS: nodes, tokens, used, dead. ARGV: time after which it is too late. Declares nodes without a lease dead. Reply: the dead that have not been swept. */
export const BURY = `${NOW}
if now > tonumber(ARGV[1]) then return redis.call('SMEMBERS', KEYS[4]) end
for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], node)
  redis.call('HDEL', KEYS[2], node)
  redis.call('ZADD', KEYS[3], now, node)
  redis.call('SADD', KEYS[4], node)
end
return redis.call('SMEMBERS', KEYS[4])
`;

/**
 * KEYS: tokens, apps. ARGV: node, token, app. Lists an app before the first turn of a node there. Reply: 0 when the node was
 * declared dead: a sweeper may have read the list.
 */
export const LIST = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('SADD', KEYS[2], ARGV[3])
return 1
`;

/** KEYS: dead, apps. ARGV: node, number of apps that were swept. Reply: 0 when there are others. */
export const BURIED = `
if redis.call('SCARD', KEYS[2]) ~= tonumber(ARGV[2]) then return 0 end
redis.call('SREM', KEYS[1], ARGV[1])
return 1
`;

/** KEYS: turns of a node in an app. From here on none counts. The number comes back after a day at the earliest. */
export const FENCE = `
redis.call('HSET', KEYS[1], 'token', 'dead')
redis.call('PEXPIRE', KEYS[1], 86400000)
`;

/**
 * KEYS: head, turns of the node. ARGV: token, last turn that the node has an answer for, last number it has seen. After a
 * loss the next turn is the one behind it, and numbers do not fall.
 */
export const REJOIN = `
local kept = redis.call('HMGET', KEYS[2], 'token', 'last')
if kept[1] and kept[1] ~= ARGV[1] then return 0 end
local last = math.max(tonumber(kept[2] or '0'), tonumber(ARGV[2]))
redis.call('HSET', KEYS[2], 'token', ARGV[1], 'last', last)
if tonumber(redis.call('HGET', KEYS[1], 'seq') or '0') < tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'seq', ARGV[3])
end
return 1
`;
