"""Which URL is which database, and what is said about those that are none."""

from pathlib import Path

import pytest

from app.db.engine import bind, bound, safe_url, sqlite_path
from app.db.errors import BadDatabaseUrl
from app.db.postgres import Postgres
from app.db.sqlite import Sqlite
from app.db.users import User

BASE = Path("/srv/aihub")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///aihub.db", "/srv/aihub/aihub.db"),
        ("sqlite:///data/aihub.db", "/srv/aihub/data/aihub.db"),
        ("sqlite:////var/lib/aihub.db", "/var/lib/aihub.db"),
        ("sqlite:///with%20blank.db", "/srv/aihub/with blank.db"),
        ("postgres://user:pw@host/name", None),
        ("postgresql://user:pw@host:5432/name?sslmode=require", None),
        ("postgresql:///name?host=/run/postgresql", None),
    ],
)
def test_urls(url: str, path: str | None) -> None:
    assert sqlite_path(url, BASE) == (Path(path) if path else None)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://root:s3cret@host/name", "unknown database scheme 'mysql'"),
        ("s3cret.db", "must be a URL"),
        ("", "must be a URL"),
        ("sqlite://", "names a file"),
        ("sqlite:///", "names a file"),
        ("sqlite:///:memory:", "names a file"),
        ("sqlite://s3cret/x.db", "names a file"),
        ("sqlite:///x.db?mode=s3cret", "names a file"),
        ("postgres://user:1/s3cret@host/name", "cannot be read"),
        ("postgres://user:1?s3cret@host/name", "cannot be read"),
        ("postgres://user:1#s3cret@host/name", "cannot be read"),
        ("postgres://user:a/s3cret@host/name", "cannot be read"),
        ("postgres://[s3cret/name", "cannot be read"),
    ],
)
def test_bad_urls_are_named_without_their_secrets(url: str, said: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=said) as caught:
        sqlite_path(url, BASE)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://user:s3cret@host:5432/name?password=s3cret", "postgres://user@host:5432/name"),
        ("postgres://host/name", "postgres://host/name"),
        ("http://user:s3@cret@proxy:3128", "http://user@proxy:3128"),
        ("sqlite:////var/lib/aihub.db", "sqlite:////var/lib/aihub.db"),
        ("postgres://[s3cret/name", "with an unreadable URL"),
    ],
)
def test_a_shown_url_has_no_password(url: str, shown: str) -> None:
    assert safe_url(url) == shown


def test_binding_reaches_every_table(tmp_path: Path) -> None:
    engine = bind("sqlite:///aihub.db", tmp_path)
    assert isinstance(engine, Sqlite)
    assert User._meta.db is bound() is engine
    assert not (tmp_path / "aihub.db").exists(), "nothing is opened yet"
    assert isinstance(bind("postgres://user:pw@nowhere.invalid/name", tmp_path), Postgres)
