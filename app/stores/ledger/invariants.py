"""What must be so in the books, as SQL that both engines understand, CockroachDB too: a row of an answer is a break."""

from dataclasses import dataclass

from app.db.charges import HELD, SETTLED, VOID
from app.db.ledger import SALES


@dataclass(frozen=True, slots=True)
class Invariant:
    """`count` tells how many `things` were looked at, `breaks` finds those that are wrong, and `says` what is wrong about one: a
    template of the answer's columns, in which those that end in `_nano` are dollars."""

    name: str
    what: str
    things: str
    count: str
    breaks: str
    says: str


def _counted(table: str, where: str = "") -> str:
    return f"SELECT COUNT(*) AS number FROM {table} {where}"  # noqa: S608  # all of it is written here


def _cached(payer: str, name: str, column: str, sums: str, what: str) -> Invariant:
    """A column of a payer is the sum that its charges make."""
    return Invariant(
        "I2",
        what,
        f"{payer}s",
        _counted(f"{payer}s"),
        f"""
        SELECT p.{name} AS name, p.{column} AS has_nano, COALESCE(c.nano, 0) AS is_nano FROM {payer}s p
        LEFT JOIN (SELECT "{payer}" AS payer, SUM({sums} GROUP BY "{payer}") c ON c.payer = p.id
        WHERE p.{column} <> COALESCE(c.nano, 0) ORDER BY 1
        """,  # noqa: S608  # as above
        f"{payer} {{name}}: {column} says {{has_nano}} USD, its charges {{is_nano}} USD",
    )


OPEN = f"held_nano) AS nano FROM charges WHERE state = '{HELD}'"
SPENT = f"amount_nano) AS nano FROM charges WHERE state = '{SETTLED}'"
POSTED = f"c.state = '{SETTLED}' AND c.amount_nano > 0"

INVARIANTS = (
    Invariant(
        "I1",
        "every transfer moves more than nothing from one account to another",
        "transfers",
        _counted("ledger"),
        """
        SELECT key, amount_nano, debit_account AS debit, credit_account AS credit FROM ledger
        WHERE amount_nano <= 0 OR debit_account = credit_account OR debit_account = '' OR credit_account = '' ORDER BY 1
        """,
        "transfer {key}: {amount_nano} USD from {debit!r} to {credit!r}",
    ),
    Invariant(
        "I1",
        "every account is a user's or the house's",
        "accounts",
        _counted("(SELECT debit_account FROM ledger UNION SELECT credit_account FROM ledger) AS accounts"),
        """
        SELECT account FROM (SELECT debit_account AS account FROM ledger UNION SELECT credit_account FROM ledger) AS accounts
        WHERE account NOT LIKE 'house:%' AND account NOT IN (SELECT 'user:' || CAST(id AS TEXT) FROM users) ORDER BY 1
        """,
        "account {account!r}: there is no such user",
    ),
    Invariant(
        "I2",
        "a user's balance is what the ledger credits it with, less what it debits",
        "users",
        _counted("users"),
        """
        SELECT u.username AS name, u.balance_nano AS has_nano, COALESCE(m.nano, 0) AS is_nano FROM users u LEFT JOIN (
          SELECT account, SUM(nano) AS nano FROM (
            SELECT credit_account AS account, amount_nano AS nano FROM ledger
            UNION ALL SELECT debit_account, -amount_nano FROM ledger
          ) AS sides GROUP BY account
        ) m ON m.account = 'user:' || CAST(u.id AS TEXT)
        WHERE u.balance_nano <> COALESCE(m.nano, 0) ORDER BY 1
        """,
        "user {name}: the balance is {has_nano} USD, the ledger says {is_nano} USD",
    ),
    _cached("user", "username", "held_nano", OPEN, "what is held of a user's balance is the sum of the open charges"),
    _cached("user", "username", "used_nano", SPENT, "what a user has used is the sum of the settled charges"),
    _cached("token", "name", "held_nano", OPEN, "what is held of a token's quota is the sum of the open charges"),
    _cached("token", "name", "used_nano", SPENT, "what a token has used is the sum of the settled charges"),
    Invariant(
        "I3",
        "a charge is held, settled or void, and only a settled one has an amount",
        "charges",
        _counted("charges"),
        f"""
        SELECT id, state, COALESCE(amount_nano, 0) AS amount_nano FROM charges
        WHERE state NOT IN ('{HELD}', '{SETTLED}', '{VOID}') OR held_nano < 0
          OR (state = '{SETTLED}' AND (amount_nano IS NULL OR amount_nano < 0 OR resolved_at IS NULL))
          OR (state <> '{SETTLED}' AND COALESCE(amount_nano, 0) <> 0) ORDER BY 1
        """,  # noqa: S608  # as above
        "charge {id}: it is {state!r}, with {amount_nano} USD",
    ),
    Invariant(
        "I3",
        "a settled charge that cost something is in the ledger once, with its amount and its user",
        "settled charges",
        _counted("charges c", f"WHERE {POSTED}"),
        f"""
        SELECT c.id, c.amount_nano, COALESCE(l.amount_nano, 0) AS booked_nano FROM charges c
        LEFT JOIN ledger l ON l.key = 'charge:' || c.id
        WHERE {POSTED} AND (l.key IS NULL OR l.amount_nano <> c.amount_nano OR l.credit_account <> '{SALES}'
          OR l.debit_account <> 'user:' || CAST(c."user" AS TEXT)) ORDER BY 1
        """,  # noqa: S608  # as above
        "charge {id}: it cost {amount_nano} USD, the ledger has {booked_nano} USD for it, or another user",
    ),
    Invariant(
        "I3",
        "the ledger has nothing for a charge that is open, void or not there",
        "transfers for charges",
        _counted("ledger", "WHERE key LIKE 'charge:%'"),
        f"""
        SELECT l.key, l.amount_nano, COALESCE(c.state, 'not there') AS state FROM ledger l
        LEFT JOIN charges c ON l.key = 'charge:' || c.id
        WHERE l.key LIKE 'charge:%' AND (c.id IS NULL OR NOT ({POSTED})) ORDER BY 1
        """,  # noqa: S608  # as above
        "transfer {key}: {amount_nano} USD, and the charge is {state}",
    ),
    Invariant(
        "I3",
        "no charge stays open for longer than a minute after its worker was seen last",
        "open charges",
        _counted("charges", f"WHERE state = '{HELD}'"),
        f"""
        SELECT c.id, c.held_nano, c.lease FROM charges c LEFT JOIN leases l ON l.id = c.lease
        WHERE c.state = '{HELD}' AND (l.seen_at IS NULL OR l.seen_at < {{now}} - 60) ORDER BY 1
        """,  # noqa: S608  # as above
        "charge {id}: it holds {held_nano} USD for the worker {lease}, which is gone; a gateway that runs releases it",
    ),
    Invariant(
        "I4",
        "a balance less what is held is below zero by no more than calls cost beyond what they held",
        "users",
        _counted("users"),
        f"""
        SELECT u.username AS name, u.balance_nano - u.held_nano AS free_nano, COALESCE(c.nano, 0) AS excess_nano FROM users u
        LEFT JOIN (
          SELECT "user" AS payer, SUM(amount_nano - held_nano) AS nano FROM charges
          WHERE state = '{SETTLED}' AND amount_nano > held_nano GROUP BY "user"
        ) c ON c.payer = u.id
        WHERE u.balance_nano - u.held_nano < -COALESCE(c.nano, 0) ORDER BY 1
        """,  # noqa: S608  # as above
        "user {name}: {free_nano} USD are free, and calls went over their holds by {excess_nano} USD only",
    ),
    Invariant(
        "I5",
        "nothing is booked twice",
        "transfers",
        _counted("ledger"),
        "SELECT key, COUNT(*) AS times FROM ledger GROUP BY key HAVING COUNT(*) > 1 ORDER BY 1",
        "transfer {key}: it is booked {times} times",
    ),
    Invariant(
        "I5",
        "a user has one opening credit at most",
        "opening credits",
        _counted("ledger", "WHERE kind = 'opening'"),
        """
        SELECT credit_account AS account, COUNT(*) AS times FROM ledger WHERE kind = 'opening'
        GROUP BY credit_account HAVING COUNT(*) > 1 ORDER BY 1
        """,
        "account {account!r}: it has {times} opening credits",
    ),
    Invariant(
        "I7",
        "a call's row in the log has the amount of its charge, which is settled",
        "rows of the log",
        _counted("log", "WHERE charge IS NOT NULL"),
        f"""
        SELECT l.charge, l.amount_nano, COALESCE(c.amount_nano, 0) AS charged_nano FROM log l
        LEFT JOIN charges c ON c.id = l.charge
        WHERE l.charge IS NOT NULL AND (c.id IS NULL OR c.state <> '{SETTLED}' OR c.amount_nano <> l.amount_nano) ORDER BY 1
        """,  # noqa: S608  # as above
        "charge {charge}: the log says {amount_nano} USD, the charge {charged_nano} USD",
    ),
    Invariant(
        "I7",
        "a charge has one row in the log at most",
        "rows of the log",
        _counted("log", "WHERE charge IS NOT NULL"),
        """
        SELECT charge, COUNT(*) AS times FROM log WHERE charge IS NOT NULL
        GROUP BY charge HAVING COUNT(*) > 1 ORDER BY 1
        """,
        "charge {charge}: it is in the log {times} times",
    ),
)
