"""From a database URL to the engine behind every table."""

import os
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from piccolo.apps.migrations.tables import Migration
from piccolo.table import Table

from app.db.errors import BadDatabaseUrl
from app.db.piccolo_app import APP_CONFIG
from app.db.postgres import Postgres
from app.db.sqlite import Sqlite

Engine = Sqlite | Postgres
_bound: list[Engine] = []
KNOWN = "sqlite:///file.db, sqlite:////absolute/path/file.db or postgresql://user:password@host/name"


def bind(url: str, base_dir: Path) -> Engine:
    """Make `url` the database of all tables; nothing is opened yet. A relative SQLite path starts at `base_dir`.

    Raises `BadDatabaseUrl`.
    """
    path = sqlite_path(url, base_dir)
    engine: Engine = Sqlite(path) if path else Postgres(url)
    # Migrations make tables of their own, which ask the module named here for their engine.
    os.environ["PICCOLO_CONF"] = "app.db.piccolo_conf"
    tables: list[type[Table]] = [Migration, *APP_CONFIG.table_classes]
    for table in tables:
        table._meta.db = engine  # noqa: SLF001 - Piccolo's public name for it
    _bound[:] = [engine]
    return engine


def bound() -> Engine | None:
    """The engine behind the tables, once there is one."""
    return _bound[0] if _bound else None


def sqlite_path(url: str, base_dir: Path) -> Path | None:
    """The file of an SQLite URL, None for a PostgreSQL one. Raises `BadDatabaseUrl`, which quotes no part that may be secret."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        # A `/`, `?` or `#` in a password ends the host too early: the rest of it would pass for the name of a database.
        readable = "@" in parts.netloc or "@" not in url
    except ValueError:
        readable = False
    if not readable:
        raise BadDatabaseUrl(f"the database URL cannot be read: %-encode the special characters of its password ({KNOWN})")
    if parts.scheme == "sqlite":
        return _file(parts, base_dir)
    if parts.scheme in ("postgres", "postgresql"):
        return None
    if "://" not in url:
        raise BadDatabaseUrl(f"the database must be a URL: {KNOWN}")
    raise BadDatabaseUrl(f"unknown database scheme {parts.scheme!r}: use {KNOWN}")


def safe_url(url: str) -> str:
    """The URL as it may be logged: no password, no query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "with an unreadable URL"
    _, at, host = parts.netloc.rpartition("@")
    user = (parts.username or "") if at else ""
    return f"{parts.scheme}://{user}{at}{host}{parts.path}"


def _file(parts: SplitResult, base_dir: Path) -> Path:
    path = unquote(parts.path).removeprefix("/")
    if parts.netloc or parts.query or parts.fragment or path in ("", ":memory:"):
        raise BadDatabaseUrl("an SQLite URL names a file: sqlite:///file.db or sqlite:////absolute/path/file.db")
    return base_dir / path
