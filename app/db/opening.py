"""Opening the database as every process must: migrated first, and only with the secret it was made with."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from app.db.engine import Engine, bind, safe_url, sqlite_path
from app.db.errors import WrongSecret, failures_named
from app.db.migrate import migrate
from app.db.postgres import Postgres
from app.db.prices import keep_price_list, price_list
from app.db.state import key_check, remember_key_check
from app.prices.shipped import packaged
from app.secrets import FILE, VARIABLE, SecretError, Secrets, find, load


@asynccontextmanager
async def opened(url: str, base_dir: Path, secrets: Secrets, *, pool: bool = False) -> AsyncIterator[Engine]:
    """The database behind all tables, for as long as the block runs; `pool` keeps PostgreSQL connections open for a server.

    The first secret that a database meets is its own from then on; so is the first price list, until `aihub prices sync`.
    Raises `DatabaseError` when it cannot be opened; what fails within the block stays the driver's failure.
    """
    with failures_named(safe_url(url)):
        engine = bind(url, base_dir)
        await migrate(engine)
        await remember_key_check(secrets.check_value)
        await refuse_other_secret(secrets)
        if await price_list() is None:
            await keep_price_list(*packaged())
        if pool and isinstance(engine, Postgres):
            await engine.open_pool()
    try:
        yield engine
    finally:
        if isinstance(engine, Postgres) and engine.pool:
            await engine.close_pool()


def secrets_for(url: str, base_dir: Path, environ: Mapping[str, str]) -> Secrets:
    """The installation's secret, made if there is none yet. Raises `SecretError` if it is lost: an SQLite file that has no
    secret beside it is not given another one."""
    if (found := find(environ, base_dir)) is not None:
        return found
    path = sqlite_path(url, base_dir)
    if path is not None and path.exists() and path.stat().st_size:
        raise SecretError(f"{base_dir / FILE} is missing, and {path} was made with it: put it back, or set {VARIABLE}")
    return load(environ, base_dir)


async def refuse_other_secret(secrets: Secrets) -> None:
    """Raises `WrongSecret`; a database that never met a secret takes any."""
    if await key_check() not in (None, secrets.check_value):
        raise WrongSecret(
            f"this database was made with another {VARIABLE} (or {FILE}): its keys cannot be read with the present one"
        )
