"""Rows for tests, with what a test does not care about filled in."""

import uuid
from typing import Any

from app.db.channels import Channel, ChannelKey
from app.db.groups import Group
from app.db.state import bump
from app.db.tokens import Token
from app.db.users import User
from app.secrets import Secrets


async def add_user(username: str = "alice", **columns: Any) -> uuid.UUID:
    user = uuid.uuid4()
    await User.insert(User(id=user, username=username, **columns))
    return user


async def add_token(secrets: Secrets, key: str, user: uuid.UUID, name: str | None = None, **columns: Any) -> None:
    await Token.insert(Token(name=name or f"token of {key}", user=user, key_hash=secrets.caller_hash(key), **columns))
    await bump()


async def add_group(name: str, **columns: Any) -> None:
    await Group.insert(Group(name=name, **columns))
    await bump()


async def add_channel(secrets: Secrets, name: str, keys: tuple[str, ...] = (), vendor: str = "echo", **columns: Any) -> uuid.UUID:
    channel = uuid.uuid4()
    await Channel.insert(Channel(id=channel, name=name, vendor=vendor, **columns))
    for position, key in enumerate(keys):
        row = uuid.uuid4()
        await ChannelKey.insert(
            ChannelKey(id=row, channel=channel, name=f"key {position}", sealed=secrets.seal(row, key), position=position)
        )
    await bump()
    return channel
