"""Users, who own tokens and a balance."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, Text, Varchar
from piccolo.table import Table

ROLES = ("user", "admin")


class User(Table, tablename="users"):
    """`balance_nano` caches what the ledger says; only `app.db.ledger.book` changes it."""

    id = UUID(primary_key=True)
    username = Varchar(length=100, unique=True)
    role = Varchar(length=20, default="user")
    group = Varchar(length=100, default="default")
    enabled = Boolean(default=True)
    balance_nano = BigInt(default=0, help_text="nano-dollars (1e-9 USD)")
    limits = JSON(default={}, help_text="rpm, tpm, rpd, tpd, concurrent: of all its tokens together")
    password_hash = Text(null=True, default=None, secret=True, help_text="argon2id; null: cannot log in")
