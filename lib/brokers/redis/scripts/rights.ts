/**
 * Script with every command that a node sends, as far as commands touch data. No script is undone where it is refused:
 * commands before the refused one count, and the same turn said again passes for applied. So rights are looked at before
 * the first turn.
 *
 * KEYS: a hash, a sorted set, a set, a string, a stream. ARGV: a topic. Nothing is left of them.
 */
export const RIGHTS = `
local hash, sorted, set, text, stream = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
redis.call('PUBLISH', ARGV[1], '')
redis.call('TIME')
redis.call('DEL', hash, sorted, set, text, stream)
redis.call('HSET', hash, 'a', '1')
redis.call('HINCRBY', hash, 'a', 1)
redis.call('HGET', hash, 'a')
redis.call('HMGET', hash, 'a')
redis.call('HEXISTS', hash, 'a')
redis.call('HLEN', hash)
redis.call('HSCAN', hash, '0')
redis.call('PEXPIRE', hash, 60000)
redis.call('HDEL', hash, 'a')
redis.call('ZADD', sorted, 1, 'a')
redis.call('ZSCORE', sorted, 'a')
redis.call('ZCARD', sorted)
redis.call('ZRANGE', sorted, 0, -1)
redis.call('ZRANGEBYSCORE', sorted, 0, 0)
redis.call('ZREMRANGEBYSCORE', sorted, 0, 0)
redis.call('ZREM', sorted, 'b')
redis.call('ZPOPMIN', sorted)
redis.call('SADD', set, 'a')
redis.call('SCARD', set)
redis.call('SMEMBERS', set)
redis.call('SSCAN', set, '0')
redis.call('SREM', set, 'a')
redis.call('SET', text, '', 'PX', 60000)
redis.call('GET', text)
redis.call('PTTL', text)
redis.call('EXISTS', text)
redis.call('XADD', stream, '1-0', 'a', '')
redis.call('XRANGE', stream, '(0', '+')
redis.call('XTRIM', stream, 'MINID', '1')
redis.call('DEL', text, stream)
`;
