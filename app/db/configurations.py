"""The configuration that a gateway has in force, as `app.config.facts` tells it: what `aihub check` compares a file with."""

import datetime as dt
from pathlib import Path

from piccolo.columns import JSON, Timestamptz, Varchar
from piccolo.table import Table

from app.config.facts import Facts


class Configuration(Table, tablename="configurations"):
    """One row for each file; gateways that read the same path on several nodes share it."""

    file = Varchar(length=500, primary_key=True)
    facts = JSON()
    loaded_at = Timestamptz()


async def remember(file: Path | None, facts: Facts) -> None:
    """This is in force from now on. Raises what the driver raises."""
    row = Configuration(file=_name(file), facts=facts, loaded_at=dt.datetime.now(dt.UTC))
    await Configuration.insert(row).on_conflict(
        target=Configuration.file, action="DO UPDATE", values=[Configuration.facts, Configuration.loaded_at]
    )


async def in_force(file: Path | None) -> Facts | None:
    """None if no gateway has ever read that file."""
    row = await Configuration.select(Configuration.facts).where(Configuration.file == _name(file)).first().output(load_json=True)
    return row["facts"] if row else None


def _name(file: Path | None) -> str:
    return str(file.absolute()) if file is not None else "built-in defaults"
