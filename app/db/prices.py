"""Prices, in integer nano-dollars per million tokens (`per_call`: per call). Null: not known, which is never zero."""

from piccolo.columns import UUID, BigInt, Varchar
from piccolo.table import Table


class Price(Table, tablename="prices"):
    id = UUID(primary_key=True)
    model = Varchar(length=255, unique=True)
    input = BigInt(null=True, default=None)
    output = BigInt(null=True, default=None)
    cache_read = BigInt(null=True, default=None)
    cache_write = BigInt(null=True, default=None)
    per_call = BigInt(null=True, default=None)
    ratio = Varchar(length=40, default="1", help_text="an exact decimal as text; multiplies all of them")
