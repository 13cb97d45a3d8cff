"""What an empty database starts with: somebody to log in, something that answers, and a key to ask it with."""

import asyncio
import uuid
from dataclasses import dataclass, field

from piccolo.table import Table

from app.db.channels import Channel
from app.db.engine import Engine
from app.db.groups import DEFAULT, Group
from app.db.prices import Price
from app.db.state import bump, lock
from app.db.tokens import Token
from app.db.users import User
from app.passwords import hash_password, new_password
from app.secrets import Secrets, key_hint, new_caller_key

ADMIN = "admin"
CHANNEL = "echo"
FIRST = "first"


@dataclass(frozen=True, slots=True)
class Seeded:
    """Shown to the operator once: nothing keeps them."""

    username: str
    password: str = field(repr=False)
    token: str
    key: str = field(repr=False)


async def seed(engine: Engine, secrets: Secrets) -> Seeded | None:
    """Into an empty database only; None if there is anything, or if another process was faster."""
    if not await _empty():
        return None
    seeded = Seeded(ADMIN, new_password(), FIRST, new_caller_key())
    password_hash = await asyncio.to_thread(hash_password, seeded.password)
    async with engine.transaction():
        await lock()
        if not await _empty():
            return None
        await _insert(seeded, password_hash, secrets)
        await bump()
    return seeded


async def _empty() -> bool:
    tables: tuple[type[Table], ...] = (User, Channel, Token)
    return not any([await table.exists() for table in tables])


async def _insert(seeded: Seeded, password_hash: str, secrets: Secrets) -> None:
    await Group.insert(Group(name=DEFAULT)).on_conflict(action="DO NOTHING")
    admin = uuid.uuid4()
    await User.insert(User(id=admin, username=seeded.username, role="admin", group=DEFAULT, password_hash=password_hash))
    await Channel.insert(Channel(name=CHANNEL, vendor="echo", models=["echo*"], remark="Answers by itself. Not for production."))
    # A model without a price is refused, and this one costs nobody anything.
    await Price.insert(Price(model=f"{CHANNEL}*", input=0, output=0))
    await Token.insert(
        Token(
            name=seeded.token,
            user=admin,
            key_hash=secrets.caller_hash(seeded.key),
            key_hint=key_hint(seeded.key),
        )
    )
