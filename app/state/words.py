"""Rows in the words of the state file, to be shown: without anything secret, money as decimal USD in text."""

from collections.abc import Sequence
from typing import Any

from app.config.wording import secret_like
from app.db.engine import safe_url
from app.state.snapshot import Row
from app.state.values import nano_to_usd

HIDDEN = "…"


def channel_words(row: Row, keys: Sequence[Row]) -> dict[str, Any]:
    """Of keys their names; of headers, too, as one of them may authorise."""
    words = {word: value for word, value in row.items() if word != "id"}
    return words | {
        "keys": [{"name": key["name"], "enabled": key["enabled"], "priority": key["priority"]} for key in keys],
        "options": _masked(row["options"]),
        "header_override": dict.fromkeys(row["header_override"], HIDDEN),
        "proxy": None if row["proxy"] is None else safe_url(row["proxy"]),
    }


def user_words(row: Row, tokens: Sequence[Row]) -> dict[str, Any]:
    """`tokens` are the user's own; what was spent and how often is counted at them."""
    return {
        "username": row["username"],
        "role": row["role"],
        "group": row["group"],
        "enabled": row["enabled"],
        "limits": row["limits"],
        "balance_usd": nano_to_usd(row["balance_nano"]),
        # Nothing holds money before the billing stage does.
        "held_usd": nano_to_usd(0),
        "used_usd": nano_to_usd(sum(token["used_nano"] for token in tokens)),
        "requests": sum(token["requests"] for token in tokens),
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
        "used_usd": nano_to_usd(row["used_nano"]),
        "requests": row["requests"],
    }


def _masked(value: Any, name: str = "") -> Any:
    """Options without what sounds like a secret."""
    if isinstance(value, dict):
        return {key: _masked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    return HIDDEN if secret_like((name,)) and value is not None else value
