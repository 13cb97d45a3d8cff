"""A job's lease: of all the nodes, one does it at a time."""

from app.db.engine import Engine
from app.db.jobs import JobLease
from app.db.sqlite import Sqlite
from app.stores.ledger import postgres, sqlite

TAKE = """
INSERT INTO job_leases (id, holder, until) VALUES ({{}}, {{}}, {now} + {{}})
ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE job_leases.holder = excluded.holder OR job_leases.until < {now} RETURNING id
"""


async def take(engine: Engine, job: str, holder: str, seconds: int) -> bool:
    """Whether `holder` has it, for so many seconds from now; to be called again before they are over."""
    statement = TAKE.format(now=sqlite.NOW if isinstance(engine, Sqlite) else postgres.NOW)
    return bool(await JobLease.raw(statement, job, holder, seconds))
