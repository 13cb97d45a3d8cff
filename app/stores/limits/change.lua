-- KEYS: one for each change. ARGV: the call's id, the lease; of each change: its window's length in ms (0: slots), the number of
-- the cell (-1: not known any more), and by how much.

local id, lease = ARGV[1], ARGV[2]
local now = milliseconds()
for i = 1, #KEYS do
  local at = 3 * i
  local length, number, by = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if length == 0 then
    change(KEYS[i], lease, by)
  elseif by > 0 then
    add(slide(KEYS[i], length, now), now, by)
  else
    take_back(slide(KEYS[i], length, now), number, -by)
  end
end
return id .. ' changed'
