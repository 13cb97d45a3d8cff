-- KEYS: the workers, then one for each claim. ARGV: the call's id, the lease, stale in ms; of each claim: its window's length in
-- ms (0: a slot), its limit, its amount.
-- Gives `id granted remaining reset cell …`, `id refused wait remaining reset …` or, for a lease that has ended, `id lost`.
-- Words in one text: a client reads an array element by element.

local workers, id, lease, stale = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local now = milliseconds()
if not alive(workers, lease, stale, now) then
  return id .. ' lost'
end

local claims, answer, fits = {}, {id, 'refused'}, true
for i = 2, #KEYS do
  local at = 3 * i - 2
  local length, limit, amount = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local claim = {key = KEYS[i], limit = limit, amount = amount}
  local waits, left, frees = 0, 0, 0
  if length == 0 then
    claim.held = held(claim.key, workers, stale, now)
    left = limit - claim.held
    if left < amount then waits = -2 end
  else
    claim.window = slide(claim.key, length, now)
    left = limit - claim.window.total
    waits = wait(claim.window, now, amount, limit)
    frees = frees_in(claim.window, now)
  end
  fits = fits and waits == 0
  claims[#claims + 1] = claim
  answer[#answer + 1] = waits
  answer[#answer + 1] = math.max(0, left)
  answer[#answer + 1] = frees
end
if not fits then
  return table.concat(answer, ' ')
end

answer = {id, 'granted'}
for _, claim in ipairs(claims) do
  local left, frees, number = 0, 0, -1
  if claim.window then
    number = add(claim.window, now, claim.amount)
    left = claim.limit - claim.window.total
    frees = frees_in(claim.window, now)
  else
    change(claim.key, lease, claim.amount)
    left = claim.limit - claim.held - claim.amount
  end
  answer[#answer + 1] = math.max(0, left)
  answer[#answer + 1] = frees
  answer[#answer + 1] = number
end
return table.concat(answer, ' ')
