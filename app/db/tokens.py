"""Tokens: what callers authenticate with."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from app.db.users import User


class Token(Table, tablename="tokens"):
    """The key itself is nowhere: `key_hash` finds it, `key_hint` lets people recognise it.

    Names are unique in the whole installation: the command line addresses tokens by name alone.
    """

    id = UUID(primary_key=True)
    name = Varchar(length=100, unique=True)
    user = ForeignKey(references=User, on_delete=OnDelete.restrict, null=False, index=True)
    key_hash = Varchar(length=64, unique=True, secret=True, help_text="HMAC-SHA256 in hex")
    key_hint = Varchar(length=20, default="")
    enabled = Boolean(default=True)
    group = Varchar(length=100, null=True, default=None, help_text="null: the owner's group")
    cross_group_retry = Boolean(default=False)
    models = JSON(default=["*"])
    allow_ips = JSON(default=[], help_text="addresses and networks; none listed: from anywhere")
    expires_at = Timestamptz(null=True, default=None)
    quota_nano = BigInt(null=True, default=None, help_text="nano-dollars; null: unlimited")
    used_nano = BigInt(default=0, help_text="nano-dollars")
    held_nano = BigInt(default=0, help_text="nano-dollars that calls under way may yet cost")
    requests = BigInt(default=0)
    input_tokens = BigInt(default=0)
    output_tokens = BigInt(default=0)
    last_used_at = Timestamptz(null=True, default=None)
    limits = JSON(default={}, help_text="the limits of its own: rpm, tpm, rpd, tpd, concurrent")
