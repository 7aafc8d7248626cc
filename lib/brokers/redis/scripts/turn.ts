/**
 * A turn of one node for one app: applied once or not at all.
 *
 * KEYS: 1 head, 2 turns of the node, then those of the operations. ARGV: node's token, number of the turn, and packed as one
 * each operation as a letter, the number of its arguments, and these. Keys stand in arguments as numbers.
 * Reply: `fenced`, `out_of_turn` with the last turn, or `applied` / `repeated` with the results as JSON.
 */
export const TURN = `
local head, own, token, turn = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local slot = 'r' .. (turn % 16)
local before = redis.call('HMGET', own, 'token', 'last', slot)
local last = tonumber(before[2] or '0')
if before[1] and before[1] ~= token then return {'fenced'} end
if turn <= last then
  local kept = before[3] and cjson.decode(before[3])
  if kept and kept[1] == turn then return {'repeated', cjson.encode(kept[2])} end
  return {'repeated', '[]'}
end
if turn > last + 1 then return {'out_of_turn', last} end
redis.call('HSET', own, 'token', token, 'last', turn)

local numbers = redis.call('HMGET', head, 'seq', 'event')
local seq = tonumber(numbers[1] or '0')
local first = seq
-- Number of the last event before this turn.
local lastevent = numbers[2] or '0'
local results = {}
-- Topics and messages of the events of this turn, and for each message the number of its last event.
local events = {}
local ends = {}
local eventbytes = 0
local clock
local function now()
  if not clock then
    local t = redis.call('TIME')
    clock = t[1] * 1000 + math.floor(t[2] / 1000)
  end
  return clock
end
local function push(...)
  for _, each in ipairs({...}) do results[#results + 1] = each end
end
local function varint(n)
  local s = ''
  while n > 127 do
    s = s .. string.char(n % 128 + 128)
    n = math.floor(n / 128)
  end
  return s .. string.char(n)
end
-- Facts of another node count only while that one is dead.
local function mayspeak(of)
  return of == '0' or redis.call('HGET', KEYS[tonumber(of)], 'token') == 'dead'
end
local function set(key, field, count)
  if count == 0 then redis.call('HDEL', key, field) else redis.call('HSET', key, field, count) end
end
-- Sets the number of one node; returns its number before, the total, and the total before.
local function fact(nodes, totals, nodefield, field, count)
  local old = tonumber(redis.call('HGET', nodes, nodefield) or '0')
  if old == count then
    local total = tonumber(redis.call('HGET', totals, field) or '0')
    return old, total, total
  end
  set(nodes, nodefield, count)
  local total = redis.call('HINCRBY', totals, field, count - old)
  if total <= 0 then redis.call('HDEL', totals, field) end
  return old, math.max(total, 0), total - count + old
end
local function transition(total, totalbefore)
  if total > 0 and totalbefore <= 0 then return 1 end
  if total == 0 and totalbefore > 0 then return 2 end
  return 0
end

local operations = {
  -- of, node's, totals, channel, count, tell, topic
  S = function(of, nodes, totals, channel, count, tell, topic)
    if not mayspeak(of) then return push(0, 0, 0) end
    count = tonumber(count)
    local old, total, totalbefore = fact(KEYS[tonumber(nodes)], KEYS[tonumber(totals)], channel, channel, count)
    if old == count then return push(total, 0, 0) end
    seq = seq + 1
    if tell == '1' then
      redis.call('PUBLISH', topic, '\\16' .. varint(seq) .. '\\24' .. varint(total))
    end
    push(total, seq, transition(total, totalbefore))
  end,
  -- of, node's, totals, infos, field, user, info, count, max, topic, message for a member that comes, for one that goes
  M = function(of, nodes, totals, infos, field, user, info, count, max, topic, added, removed)
    if not mayspeak(of) then return push(0, 0) end
    nodes, totals, infos = KEYS[tonumber(nodes)], KEYS[tonumber(totals)], KEYS[tonumber(infos)]
    count = tonumber(count)
    if count > 0 and redis.call('HEXISTS', totals, user) == 0 and redis.call('HLEN', totals) >= tonumber(max) then
      return push(-1, 0)
    end
    local old, total, totalbefore = fact(nodes, totals, field, user, count)
    local change = transition(total, totalbefore)
    if change == 0 then return push(0, 0) end
    seq = seq + 1
    if change == 2 then redis.call('HDEL', infos, user)
    elseif info ~= '' then redis.call('HSET', infos, user, string.sub(info, 2)) end
    redis.call('PUBLISH', topic, (change == 1 and added or removed) .. '\\16' .. varint(seq))
    push(seq, change)
  end,
  -- of, node's, totals, user, count, topic
  U = function(of, nodes, totals, user, count, topic)
    if not mayspeak(of) then return push(0, 0, 0) end
    count = tonumber(count)
    local old, total, totalbefore = fact(KEYS[tonumber(nodes)], KEYS[tonumber(totals)], user, user, count)
    if old == count then return push(total, 0, 0) end
    seq = seq + 1
    local change = transition(total, totalbefore)
    if change > 0 then
      redis.call('PUBLISH', topic, (change == 1 and '\\8\\1' or '') .. '\\16' .. varint(seq))
    end
    push(total, seq, change)
  end,
  -- of, node's, id, open, those that a dead node had, time for which these are known
  O = function(of, nodes, id, open, swept, time)
    if not mayspeak(of) then return push(0) end
    local changed = redis.call(open == '1' and 'SADD' or 'SREM', KEYS[tonumber(nodes)], id)
    if of == '0' then return end
    if changed == 1 then
      swept = KEYS[tonumber(swept)]
      redis.call('SADD', swept, id)
      redis.call('PEXPIRE', swept, time)
    end
    push(changed)
  end,
  -- of, homes, name, node, held
  H = function(of, homes, name, node, held)
    if not mayspeak(of) then return push(0) end
    homes = KEYS[tonumber(homes)]
    local home = redis.call('HGET', homes, name)
    if held == '1' then
      if not home then redis.call('HSET', homes, name, node) end
      home = home or node
    elseif home == node then
      redis.call('HDEL', homes, name)
      home = '0'
    end
    push(tonumber(home or '0'))
  end,
  -- homes, name, node, records, begins anew, time, number of arguments to set, these, fields to take out
  W = function(homes, name, node, records, anew, ttl, sets, ...)
    local home = redis.call('HGET', KEYS[tonumber(homes)], name)
    if home ~= node then return push(home and 0 or 2) end
    records, sets = KEYS[tonumber(records)], tonumber(sets)
    if anew == '1' then redis.call('DEL', records)
    elseif redis.call('EXISTS', records) == 0 then return push(2) end
    local fields = {...}
    if sets > 0 then redis.call('HSET', records, unpack(fields, 1, sets)) end
    if #fields > sets then redis.call('HDEL', records, unpack(fields, sets + 1)) end
    redis.call('PEXPIRE', records, ttl)
    push(1)
  end,
  -- topic, number of events, message, wants the number of nodes
  P = function(topic, count, message, wants)
    message = message .. '\\16' .. varint(seq + 1)
    local nodes = redis.call('PUBLISH', topic, message)
    seq = seq + tonumber(count)
    if wants == '1' then push(nodes) end
    events[#events + 1] = topic
    events[#events + 1] = message
    ends[#ends + 1] = seq
    eventbytes = eventbytes + #topic + #message
  end,
  -- events kept, their parts, topic of numbers, most bytes, time: keeps the events of this turn, in 16 parts of which the oldest go
  G = function(kept, parts, topic, max, time)
    if #events == 0 then return end
    kept, parts, max, time = KEYS[tonumber(kept)], KEYS[tonumber(parts)], tonumber(max), tonumber(time)
    -- Another run of the engine reads none of it: files and replicas are spared.
    if redis.set_repl then redis.set_repl(redis.REPL_NONE) end
    local at = redis.call('HMGET', parts, 'newest', 'oldest', 'bytes', 'at')
    local newest, oldest = tonumber(at[1] or '0'), tonumber(at[2] or '1')
    local bytes = tonumber(at[3] or '0')
    local begins = newest == 0 or bytes * 16 >= max or (now() - tonumber(at[4])) * 8 >= time
    if begins then
      newest = newest + 1
      bytes = 0
      redis.call('HSET', parts, 'newest', newest, 'oldest', oldest, 'at', now(), 'p' .. newest, lastevent .. ' ' .. now())
      local low = newest == 1 and lastevent
      while oldest < newest do
        local number, begun = string.match(redis.call('HGET', parts, 'p' .. (oldest + 1)), '^(%d+) (%d+)$')
        if newest - oldest < 16 and now() - tonumber(begun) < time then break end
        redis.call('HDEL', parts, 'p' .. oldest)
        oldest = oldest + 1
        low = number
      end
      if low then
        redis.call('HSET', parts, 'low', low, 'oldest', oldest)
        redis.call('XTRIM', kept, 'MINID', low .. '-1')
      end
    end
    local failed
    -- Lua passes no more than some thousand values at a time.
    for from = 1, #events, 2000 do
      local to = math.min(from + 1999, #events)
      local reply = redis.pcall('XADD', kept, ends[to / 2] .. '-0', unpack(events, from, to))
      failed = failed or type(reply) == 'table' and reply.err
    end
    if failed then redis.call('DEL', kept, parts)
    else
      redis.call('HSET', parts, 'bytes', bytes + eventbytes)
      if begins then
        redis.call('PEXPIRE', kept, 2 * time)
        redis.call('PEXPIRE', parts, 2 * time)
      end
    end
    if redis.set_repl then redis.set_repl(redis.REPL_ALL) end
    if begins then redis.call('PUBLISH', topic, '\\16' .. varint(seq)) end
  end,
  -- event, miss, cached, beginning of the keys of events, channel, text, time, most channels: of the event just published
  K = function(event, miss, cached, base, channel, text, ttl, max)
    redis.call('SET', KEYS[tonumber(event)], seq .. ' ' .. text, 'PX', ttl)
    redis.call('DEL', KEYS[tonumber(miss)])
    cached = KEYS[tonumber(cached)]
    redis.call('ZADD', cached, now() + tonumber(ttl), channel)
    if redis.call('ZCARD', cached) > tonumber(max) then
      redis.call('ZREMRANGEBYSCORE', cached, 0, now())
      while redis.call('ZCARD', cached) > tonumber(max) do
        redis.call('DEL', base .. redis.call('ZPOPMIN', cached)[1])
      end
    end
  end,
  -- miss, time
  C = function(miss, ttl)
    push(redis.call('SET', KEYS[tonumber(miss)], '1', 'NX', 'PX', ttl) and 1 or 0)
  end,
  -- key, fingerprint, time. True: the block behind it is left out.
  I = function(key, fingerprint, ttl)
    key = KEYS[tonumber(key)]
    local kept = redis.call('HMGET', key, 'f', 'a')
    if not kept[1] then
      redis.call('HSET', key, 'f', fingerprint)
      redis.call('PEXPIRE', key, ttl)
      push('new')
      return false
    end
    if kept[1] ~= fingerprint then push('other')
    elseif kept[2] then push('=' .. kept[2])
    else push('waits') end
    return true
  end,
  A = function(key, answer)
    key = KEYS[tonumber(key)]
    if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'a', answer) end
  end,
  R = function(key) redis.call('DEL', KEYS[tonumber(key)]) end,
  -- key, tokens a second, most tokens, tokens wanted
  T = function(key, rate, burst, want)
    key, rate, burst = KEYS[tonumber(key)], tonumber(rate), tonumber(burst)
    local kept = redis.call('HMGET', key, 't', 'at')
    local tokens = tonumber(kept[1] or burst)
    tokens = math.min(burst, tokens + math.max(0, now() - tonumber(kept[2] or now())) * rate / 1000)
    local taken = math.min(tonumber(want), math.floor(tokens))
    redis.call('HSET', key, 't', tostring(tokens - taken), 'at', now())
    redis.call('PEXPIRE', key, math.min(86400000, math.ceil(burst / rate * 1000) + 1000))
    push(taken)
  end,
}

local said = cmsgpack.unpack(ARGV[3])
local at = 1
local leftout = 0
while at <= #said do
  local letter, count = said[at], tonumber(said[at + 1])
  if leftout > 0 then leftout = leftout - 1
  else
    local skips = operations[letter](unpack(said, at + 2, at + 1 + count))
    if letter == 'I' and skips then leftout = tonumber(said[at + 1 + count]) end
  end
  at = at + 2 + count
end
if #events > 0 then redis.call('HSET', head, 'seq', seq, 'event', seq)
elseif seq > first then redis.call('HSET', head, 'seq', seq) end
if #results == 0 then return {'applied', '[]'} end
local text = cjson.encode(results)
redis.call('HSET', own, slot, '[' .. turn .. ',' .. text .. ']')
return {'applied', text}
`;
