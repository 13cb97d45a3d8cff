"""The way from what is there to what the file says: create, update, never delete. Pure: it reads and writes nothing."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from piccolo.table import Table

from app.db.channels import Channel
from app.db.groups import DEFAULT, Group
from app.db.prices import Price, price_label
from app.db.tokens import Token
from app.db.users import User
from app.secrets import Secrets, key_hint, new_caller_key
from app.state.changes import Change, Grant, Insert, Update
from app.state.keys import plan_keys
from app.state.model import ChannelSpec, GroupSpec, TokenSpec, UserSpec
from app.state.prices import PriceSpec
from app.state.read import Declared
from app.state.snapshot import OPENING, Row, Snapshot
from app.state.values import nano_to_usd

WORDS = {"quota_nano": "quota_usd", "key_hash": "key", "position": "order"}
"""The file's words for columns that are called otherwise."""

HIDDEN = {"key_hint"}


def plan(declared: Declared, snapshot: Snapshot, secrets: Secrets) -> list[Change]:
    """In an order in which rows can be written. What is declared has no problems any more."""
    users = {name: row["id"] for name, row in snapshot.users.items()}
    return [
        *_groups(list(declared.groups.values()), snapshot.groups),
        *(change for user in declared.users.values() for change in _user(user, snapshot, users)),
        *(_channel(channel, snapshot, secrets) for channel in declared.channels.values()),
        *(_token(token, snapshot, users, secrets) for token in declared.tokens.values()),
        *(_price(price, snapshot.prices) for price in declared.prices.values()),
    ]


def _groups(groups: list[GroupSpec], rows: Mapping[str, Row]) -> Iterator[Change]:
    if DEFAULT not in rows and all(group.name != DEFAULT for group in groups):
        groups = [GroupSpec(name=DEFAULT), *groups]
    # The listed groups get the places they have among all groups, in the file's order; new ones come last.
    last = max((row["position"] for row in rows.values()), default=-1)
    new = range(last + 1, last + 1 + len(groups))
    places = sorted([rows[group.name]["position"] for group in groups if group.name in rows])
    places += new[: len(groups) - len(places)]
    for group, position in zip(groups, places, strict=True):
        yield _row("group", Group, {"name": group.name}, group.columns() | {"position": position}, rows)


def _user(user: UserSpec, snapshot: Snapshot, users: dict[str, uuid.UUID]) -> Iterator[Change]:
    id_ = users.setdefault(user.username, uuid.uuid4())
    key = f"{OPENING}{user.username}"
    booked = snapshot.openings.get(key)
    note = ""
    if booked is not None and user.balance_usd not in (0, booked):
        note = f"balance_usd was booked before as {nano_to_usd(booked)} USD and is never booked again"
    yield _row("user", User, {"username": user.username}, user.columns(), snapshot.users, id_, note=note)
    if booked is None and user.balance_usd:
        amount = f"{nano_to_usd(user.balance_usd)} USD"
        yield Change("credited", "user", user.username, (amount,), (Grant(id_, user.balance_usd, key),))


def _channel(channel: ChannelSpec, snapshot: Snapshot, secrets: Secrets) -> Change:
    row = snapshot.channels.get(channel.name)
    id_ = row["id"] if row else uuid.uuid4()
    change = _row("channel", Channel, {"name": channel.name}, channel.columns(), snapshot.channels, id_)
    if channel.keys is None:
        return change
    keys = plan_keys(id_, channel.keys, snapshot.keys.get(id_, []), secrets)
    if not keys:
        return change
    if row is None:
        return replace(change, writes=(*change.writes, *keys))
    return replace(change, action="updated", words=(*change.words, "keys"), writes=(*change.writes, *keys))


def _token(token: TokenSpec, snapshot: Snapshot, users: Mapping[str, uuid.UUID], secrets: Secrets) -> Change:
    generated = new_caller_key() if token.key is None and token.name not in snapshot.tokens else None
    columns = token.columns() | {"user": users[token.user]}
    if key := token.key or generated:
        columns |= {"key_hash": secrets.caller_hash(key), "key_hint": key_hint(key)}
    return _row("token", Token, {"name": token.name}, columns, snapshot.tokens, key=generated)


def _price(price: PriceSpec, rows: Mapping[str, Row]) -> Change:
    label = price_label(price.model, price.vendor, price.channel)
    return _row("price", Price, {"model": price.model}, price.columns(), rows, label=label)


def _row(
    kind: str,
    table: type[Table],
    name: dict[str, str],
    columns: dict[str, Any],
    rows: Mapping[str, Row],
    new_id: uuid.UUID | None = None,
    *,
    key: str | None = None,
    note: str = "",
    label: str = "",
) -> Change:
    """The change that makes the row called `name` (its column and value) have these columns. `rows` are by their names, or by
    the `label` of those whose name alone does not tell them apart."""
    (only_name,) = name.values()
    label = label or only_name
    row = rows.get(label)
    if row is None:
        insert = Insert(table, name | columns | {"id": new_id or uuid.uuid4()})
        return Change("created", kind, label, (), (insert,), key, note)
    changed = {column: value for column, value in columns.items() if row[column] != value}
    if not changed:
        return Change("unchanged", kind, label, note=note)
    words = tuple(WORDS.get(column, column) for column in changed if column not in HIDDEN)
    return Change("updated", kind, label, words, (Update(table, row["id"], changed),), note=note)
