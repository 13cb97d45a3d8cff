"""`aihub ledger …`."""

import asyncio
from uuid import UUID

import click

from app.cli.options import page_options
from app.cli.output import print_json, print_page, print_table
from app.cli.settings import database, with_settings
from app.cli.user import user_id
from app.config.settings import Settings
from app.stores.ledger.audit import Finding
from app.stores.ledger.audit import audit as run_audit
from app.stores.ledger.reading import transfers
from app.stores.page import Page

COLUMNS = ("created_at", "kind", "from", "to", "amount_usd", "note")


@click.group()
def ledger() -> None:
    """Look at the ledger, and prove that it is right."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@with_settings
def audit(settings: Settings, *, as_json: bool) -> None:
    """Prove that every amount is where it must be. Exit code 1 if one is not.

    It only reads, at one moment of the database, and may run while a gateway serves.
    """
    findings = asyncio.run(_audit(settings))
    breaks = [(finding.invariant.name, line) for finding in findings for line in finding.breaks]
    if as_json:
        print_json({"clean": not breaks, "findings": [_words(finding) | {"breaks": finding.breaks} for finding in findings]})
    else:
        print_table([_words(finding) for finding in findings], ("invariant", "checked", "broken", "what"))
        for name, line in breaks:
            click.echo(f"{name} is broken: {line}")
    if breaks:
        raise click.ClickException(f"the books are not in order: {len(breaks)} found wrong")


@ledger.command("list")
@click.option("--user", metavar="NAME", help="Of this user only.")
@page_options
@with_settings
def list_transfers(settings: Settings, user: str | None, limit: int, after: UUID | None, *, as_json: bool) -> None:
    """List the transfers, the newest first."""
    print_page(asyncio.run(_transfers(settings, user, limit, after)), COLUMNS, as_json=as_json)


async def _transfers(settings: Settings, user: str | None, limit: int, after: UUID | None) -> Page:
    async with database(settings):
        return await transfers(None if user is None else await user_id(user), limit, after)


async def _audit(settings: Settings) -> list[Finding]:
    async with database(settings) as (engine, _):
        return await run_audit(engine)


def _words(finding: Finding) -> dict[str, object]:
    return {
        "invariant": finding.invariant.name,
        "checked": f"{finding.checked} {finding.invariant.things}",
        "broken": len(finding.breaks),
        "what": finding.invariant.what,
    }
