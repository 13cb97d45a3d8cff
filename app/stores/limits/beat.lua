-- KEYS: the workers. ARGV: the call's id, the lease (or nothing: to end one), stale in ms, and the lease it takes the place of.
-- Gives `id kept|stale|unknown number`: what became of the lease that was, and how many workers are alive.

local workers, id, lease, stale, old = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] or ''
local now = milliseconds()
local beat = redis.call('ZSCORE', workers, lease)
if old ~= '' then
  -- A lease that is there already was begun by a call whose answer got lost.
  beat = beat or redis.call('ZSCORE', workers, old)
end
local state = not beat and 'unknown' or (beat + stale >= now and 'kept' or 'stale')
if lease ~= '' and (old ~= '' or state == 'kept') then
  redis.call('ZADD', workers, now, lease)
end
if old ~= '' then
  redis.call('ZREM', workers, old)
end
redis.call('ZREMRANGEBYSCORE', workers, '-inf', now - 86400 * 1000)
return table.concat({id, state, redis.call('ZCOUNT', workers, now - stale, '+inf')}, ' ')
