/**
 * Decides for states whether a node tells observers outside of them, and notes that it owes them. KEYS: marks of all that was
 * told as present, states that are owed, then for each state its mark as gone. ARGV: node, time of marks, then for each state its
 * field, 1 or 0 for present or gone, the number of its change, and the node, with an f where the state was found by a review.
 * Reply for each: 0 for no, 1 for yes, or 2 where a state of the thing was told again; then its mark ends with that word, from
 * then on. A mark is a number and the last argument. Number 0: it was there when nothing was known, and is taken for told, unless
 * its change is still on its way. Node 0: a later change brought the same state.
 */
export const TELL = `
local answers = {}
local function seqof(mark) return tonumber(string.match(mark, '^%d+')) end
for i = 3, #KEYS do
  local at = 3 + (i - 3) * 4
  local field, present, seq, by = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3]
  local here, gone = redis.call('HGET', KEYS[1], field), redis.call('GET', KEYS[i])
  local told = here or gone
  local same = told and seqof(told) > 0 and ((here and present == '1') or (not here and present == '0'))
  local again = told and string.find(told, ' again', 1, true)
  local yes = again and 2 or 1
  if same and seqof(told) == seq then
    answers[i - 2] = string.match(told, '^%d+ %w+') == seq .. ' ' .. by and yes or 0
  elseif told and seqof(told) >= seq then
    answers[i - 2] = 0
  else
    local mark = seq .. ' ' .. (same and '0' or by) .. (again and ' again' or '')
    if present == '1' then
      redis.call('HSET', KEYS[1], field, mark)
      redis.call('DEL', KEYS[i])
    else
      redis.call('HDEL', KEYS[1], field)
      redis.call('SET', KEYS[i], mark, 'PX', ARGV[2])
    end
    answers[i - 2] = same and 0 or yes
    if not same then
      redis.call('HSET', KEYS[2], ARGV[1] .. ' ' .. ARGV[at + 2] .. ' ' .. present .. ' ' .. field, '')
    end
  end
end
return answers
`;

/**
 * Notes that a node owes states no more. KEYS: as above. ARGV: node, then for each state its field, 1 or 0 for present or gone,
 * the number of its change, and 1 where the node has told nothing of the thing behind it. Reply: for each, also to a repeated
 * question, the number of the opposite state where that was told last, which the node owes instead, or -1. A thing without a
 * mark is gone: the mark is too old to be kept.
 */
export const TOLD = `
local answers = {}
for i = 3, #KEYS do
  local at = 2 + (i - 3) * 4
  local field, present, seq = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local head = ARGV[1] .. ' '
  local isOwed = redis.call('HDEL', KEYS[2], head .. seq .. ' ' .. present .. ' ' .. field) == 1
  local here = redis.call('HGET', KEYS[1], field)
  local state = here and '1' or '0'
  local answer = -1
  if ARGV[at + 3] == '1' and state ~= present then
    local mark = here or redis.call('GET', KEYS[i])
    local later = mark and string.match(mark, '^%d+') or seq
    local owed = head .. later .. ' ' .. state .. ' ' .. field
    if isOwed then redis.call('HSET', KEYS[2], owed, '') end
    if redis.call('HEXISTS', KEYS[2], owed) == 1 then
      answer = tonumber(later)
      if mark and not string.find(mark, ' again', 1, true) then
        mark = mark .. ' again'
        if here then redis.call('HSET', KEYS[1], field, mark)
        else redis.call('SET', KEYS[i], mark, 'PX', redis.call('PTTL', KEYS[i])) end
      end
    end
  end
  answers[i - 2] = answer
end
return answers
`;

/**
 * Gives states that nodes owe to another one. KEYS: states that are owed. ARGV: for each state its field of the node before,
 * and of the one that takes it. Reply: 1, also to a repeated question, or 0 where a third one has taken it.
 */
export const TAKE = `
local answers = {}
for i = 1, #ARGV, 2 do
  local taken = redis.call('HDEL', KEYS[1], ARGV[i]) == 1
  if taken then redis.call('HSET', KEYS[1], ARGV[i + 1], '') end
  answers[#answers + 1] = (taken or redis.call('HEXISTS', KEYS[1], ARGV[i + 1]) == 1) and 1 or 0
end
return answers
`;
