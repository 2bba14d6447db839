-- Publish one message: its offset, its entry in the history, and PUBLISH, in one step.
--
-- KEYS: the channel's log, its entries, the publisher's answers, the rules, and with an
--       idempotency key the place of its answer
-- ARGV: subject, epoch of a log that begins now, publisher, number, body, size and ttl (ms) of the
--       history ("?": as stored here), version or "", lifetimes in s of a log, of a publisher's
--       answers and of an idempotency key
-- Answers "EPOCH,OFFSET,TAG". A call that is repeated is answered as it was the first time.
local log, entries, answers, rules, once = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local subject, fresh, publisher, body = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local number, size, ttl, version = tonumber(ARGV[4]), ARGV[6], ARGV[7], ARGV[8]
local SLOTS = 512 -- more than one batch: only that is ever repeated

-- A beat is in no log and noted nowhere. It writes all the same: a server that cannot must not pass
-- for one that is well.
if number == 0 then
  redis.call('SET', answers, '', 'EX', 60)
  redis.call('PUBLISH', subject, '-,0,,,0\n' .. body)
  return '-,0,'
end

local slot = tostring(number % SLOTS)
local had = redis.call('HMGET', answers, 'last', slot)
if had[1] and tonumber(had[1]) >= number then
  local which, answer = string.match(had[2] or '', '^(%d+) (.*)$')
  if tonumber(which) == number then
    return answer
  end
  return redis.error_reply('LATE it comes after later publications of its publisher')
end
local function answered(answer)
  redis.call('HSET', answers, 'last', ARGV[4], slot, ARGV[4] .. ' ' .. answer)
  redis.call('EXPIRE', answers, ARGV[10])
  return answer
end
if once then
  local answer = redis.call('GET', once)
  if answer then
    return answered(answer)
  end
end

-- As Rule.fits in port.py, and for its reason.
local function fits(literals, name)
  local first, last = literals[1], literals[#literals]
  if #literals == 1 then
    return name == first
  end
  local ends = #name - #last
  if string.sub(name, 1, #first) ~= first or ends < 0 or string.sub(name, ends + 1) ~= last then
    return false
  end
  local at = #first
  for i = 2, #literals - 1 do
    local from = string.find(name, literals[i], at + 2, true)
    if not from then
      return false
    end
    at = from - 1 + #literals[i]
  end
  return at + 1 <= ends
end

local at = redis.call('HMGET', log, 'epoch', 'offset', 'tag', 'version', 'size', 'ttl')
local epoch, offset, tag = at[1], tonumber(at[2]), at[3]
if not epoch then
  epoch, offset, tag = fresh, 0, ''
  redis.call('DEL', entries)
end
-- As decimal digits: beyond 2^53 two numbers of Lua may be one.
local last = at[4] or ''
if version ~= '' and (#last > #version or (#last == #version and last >= version)) then
  return answered(epoch .. ',' .. string.format('%.0f', offset) .. ',' .. tag)
end

if size == '?' then
  size, ttl = at[5], at[6]
  if not size then -- the first of its channel: by the pattern with most literal text
    size, ttl = '0', '0'
    local most = -1
    for _, stored in ipairs(redis.call('HVALS', rules)) do
      local known, rule = pcall(cmsgpack.unpack, stored) -- another version may write them otherwise
      local literal, its_size, its_ttl, literals = unpack(known and type(rule) == 'table' and rule or {})
      if literals and literal > most and fits(literals, ARGV[12]) then
        most, size = literal, string.format('%.0f', its_size)
        ttl = string.format('%.0f', its_ttl)
      end
    end
  end
end

local now = redis.call('TIME')
local time = now[1] .. string.format('%03d', math.floor(tonumber(now[2]) / 1000))
local before = tag
offset = string.format('%.0f', offset + 1)
tag = string.sub(redis.sha1hex(before .. publisher .. ':' .. ARGV[4]), 1, 8)
local entry = table.concat({ epoch, offset, before, tag, time }, ',') .. '\n' .. body

redis.call('HSET', log, 'epoch', epoch, 'offset', offset, 'tag', tag, 'size', size, 'ttl', ttl)
if version ~= '' then
  redis.call('HSET', log, 'version', version)
end
redis.call('EXPIRE', log, math.max(tonumber(ARGV[9]), math.ceil(tonumber(ttl) / 1000)))
if size == '0' then
  if at[5] and at[5] ~= '0' then -- switched off: a history has no holes
    redis.call('DEL', entries)
  end
else
  redis.call('XADD', entries, 'MAXLEN', size, offset .. '-0', 'e', entry)
  redis.call('PEXPIRE', entries, ttl)
end
redis.call('PUBLISH', subject, entry)

local answer = epoch .. ',' .. offset .. ',' .. tag
if once then
  redis.call('SET', once, answer, 'EX', ARGV[11])
end
return answered(answer)
