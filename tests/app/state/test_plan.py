"""A plan is what separates a snapshot from what is declared, in an order in which rows can be written."""

from typing import Any

from app.config.document import Document
from app.secrets import Secrets
from app.state.changes import Insert
from app.state.plan import plan
from app.state.read import declare
from app.state.snapshot import Snapshot

SECRETS = Secrets("a secret of the tests")


def planned(**sections: Any) -> list[Any]:
    return plan(declare(Document(None, sections)), Snapshot(), SECRETS)


def test_rows_come_after_those_they_refer_to() -> None:
    changes = planned(
        tokens=[{"name": "t", "user": "alice"}],
        users=[{"username": "alice", "balance_usd": 1}],
        channels=[{"name": "c", "vendor": "openai", "keys": ["sk-one"]}],
    )
    assert [(change.action, change.kind) for change in changes] == [
        ("created", "group"),
        ("created", "user"),
        ("credited", "user"),
        ("created", "channel"),
        ("created", "token"),
    ]
    user, token = changes[1].writes[0], changes[4].writes[0]
    channel, key = changes[3].writes
    assert token.values["user"] == user.values["id"]
    assert key.values["channel"] == channel.values["id"]


def test_a_generated_key_is_in_the_plan_once() -> None:
    (_, _, change) = planned(users=[{"username": "alice"}], tokens=[{"name": "t", "user": "alice"}])
    (insert,) = change.writes
    assert isinstance(insert, Insert)
    assert insert.values["key_hash"] == SECRETS.caller_hash(change.key)
    assert change.key not in str(insert.values)
    assert change.key not in repr(change)


def test_a_given_key_is_not_shown_again() -> None:
    (_, _, change) = planned(users=[{"username": "alice"}], tokens=[{"name": "t", "user": "alice", "key": "mine"}])
    assert change.key is None
