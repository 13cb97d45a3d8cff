-- KEYS: one for each entry. ARGV: the call's id, the lease; of each entry: its window's length in ms (0: slots), the age in ms of
-- what was counted elsewhere, and how much it was. A window's entries come oldest first. One behind a younger cell, which
-- another worker has counted meanwhile, is forgotten with it: too late, never too early.

local id, lease = ARGV[1], ARGV[2]
local now = milliseconds()
for i = 1, #KEYS do
  local at = 3 * i
  local length, age, amount = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if length == 0 then
    change(KEYS[i], lease, amount)
  else
    append(slide(KEYS[i], length, now), now - age, amount)
  end
end
return id .. ' restored'
