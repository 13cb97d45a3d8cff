"""A channel's keys: which of them are already there, which are new, and which the file no longer lists."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from app.db.channels import ChannelKey
from app.secrets import SecretError, Secrets
from app.state.changes import Delete, Insert, Update, Write
from app.state.model import KeySpec
from app.state.snapshot import Row


def plan_keys(channel: uuid.UUID, listed: Sequence[KeySpec], rows: Sequence[Row], secrets: Secrets) -> list[Write]:
    """A named key is found by its name, another by itself: its row, and what is known of its health, survives a reordering."""
    opened = {row["id"]: _opened(row, secrets) for row in rows}
    matches = _matches(listed, rows, opened)
    free_names = _free_names({row["name"] for row in rows} | {key.name for key in listed if key.name})
    writes: list[Write] = []
    for position, (key, row) in enumerate(zip(listed, matches, strict=True)):
        values: dict[str, Any] = {"enabled": key.enabled, "priority": key.priority, "position": position}
        if row is None:
            new = uuid.uuid4()
            name = key.name or next(free_names)
            writes.append(
                Insert(ChannelKey, values | {"id": new, "channel": channel, "name": name, "sealed": secrets.seal(new, key.key)})
            )
            continue
        changed = {column: value for column, value in values.items() if row[column] != value}
        if opened[row["id"]] != key.key:
            changed["sealed"] = secrets.seal(row["id"], key.key)
        if changed:
            writes.append(Update(ChannelKey, row["id"], changed))
    kept = {row["id"] for row in matches if row is not None}
    return [*(Delete(ChannelKey, row["id"]) for row in rows if row["id"] not in kept), *writes]


def _matches(listed: Sequence[KeySpec], rows: Sequence[Row], opened: Mapping[uuid.UUID, str | None]) -> list[Row | None]:
    by_name = {row["name"]: row for row in rows}
    named = [by_name.get(key.name) if key.name else None for key in listed]
    taken = {row["id"] for row in named if row is not None}
    by_secret = {opened[row["id"]]: row for row in rows if row["id"] not in taken}
    return [row if key.name else by_secret.get(key.key) for key, row in zip(listed, named, strict=True)]


def _opened(row: Row, secrets: Secrets) -> str | None:
    """None for a key that cannot be decrypted: the file's one then replaces it."""
    try:
        return secrets.unseal(row["id"], row["sealed"])
    except SecretError:
        return None


def _free_names(taken: set[str]) -> Iterator[str]:
    return (name for number in count(1) if (name := f"key-{number}") not in taken)
