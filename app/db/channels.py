"""Channels and the keys they use at their vendor.

Columns carry the words of the state file. A missing value (`null`) means: the vendor's own default.
"""

from piccolo.columns import JSON, UUID, BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table


class Channel(Table, tablename="channels"):
    """An account at a vendor. What a header or a proxy URL holds may be secret: never print those columns."""

    id = UUID(primary_key=True)
    name = Varchar(length=100, unique=True)
    vendor = Varchar(length=100)
    enabled = Boolean(default=True)
    base_url = Text(null=True, default=None)
    key_mode = Varchar(length=20, default="random")
    models = JSON(default=["*"])
    groups = JSON(default=["default"])
    priority = Integer(default=0)
    weight = Integer(default=1)
    tag = Varchar(length=100, null=True, default=None)
    formats = JSON(null=True, default=None)
    options = JSON(default={})
    model_mapping = JSON(default={})
    param_override = JSON(default={})
    header_override = JSON(default={}, secret=True)
    status_code_mapping = JSON(default={})
    proxy = Text(null=True, default=None, secret=True)
    limits = JSON(default={}, help_text="the limits of its own: rpm, tpm, rpd, tpd, concurrent")
    auto_disable = Boolean(default=True)
    test_model = Varchar(length=255, null=True, default=None)
    remark = Text(default="")
    used_nano = BigInt(default=0, help_text="nano-dollars that callers were charged")
    cost_nano = BigInt(default=0, help_text="nano-dollars that the vendor charges, as far as it is known")
    requests = BigInt(default=0)
    input_tokens = BigInt(default=0)
    output_tokens = BigInt(default=0)
    last_used_at = Timestamptz(null=True, default=None)


class ChannelKey(Table, tablename="channel_keys"):
    """One credential. `sealed` is bound to `id`, so the id is made before the row is written.

    Names are unique within a channel; whoever writes the rows sees to it, as Piccolo can add no constraint on SQLite.
    """

    id = UUID(primary_key=True)
    channel = ForeignKey(references=Channel, on_delete=OnDelete.cascade, null=False, index=True)
    name = Varchar(length=100)
    sealed = Text(secret=True, help_text="base64 of nonce and AES-256-GCM ciphertext")
    enabled = Boolean(default=True)
    priority = Integer(default=0)
    position = Integer(default=0, help_text="the key's place in the channel's list")
    used_nano = BigInt(default=0, help_text="nano-dollars that callers were charged")
    cost_nano = BigInt(default=0, help_text="nano-dollars that the vendor charges, as far as it is known")
    requests = BigInt(default=0)
    input_tokens = BigInt(default=0)
    output_tokens = BigInt(default=0)
    last_used_at = Timestamptz(null=True, default=None)
