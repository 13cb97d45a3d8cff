"""The log: what happened, and what was consumed in each hour. Names are copies: nothing here refers to another table."""

from piccolo.columns import JSON, UUID, BigInt, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table


class LogEntry(Table, tablename="log"):
    """The words are those of `pipeline.record`. Ids are in the order of time. The migrations index user, token and type, each
    together with the id."""

    id = UUID(primary_key=True)
    type = Varchar(length=10)
    created_at = Timestamptz()
    content = Text()
    user = Varchar(length=100)
    token = Varchar(length=100)
    group = Varchar(length=100)
    channel = Varchar(length=100)
    key = Varchar(length=100)
    vendor = Varchar(length=100)
    model = Varchar(length=255)
    model_sent = Varchar(length=255)
    request_id = Varchar(length=64, index=True)
    charge = Varchar(length=80, null=True, default=None, help_text="what a consumption was paid with")
    trace_id = Varchar(length=32)
    status = Integer(null=True, default=None)
    input_tokens = BigInt()
    output_tokens = BigInt()
    amount_nano = BigInt(help_text="nano-dollars")
    cost_nano = BigInt(null=True, default=None, help_text="the vendor's price, nano-dollars; null: not known")
    first_byte_ms = BigInt(null=True, default=None)
    duration_ms = BigInt(null=True, default=None)
    ending = Varchar(length=40)
    ip = Varchar(length=45)
    end_user = Varchar(length=100)
    detail = JSON(default={})


class UsageHour(Table, tablename="usage_hours"):
    """What was consumed in an hour, by whom and of what. Written with the log's rows, in one transaction with the money, and kept
    when those are deleted."""

    id = UUID(primary_key=True, help_text="made of what makes the row unique: the hour and the four names")
    hour = Timestamptz(index=True)
    user = Varchar(length=100)
    token = Varchar(length=100)
    channel = Varchar(length=100)
    model = Varchar(length=255)
    requests = BigInt()
    input_tokens = BigInt()
    output_tokens = BigInt()
    amount_nano = BigInt(help_text="nano-dollars")
    cost_nano = BigInt(help_text="the vendors' prices as far as they are known, nano-dollars")


class LogContent(Table, tablename="log_content"):
    """What was said in a call, where the operator wants it kept. Ids are in the order of time."""

    id = UUID(primary_key=True)
    request_id = Varchar(length=64, index=True)
    created_at = Timestamptz()
    request = Text()
    reply = Text()
    request_size = BigInt(help_text="bytes; more than are kept, where it was cut")
    reply_size = BigInt(help_text="as above")
