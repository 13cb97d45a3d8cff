"""The ledger's SQL. Both engines understand it; SQLite writes its numbered parameters `?1`. CockroachDB accepts it too."""

PAY = """
UPDATE {table} SET held_nano = held_nano + $2, used_nano = used_nano + $3, requests = requests + $4,
  input_tokens = input_tokens + $5, output_tokens = output_tokens + $6, last_used_at = COALESCE($7, last_used_at){more}
WHERE id = $1
"""
USER = PAY.format(table="users", more=", balance_nano = balance_nano - $3")
TOKEN = PAY.format(table="tokens", more="")

SERVED = """
UPDATE {table} SET used_nano = used_nano + $2, cost_nano = cost_nano + $3, requests = requests + $4,
  input_tokens = input_tokens + $5, output_tokens = output_tokens + $6, last_used_at = $7
WHERE id = $1
"""
CHANNEL = SERVED.format(table="channels")
KEY = SERVED.format(table="channel_keys")

NEW_CHARGE = """
INSERT INTO charges (id, "user", token, lease, state, held_nano, amount_nano, cost_nano, reason, created_at, resolved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
CHARGE = """
UPDATE charges SET state = $2, held_nano = $3, amount_nano = $4, cost_nano = $5, reason = $6, resolved_at = $7 WHERE id = $1
"""
TRANSFER = """
INSERT INTO ledger (id, key, debit_account, credit_account, amount_nano, kind, created_at, note)
VALUES ($1, $2, $3, $4, $5, 'consumption', $6, '')
"""

SEEN = """
INSERT INTO leases (id, seen_at) VALUES ($1, {now}) ON CONFLICT (id) DO UPDATE SET seen_at = {now}
"""
LOST_CHARGES = """
SELECT c.id, c."user", c.token FROM charges c LEFT JOIN leases l ON l.id = c.lease
WHERE c.state = 'held' AND (l.seen_at IS NULL OR l.seen_at < {now} - $1) ORDER BY c.id LIMIT 500
"""
FORGET = """
DELETE FROM leases WHERE seen_at < {now} - $1 AND NOT EXISTS
  (SELECT 1 FROM charges c WHERE c.lease = leases.id AND c.state = 'held')
"""
