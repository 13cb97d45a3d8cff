"""Users, who own tokens and a balance."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, Text, Timestamptz, Varchar
from piccolo.table import Table

ROLES = ("user", "admin")


class User(Table, tablename="users"):
    """`balance_nano` caches what the ledger says, `held_nano` the sum of the open charges: only the ledger changes them."""

    id = UUID(primary_key=True)
    username = Varchar(length=100, unique=True)
    role = Varchar(length=20, default="user")
    group = Varchar(length=100, default="default")
    enabled = Boolean(default=True)
    balance_nano = BigInt(default=0, help_text="nano-dollars (1e-9 USD)")
    held_nano = BigInt(default=0, help_text="nano-dollars that calls under way may yet cost")
    used_nano = BigInt(default=0, help_text="nano-dollars")
    requests = BigInt(default=0)
    input_tokens = BigInt(default=0)
    output_tokens = BigInt(default=0)
    last_used_at = Timestamptz(null=True, default=None)
    limits = JSON(default={}, help_text="rpm, tpm, rpd, tpd, concurrent: of all its tokens together")
    password_hash = Text(null=True, default=None, secret=True, help_text="argon2id; null: cannot log in")
