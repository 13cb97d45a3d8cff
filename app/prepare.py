"""What must be done once before workers start: check the file, migrate, seed. A process of its own, so that the one that stays
to watch over the workers never loads a web framework or a database driver."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import orjson

from app.config.load import load_settings
from app.config.problems import ConfigError
from app.config.settings import Settings
from app.config.stages import compile_stages
from app.db.engine import safe_url
from app.db.errors import DatabaseError, failures_named
from app.db.opening import opened, secrets_for
from app.secrets import SecretError
from app.seed import seed


def main() -> int:
    """Prints one line of JSON for `app.serve`; problems go to standard error, exit code 2."""
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        settings = load_settings(Path(named) if named else None, os.environ)
        compile_stages(settings)
        report = asyncio.run(_prepare(settings))
    except (ConfigError, SecretError, DatabaseError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.buffer.write(orjson.dumps(report))
    return 0


async def _prepare(settings: Settings) -> dict[str, Any]:
    secrets = secrets_for(settings.database, settings.base_dir, os.environ)
    async with opened(settings.database, settings.base_dir, secrets) as engine:
        with failures_named(safe_url(settings.database)):
            seeded = await seed(engine, secrets)
    server = settings.server
    return {
        "host": server.host,
        "port": server.port,
        "workers": server.workers,
        "max_flows": server.max_flows,
        "drain_timeout": server.drain_timeout,
        "seeded": None if seeded is None else {"username": seeded.username, "password": seeded.password, "key": seeded.key},
    }


if __name__ == "__main__":
    sys.exit(main())
