"""The operator's own prices, and the shipped list that is in force.

Money is integer nano-dollars per million tokens, calls, seconds, images, uses of a tool. Null: not told, which is never zero.
"""

from piccolo.columns import JSON, UUID, BigInt, Integer, Text, Varchar
from piccolo.table import Table

ONLY = 1


class Price(Table, tablename="prices"):
    """What an operator set. One row for a model, and vendor or channel; whoever writes the rows sees to it, as a unique index
    takes two nulls for different things."""

    id = UUID(primary_key=True)
    model = Varchar(length=255, index=True, help_text="a name, or a pattern with `*` and `?`")
    vendor = Varchar(length=100, null=True, default=None)
    channel = Varchar(length=100, null=True, default=None, help_text="a channel's name")
    input = BigInt(null=True, default=None)
    output = BigInt(null=True, default=None)
    cache_read = BigInt(null=True, default=None)
    cache_write = BigInt(null=True, default=None)
    cache_write_1h = BigInt(null=True, default=None)
    reasoning = BigInt(null=True, default=None)
    audio_input = BigInt(null=True, default=None)
    audio_output = BigInt(null=True, default=None)
    image_input = BigInt(null=True, default=None)
    image_output = BigInt(null=True, default=None)
    per_call = BigInt(null=True, default=None)
    per_second = BigInt(null=True, default=None)
    images = JSON(default=[])
    tiers = JSON(default=[])
    hours = JSON(default=[])
    tools = JSON(default={})
    ratio = Varchar(length=40, default="1", help_text="an exact decimal as text; multiplies all of them")


class PriceList(Table, tablename="price_list"):
    """One row: the shipped list as an operator last took it over."""

    id = Integer(primary_key=True, default=ONLY)
    version = Varchar(length=40)
    entries = Text(help_text="JSON in the state file's words")


def price_label(model: str, vendor: str | None, channel: str | None) -> str:
    """What a price is called: `gpt-5`, `gpt-5 at azure`, `gpt-5 in channel main`."""
    at = f" at {vendor}" if vendor else ""
    within = f" in channel {channel}" if channel else ""
    return f"{model}{at}{within}"


async def price_list() -> tuple[str, str] | None:
    """Version and entries of the list in force; None before there was one."""
    row = await PriceList.select(PriceList.version, PriceList.entries).first()
    return (row["version"], row["entries"]) if row else None


async def keep_price_list(version: str, entries: str) -> None:
    """For a database without a list; one that has a list keeps it."""
    await PriceList.insert(PriceList(id=ONLY, version=version, entries=entries)).on_conflict(action="DO NOTHING")


async def replace_price_list(version: str, entries: str) -> None:
    """To be called in a transaction that tells the servers, too."""
    await PriceList.update({PriceList.version: version, PriceList.entries: entries}).where(PriceList.id == ONLY)
