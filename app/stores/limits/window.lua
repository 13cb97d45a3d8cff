-- The window of pipeline/limits/window.py, as a hash: t is the total, f the number of the first cell, n that of the next one;
-- a cell's number -> "start:last:amount". Times are milliseconds of the server, so a cell counts until the one after its last.
-- Numbers begin at the time a window is made: one that was forgotten and is made anew never uses a number twice.

local GRAINS = 100

local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function cell(window, number)
  local held = redis.call('HGET', window.key, number)
  local start, last, amount = string.match(held, '(%d+):(%d+):(%d+)')
  return tonumber(start), tonumber(last), tonumber(amount)
end

local function write(window, number, start, last, amount)
  redis.call('HSET', window.key, number, string.format('%.0f:%.0f:%.0f', start, last, amount),
    't', window.total, 'f', window.first, 'n', window.next)
  redis.call('PEXPIRE', window.key, math.ceil(window.length * 1.02) + 1)
end

-- The window as of now: what counts no more is gone.
local function slide(key, length, now)
  local kept = redis.call('HMGET', key, 't', 'f', 'n')
  local window = {
    key = key, length = length,
    total = tonumber(kept[1] or 0), first = tonumber(kept[2] or now), next = tonumber(kept[3] or now),
  }
  local before = window.first
  while window.first < window.next do
    local _, last, amount = cell(window, window.first)
    if last + length >= now then break end
    redis.call('HDEL', key, window.first)
    window.total = window.total - amount
    window.first = window.first + 1
  end
  if window.first > before then
    redis.call('HSET', key, 't', window.total, 'f', window.first)
  end
  return window
end

local function append(window, at, amount)
  local number = window.next
  window.next = number + 1
  window.total = window.total + amount
  write(window, number, at, at, amount)
  return number
end

-- The number of the cell that it went into.
local function add(window, now, amount)
  local number = window.next - 1
  if number >= window.first then
    local start, last, held = cell(window, number)
    if now - start < window.length / GRAINS then
      window.total = window.total + amount
      write(window, number, start, math.max(last, now), held + amount)
      return number
    end
  end
  return append(window, now, amount)
end

local function take_back(window, number, amount)
  if number >= window.first and number < window.next then
    local start, last, held = cell(window, number)
    amount = math.min(amount, held)
    window.total = window.total - amount
    write(window, number, start, last, held - amount)
  end
end

-- Milliseconds until `amount` fits below `limit`; 0 for at once, -1 for never.
local function wait(window, now, amount, limit)
  local over = window.total + amount - limit
  if over <= 0 then return 0 end
  if amount > limit then return -1 end
  for number = window.first, window.next - 1 do
    local _, last, held = cell(window, number)
    over = over - held
    if over <= 0 then return last + window.length - now + 1 end
  end
  return 1
end

local function frees_in(window, now)
  if window.first >= window.next then return 0 end
  local _, last = cell(window, window.first)
  return last + window.length - now + 1
end
