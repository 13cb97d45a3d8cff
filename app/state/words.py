"""Rows in the words of the state file, to be shown: without anything secret, money as decimal USD in text."""

from collections.abc import Sequence
from typing import Any

from app.config.wording import secret_like
from app.db.engine import safe_url
from app.state.snapshot import Row
from app.state.values import nano_to_usd

HIDDEN = "…"

COUNTED = ("used_nano", "cost_nano", "requests", "input_tokens", "output_tokens", "last_used_at")
"""Columns of what was consumed."""


def channel_words(row: Row, keys: Sequence[Row]) -> dict[str, Any]:
    """Of keys their names; of headers, too, as one of them may authorise."""
    words = {word: value for word, value in row.items() if word not in ("id", *COUNTED)}
    return words | {
        "keys": [{"name": key["name"], "enabled": key["enabled"], "priority": key["priority"], **served(key)} for key in keys],
        "options": _masked(row["options"]),
        "header_override": dict.fromkeys(row["header_override"], HIDDEN),
        "proxy": None if row["proxy"] is None else safe_url(row["proxy"]),
        **served(row),
    }


def user_words(row: Row) -> dict[str, Any]:
    """`held_usd` is what calls under way may yet cost."""
    return {
        "username": row["username"],
        "role": row["role"],
        "group": row["group"],
        "enabled": row["enabled"],
        "limits": row["limits"],
        "balance_usd": nano_to_usd(row["balance_nano"]),
        "held_usd": nano_to_usd(row["held_nano"]),
        **used(row),
    }


def token_words(row: Row, username: str) -> dict[str, Any]:
    quota, expires_at = row["quota_nano"], row["expires_at"]
    return {
        "name": row["name"],
        "user": username,
        "key_hint": row["key_hint"],
        "enabled": row["enabled"],
        "group": row["group"],
        "cross_group_retry": row["cross_group_retry"],
        "models": row["models"],
        "allow_ips": row["allow_ips"],
        "expires_at": None if expires_at is None else expires_at.isoformat(),
        "quota_usd": None if quota is None else nano_to_usd(quota),
        "unlimited": quota is None,
        "limits": row["limits"],
        "held_usd": nano_to_usd(row["held_nano"]),
        **used(row),
    }


def used(row: Row) -> dict[str, Any]:
    """What was consumed in a lifetime. A call counts when it is settled; one that failed costs nothing and does not count."""
    last = row["last_used_at"]
    return {
        "used_usd": nano_to_usd(row["used_nano"]),
        "requests": row["requests"],
        "input_tokens": row["input_tokens"],
        "output_tokens": row["output_tokens"],
        "last_used_at": None if last is None else last.isoformat(),
    }


def served(row: Row) -> dict[str, Any]:
    """The same of a channel or a key; `cost_usd` is the vendor's price for it, as far as it is known."""
    return used(row) | {"cost_usd": nano_to_usd(row["cost_nano"])}


def _masked(value: Any, name: str = "") -> Any:
    """Options without what sounds like a secret."""
    if isinstance(value, dict):
        return {key: _masked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    return HIDDEN if secret_like((name,)) and value is not None else value
