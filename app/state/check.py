"""What must hold between the entries of a state file, and between them and the database."""

from collections.abc import Iterator, Mapping

from app.config.problems import Problem, Where, suggest
from app.db.groups import AUTO, DEFAULT, EVERYONE, is_open
from app.db.prices import price_label
from app.secrets import Secrets
from app.state.read import Declared
from app.state.snapshot import Row, Snapshot
from pipeline.channel_options.common import NAMES as NAMES_OF_OPTIONS
from providers import registry

NAMES = {"groups": "name", "users": "username", "channels": "name", "tokens": "name"}
"""The word that names an entry, in each section; a price is named by several."""


def check(declared: Declared, snapshot: Snapshot, secrets: Secrets) -> list[Problem]:
    """Every problem, those of reading included."""
    checks = (_twice, _addresses, _options, _groups, _users, _prices, _channel_keys, _open_groups, _closed_groups)
    found = [problem for one in checks for problem in one(declared, snapshot)]
    return [*declared.problems, *found, *_token_keys(declared, snapshot, secrets)]


def _twice(declared: Declared, _: Snapshot) -> Iterator[Problem]:
    for section, word in NAMES.items():
        seen: dict[str, Where] = {}
        for where, name in declared.texts(section, word):
            if name in seen:
                line, _column = declared.document.position(seen[name])
                yield declared.document.problem(where, f"{name!r} is declared twice, first at line {line}")
            seen.setdefault(name, where)


def _addresses(declared: Declared, _: Snapshot) -> Iterator[Problem]:
    for place, channel in declared.channels.items():
        if channel.base_url is None and registry.get(channel.vendor).base_url is None:
            message = f"the vendor {channel.vendor!r} has no address of its own: add `base_url`"
            yield declared.document.problem(("channels", place), message)


def _options(declared: Declared, _: Snapshot) -> Iterator[Problem]:
    for place, channel in declared.channels.items():
        known = (*NAMES_OF_OPTIONS, *registry.get(channel.vendor).options)
        for name in channel.options:
            if name not in known:
                message = f"unknown option {name!r}" + (suggest(name, known) or f"; known are {', '.join(known)}")
                yield declared.document.problem(("channels", place, "options", name), message, key=True)


def _groups(declared: Declared, snapshot: Snapshot) -> Iterator[Problem]:
    for where, name in declared.texts("groups", "name"):
        if name in (AUTO, EVERYONE):
            yield declared.document.problem(where, f"{name!r} has a meaning of its own and cannot be a group's name")
    known = _names(declared, "groups", snapshot.groups) | {DEFAULT}
    for where, name in (*declared.texts("channels", "groups"), *declared.texts("users", "group")):
        if name not in known:
            yield declared.document.problem(where, f"unknown group {name!r}{suggest(name, known)}")
    for place, group in declared.groups.items():
        for name in group.ratios:
            if name not in known:
                message = f"unknown group {name!r}{suggest(name, known)}"
                yield declared.document.problem(("groups", place, "ratios", name), message, key=True)
    for where, name in declared.texts("groups", "usable_by"):
        if name not in known | {EVERYONE}:
            yield declared.document.problem(where, f"unknown group {name!r}{suggest(name, known)}")
    for where, name in declared.texts("tokens", "group"):
        if name not in known | {AUTO}:
            yield declared.document.problem(where, f"unknown group {name!r}{suggest(name, known | {AUTO})}")


def _users(declared: Declared, snapshot: Snapshot) -> Iterator[Problem]:
    known = _names(declared, "users", snapshot.users)
    for where, name in declared.texts("tokens", "user"):
        if name not in known:
            yield declared.document.problem(where, f"unknown user {name!r}{suggest(name, known)}")


def _prices(declared: Declared, snapshot: Snapshot) -> Iterator[Problem]:
    known = _names(declared, "channels", snapshot.channels)
    seen: dict[str, Where] = {}
    for place, entry in declared.entries("prices"):
        where = ("prices", place, "model")
        channel = entry.get("channel")
        if isinstance(channel, str) and channel not in known:
            yield declared.document.problem(("prices", place, "channel"), f"unknown channel {channel!r}{suggest(channel, known)}")
        label = price_label(str(entry.get("model")), entry.get("vendor"), channel)
        if label in seen:
            line, _column = declared.document.position(seen[label])
            yield declared.document.problem(where, f"{label!r} is declared twice, first at line {line}")
        seen.setdefault(label, where)


def _channel_keys(declared: Declared, _: Snapshot) -> Iterator[Problem]:
    for place, channel in declared.channels.items():
        names: set[str] = set()
        secrets: set[str] = set()
        for index, key in enumerate(channel.keys or ()):
            where = ("channels", place, "keys", index)
            if key.key in secrets:
                yield declared.document.problem(where, "this key is listed twice")
            if key.name in names:
                yield declared.document.problem(where, f"two keys of this channel are called {key.name!r}")
            secrets.add(key.key)
            names |= {key.name} if key.name else set()


def _open_groups(declared: Declared, snapshot: Snapshot) -> Iterator[Problem]:
    users, usable = _user_groups(declared, snapshot), _usable_by(declared, snapshot)
    for place, token in declared.tokens.items():
        group, home = token.group, users.get(token.user)
        if group in usable and home and not is_open(group, usable[group], home):
            message = (
                f"the group {group!r} is not open to {token.user!r}, who is in {home!r}: "
                f"add {home!r} to its `usable_by`, or name another group"
            )
            yield declared.document.problem(("tokens", place, "group"), message)


def _token_keys(declared: Declared, snapshot: Snapshot, secrets: Secrets) -> Iterator[Problem]:
    seen = {row["key_hash"]: name for name, row in snapshot.tokens.items()}
    for place, token in declared.tokens.items():
        if token.key and (other := seen.setdefault(secrets.caller_hash(token.key), token.name)) != token.name:
            yield declared.document.problem(("tokens", place, "key"), f"the token {other!r} has this key already")


def _closed_groups(declared: Declared, snapshot: Snapshot) -> Iterator[Problem]:
    """A token that the file does not mention, whose group the file would close to it."""
    users, usable = _user_groups(declared, snapshot), _usable_by(declared, snapshot)
    groups = {name: where[:2] for where, name in declared.texts("groups", "name")}
    changed = {name: where[:2] for where, name in declared.texts("users", "username")}
    mentioned = {name for _, name in declared.texts("tokens", "name")}
    for name, row in snapshot.tokens.items():
        owner, group = snapshot.username(row["user"]), row["group"]
        if name in mentioned or group not in usable or is_open(group, usable[group], users[owner]):
            continue
        if where := groups.get(group) or changed.get(owner):
            message = f"the token {name!r} of {owner!r} uses the group {group!r}, which would not be open to it any more"
            yield declared.document.problem(where, message)


def _names(declared: Declared, section: str, rows: Mapping[str, Row]) -> set[str]:
    """Those of ill-formed entries, too: who refers to them makes no second mistake."""
    return {*rows, *(name for _, name in declared.texts(section, NAMES[section]))}


def _user_groups(declared: Declared, snapshot: Snapshot) -> dict[str, str]:
    """Every user's group, as it will be."""
    before = {name: row["group"] for name, row in snapshot.users.items()}
    return before | {user.username: user.group for user in declared.users.values()}


def _usable_by(declared: Declared, snapshot: Snapshot) -> dict[str, list[str]]:
    """Whom every group is open to, as it will be."""
    before: dict[str, list[str]] = {DEFAULT: []} | {name: row["usable_by"] for name, row in snapshot.groups.items()}
    return before | {group.name: list(group.usable_by) for group in declared.groups.values()}
