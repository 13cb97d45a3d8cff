"""A channel's keys keep their rows as long as it can be told which is which."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from app.secrets import Secrets, ephemeral
from app.state.changes import Delete, Insert, Update
from app.state.keys import plan_keys
from app.state.model import KeySpec

CHANNEL = uuid.uuid4()
SECRETS = Secrets("a secret of the tests")


def rows(*keys: tuple[str, str], secrets: Secrets = SECRETS) -> list[dict[str, Any]]:
    """Stored keys, by name and secret."""
    made = []
    for position, (name, key) in enumerate(keys):
        row = uuid.uuid4()
        made.append(
            {"id": row, "name": name, "sealed": secrets.seal(row, key), "enabled": True, "priority": 0, "position": position}
        )
    return made


def after(listed: Sequence[Any], before: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """Name, secret and whether the row is an old one, in the order of the list."""
    specs = [KeySpec.model_validate(key) for key in listed]
    stored = {row["id"]: dict(row) for row in before}
    for write in plan_keys(CHANNEL, specs, before, SECRETS):
        if isinstance(write, Insert):
            stored[write.values["id"]] = dict(write.values)
        elif isinstance(write, Update):
            stored[write.row].update(write.values)
        elif isinstance(write, Delete):
            del stored[write.row]
    old = {row["id"] for row in before}
    found = sorted(stored.values(), key=lambda row: row["position"])
    return [(row["name"], SECRETS.unseal(row["id"], row["sealed"]), row["id"] in old) for row in found]


@pytest.mark.parametrize(
    ("before", "listed", "expected"),
    [
        ([], ["a", "b"], [("key-1", "a", False), ("key-2", "b", False)]),
        ([("key-1", "a"), ("key-2", "b")], ["b", "a"], [("key-2", "b", True), ("key-1", "a", True)]),
        ([("key-1", "a"), ("key-2", "b")], ["b", "c"], [("key-2", "b", True), ("key-3", "c", False)]),
        ([("key-1", "a")], [], []),
        ([("main", "a")], [{"name": "main", "key": "b"}], [("main", "b", True)]),
        ([("key-1", "a")], [{"name": "main", "key": "a"}], [("main", "a", False)]),
        ([("main", "a")], ["a"], [("main", "a", True)]),
        ([("main", "a")], [{"name": "main", "key": "b"}, "a"], [("main", "b", True), ("key-1", "a", False)]),
        ([], [{"name": "key-1", "key": "a"}, "b"], [("key-1", "a", False), ("key-2", "b", False)]),
    ],
)
def test_which_is_which(before: list[tuple[str, str]], listed: list[Any], expected: list[tuple[str, str, bool]]) -> None:
    assert after(listed, rows(*before)) == expected


def test_nothing_is_written_when_nothing_changed() -> None:
    listed = [KeySpec.model_validate(key) for key in ("a", {"name": "main", "key": "b"})]
    assert plan_keys(CHANNEL, listed, rows(("key-1", "a"), ("main", "b")), SECRETS) == []


def test_a_key_that_cannot_be_decrypted_is_replaced() -> None:
    lost = rows(("main", "a"), ("key-1", "b"), secrets=ephemeral())
    assert after([{"name": "main", "key": "a"}, "b"], lost) == [("main", "a", True), ("key-2", "b", False)]


def test_no_secret_is_in_a_repr() -> None:
    listed = [KeySpec.model_validate("sk-s3cret")]
    assert "s3cret" not in repr(listed) + repr(plan_keys(CHANNEL, listed, [], SECRETS))
