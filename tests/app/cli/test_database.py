"""`aihub migrate` brings a database up to date, once."""

from app.db.migrate import known
from tests.app.cli.conftest import Aihub


def test_it_says_what_it_applied(run: Aihub) -> None:
    done = "the database sqlite:///aihub.db is up to date\n"
    assert run("migrate").stdout == "".join(f"applied {migration}\n" for migration in known()) + done
    assert run("migrate").stdout == done
