"""How lists are shown: as a table for people, as JSON for programs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
import orjson

from app.stores.page import Page


def print_json(value: Any) -> None:
    """Keys keep the order of the state file's words."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def print_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """The columns of each row under their names; nothing but the names when there is no row."""
    lines = [list(columns), *([cell(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    for line in lines:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def print_page(page: Page, columns: Sequence[str], *, as_json: bool) -> None:
    """A page of a long list, and how to read on."""
    if as_json:
        print_json({"rows": page.rows, "after": None if page.after is None else str(page.after)})
        return
    print_table(page.rows, columns)
    if page.after is not None:
        click.echo(f"there is more: --after {page.after}", err=True)


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "-" if value is None else str(value)
