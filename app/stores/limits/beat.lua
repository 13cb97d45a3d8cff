-- KEYS: the workers. ARGV: the call's id, the lease, stale in ms, and when a lease is begun the one it takes the place of.
-- Gives {id, 'kept' | 'stale' | 'unknown', how many workers are alive}: what became of the lease that was.

local workers, id, lease, stale, old = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] or ''
local now = milliseconds()
local beat = redis.call('ZSCORE', workers, lease)
if old ~= '' then
  -- A lease that is there already was begun by a call whose answer got lost.
  beat = beat or redis.call('ZSCORE', workers, old)
end
local state = not beat and 'unknown' or (beat + stale >= now and 'kept' or 'stale')
if old ~= '' or state == 'kept' then
  redis.call('ZADD', workers, now, lease)
end
if old ~= '' then
  redis.call('ZREM', workers, old)
end
redis.call('ZREMRANGEBYSCORE', workers, '-inf', now - 86400 * 1000)
return {id, state, redis.call('ZCOUNT', workers, now - stale, '+inf')}
