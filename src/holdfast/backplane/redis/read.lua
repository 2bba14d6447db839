-- Read a log: where it stands, and what it keeps.
--
-- KEYS: the channel's log, its entries
-- ARGV: epoch of a log that begins now, size and ttl (ms) of the history ("?": as stored here),
--       "known", "since" or "", and that position's epoch, offset and tag, limit, "1" for the
--       newest first, lifetime in s of a log, and 0 or the bytes after which to end
-- Answers {epoch, offset, tag, "1" if it goes on from the position, time in ms before which
-- entries have expired, entries...}.
local log, entries = KEYS[1], KEYS[2]
local fresh, size, ttl, mode, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[8]
local known_epoch, known, known_tag = ARGV[5], tonumber(ARGV[6]), ARGV[7]

local at = redis.call('HMGET', log, 'epoch', 'offset', 'tag', 'size', 'ttl')
local epoch, offset, tag = at[1], tonumber(at[2]), at[3]
if not epoch then
  epoch, offset, tag = fresh, 0, ''
  redis.call('DEL', entries)
  redis.call('HSET', log, 'epoch', epoch, 'offset', '0', 'tag', '')
end
if size ~= '?' then
  if size == '0' and at[4] and at[4] ~= '0' then -- switched off: a history has no holes
    redis.call('DEL', entries)
  end
  redis.call('HSET', log, 'size', size, 'ttl', ttl)
else
  ttl = at[5] or '0'
end
redis.call('EXPIRE', log, math.max(tonumber(ARGV[10]), math.ceil(tonumber(ttl) / 1000)))

-- Whether this is the log that the position is of, and whether all that came after it is here.
local other, complete = false, mode == ''
if mode ~= '' and known_epoch == epoch then
  if known >= offset then
    complete = known == offset and (known_tag == '' or known_tag == tag)
    other = not complete
  else
    local after = '(' .. string.format('%.0f', known) .. '-0'
    local next = redis.call('XRANGE', entries, after, '+', 'COUNT', 1)[1]
    local which, before = string.match(next and next[2][2] or '', '^[^,]*,(%d+),([^,]*),')
    if tonumber(which) == known + 1 then
      complete = known_tag == '' or known_tag == before
      other = not complete
    end
  end
end
if other and mode == 'known' then
  epoch = fresh
  redis.call('HSET', log, 'epoch', epoch)
end

local found = {}
if tonumber(limit) > 0 then
  local after = '-'
  if mode ~= '' and complete then
    after = '(' .. string.format('%.0f', known) .. '-0'
  end
  if ARGV[9] == '1' or (mode == 'known' and not complete) then
    found = redis.call('XREVRANGE', entries, '+', after, 'COUNT', limit)
  else
    found = redis.call('XRANGE', entries, after, '+', 'COUNT', limit)
  end
end

local now = redis.call('TIME')
local expired = now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(ttl)
local answer = {
  epoch, string.format('%.0f', offset), tag, complete and '1' or '', string.format('%.0f', expired)
}
local most, size_of_all = tonumber(ARGV[11]), 0
for _, entry in ipairs(found) do
  answer[#answer + 1] = entry[2][2]
  size_of_all = size_of_all + #entry[2][2]
  if most > 0 and size_of_all >= most then
    break
  end
end
return answer
