-- Slots are a hash: lease -> how many its worker holds. A lease is alive while its worker's last beat in the sorted set of
-- workers is not stale; whatever a dead one held is free.

local function alive(workers, lease, stale, now)
  local beat = redis.call('ZSCORE', workers, lease)
  return beat and beat + stale >= now
end

local function held(key, workers, stale, now)
  local all = redis.call('HGETALL', key)
  local sum = 0
  for i = 1, #all, 2 do
    if alive(workers, all[i], stale, now) then
      sum = sum + all[i + 1]
    else
      redis.call('HDEL', key, all[i])
    end
  end
  return sum
end

local function change(key, lease, by)
  -- Below zero for a moment, when a slot's release overtakes what tells of its taking.
  if redis.call('HINCRBY', key, lease, by) == 0 then
    redis.call('HDEL', key, lease)
  end
  redis.call('PEXPIRE', key, 2 * 86400 * 1000)
end
