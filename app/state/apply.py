"""Makes the database be what a state file says, in one transaction, or says what that would change."""

from collections.abc import Mapping
from pathlib import Path

from app.config.problems import ConfigError, Problem
from app.db.engine import Engine, bind, safe_url, sqlite_path
from app.db.errors import DatabaseError, NotMigrated, failures_named
from app.db.migrate import known, pending
from app.db.opening import opened, refuse_other_secret, secrets_for
from app.db.state import bump, lock
from app.secrets import SecretError, Secrets, ephemeral, find
from app.state.changes import Change
from app.state.check import check
from app.state.plan import plan
from app.state.read import Declared, read_state
from app.state.snapshot import Snapshot, take_snapshot


async def apply_file(file: Path, database: str, base_dir: Path, environ: Mapping[str, str]) -> list[Change]:
    """Raises `ConfigError` with everything that is wrong in the file, `SecretError`, `DatabaseError`."""
    declared = read_state(file, environ)
    if declared.problems:
        raise ConfigError(await _all_problems(declared, database, base_dir, environ))
    secrets = secrets_for(database, base_dir, environ)
    with failures_named(safe_url(database)):
        async with opened(database, base_dir, secrets) as engine:
            return await apply(engine, declared, secrets)


async def apply(engine: Engine, declared: Declared, secrets: Secrets) -> list[Change]:
    """Raises `ConfigError`; then nothing has changed. The revision moves only if something else does."""
    async with engine.transaction():
        await lock()
        snapshot = await take_snapshot()
        if problems := check(declared, snapshot, secrets):
            raise ConfigError(problems)
        changes = plan(declared, snapshot, secrets)
        writes = [write for change in changes for write in change.writes]
        for write in writes:
            await write.run()
        if writes:
            await bump()
    return changes


async def preview_file(file: Path, database: str, base_dir: Path, environ: Mapping[str, str]) -> list[Change]:
    """What `apply_file` would change. Writes nothing: no row, no database file, no secret."""
    declared = read_state(file, environ)
    secrets = find(environ, base_dir) or ephemeral()
    snapshot = await _look(database, base_dir, secrets)
    if problems := check(declared, snapshot, secrets):
        raise ConfigError(problems)
    return plan(declared, snapshot, secrets)


async def _all_problems(declared: Declared, database: str, base_dir: Path, environ: Mapping[str, str]) -> list[Problem]:
    """Those between the entries and the database, too, as far as there is one to compare with."""
    try:
        secrets = find(environ, base_dir) or ephemeral()
        return check(declared, await _look(database, base_dir, secrets), secrets)
    except (DatabaseError, SecretError):
        return declared.problems


async def _look(database: str, base_dir: Path, secrets: Secrets) -> Snapshot:
    """The database as it is, without making or migrating it."""
    path = sqlite_path(database, base_dir)
    if path and not path.exists():
        return Snapshot()
    with failures_named(safe_url(database)):
        bind(database, base_dir)
        missing = await pending()
        if missing == known():
            return Snapshot()
        if missing:
            raise NotMigrated("the database is older than this AiHub: run `aihub migrate` first, a dry run changes nothing")
        await refuse_other_secret(secrets)
        return await take_snapshot()
