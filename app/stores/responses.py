"""Kept responses, in the database, encrypted."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from uuid import UUID, uuid5

import msgspec

from app.db.errors import FAILURES, reason
from app.db.responses import Response
from app.secrets import SecretError, Secrets
from pipeline.errors import Unavailable
from pipeline.kept import KeptResponse
from pipeline.tasks import spawn

log = logging.getLogger("aihub.responses")

Result = TypeVar("Result")

LONGEST_CHAIN = 5000
SWEEP_SECONDS = 3600.0
RETRY_SECONDS = 2.0
LONGEST_ID = 255

_NAMESPACE = UUID("6f1d2d52-4a35-4d0c-8f3b-5d8f6a1b7c11")

# The same words on SQLite and PostgreSQL.
_CHAIN = """
WITH RECURSIVE chain (response_id, previous_id, depth) AS (
    SELECT response_id, previous_id, 0 FROM responses WHERE owner = {} AND response_id = {} AND expires_at > {}
    UNION ALL
    SELECT older.response_id, older.previous_id, chain.depth + 1 FROM responses older
    JOIN chain ON older.response_id = chain.previous_id
    WHERE older.owner = {} AND older.expires_at > {} AND chain.depth < {}
)
"""


class _Content(msgspec.Struct):
    items: msgspec.Raw
    response: msgspec.Raw


_decode = msgspec.json.Decoder(_Content).decode


class DatabaseResponses:
    """Implements `pipeline.ports.Responses`. What has expired is found no more, and removed within the hour or so."""

    def __init__(self, secrets: Secrets, clock: Callable[[], float] = time.time) -> None:
        self._secrets = secrets
        self._clock = clock
        self._swept = clock()

    async def keep(self, kept: KeptResponse, lifetime: float) -> None:
        await _whatever_the_caller_does(self._keep(kept, lifetime))

    async def chain(self, owner: str, response_id: str) -> list[KeptResponse]:
        return await _whatever_the_caller_does(self._chain(owner, response_id))

    async def delete(self, owner: str, response_id: str) -> bool:
        return await _whatever_the_caller_does(self._delete(owner, response_id))

    async def _keep(self, kept: KeptResponse, lifetime: float) -> None:
        if len(kept.id) > LONGEST_ID:
            return
        now = self._clock()
        row, expires = _row(kept.owner, kept.id), int(now + lifetime)
        content = msgspec.json.encode(_Content(kept.items, kept.response))
        # A vendor that numbers every response alike would make a chain of one that never ends.
        previous = kept.previous if kept.previous != kept.id else None
        response = Response(
            id=row,
            owner=kept.owner,
            response_id=kept.id,
            previous_id=previous,
            channel=kept.channel,
            sealed=self._secrets.seal_content(row, content),
            expires_at=expires,
        )
        await Response.insert(response).on_conflict(target=Response.id, action="DO UPDATE", values=Response.all_columns())
        if previous is not None:
            renew = " UPDATE responses SET expires_at = {} WHERE owner = {} AND response_id IN (SELECT response_id FROM chain)"
            await Response.raw(_CHAIN + renew, *self._from(kept.owner, previous), expires, kept.owner)
        if now - self._swept > SWEEP_SECONDS:
            self._swept = now
            await Response.delete().where(Response.expires_at <= int(now))

    async def _chain(self, owner: str, response_id: str) -> list[KeptResponse]:
        found = (
            " SELECT kept.response_id, kept.previous_id, kept.channel, kept.sealed FROM responses kept"
            " JOIN chain ON kept.response_id = chain.response_id WHERE kept.owner = {} ORDER BY chain.depth DESC"
        )
        rows = await Response.raw(_CHAIN + found, *self._from(owner, response_id), owner)
        return [self._opened(owner, row) for row in rows]

    async def _delete(self, owner: str, response_id: str) -> bool:
        unexpired = Response.expires_at > int(self._clock())
        deleted = await Response.delete().where(Response.id == _row(owner, response_id), unexpired).returning(Response.id)
        return bool(deleted)

    def _from(self, owner: str, response_id: str) -> tuple[Any, ...]:
        now = int(self._clock())
        return owner, response_id, now, owner, now, LONGEST_CHAIN

    def _opened(self, owner: str, row: dict[str, Any]) -> KeptResponse:
        content = _decode(self._secrets.unseal_content(_row(owner, row["response_id"]), row["sealed"]))
        return KeptResponse(
            id=row["response_id"],
            owner=owner,
            items=content.items,
            response=content.response,
            previous=row["previous_id"],
            channel=row["channel"],
        )


def _row(owner: str, response_id: str) -> UUID:
    return uuid5(_NAMESPACE, f"{owner}\n{response_id}")


async def _whatever_the_caller_does(work: Coroutine[Any, Any, Result]) -> Result:
    """In a task of its own: Piccolo leaks the connection of a query that is cancelled. Raises `Unavailable`."""
    found: list[Result] = []
    await asyncio.shield(spawn(_contained(work, found), "kept responses"))
    if not found:
        raise Unavailable("Kept responses cannot be reached at the moment.", retry_after=RETRY_SECONDS)
    return found[0]


async def _contained(work: Coroutine[Any, Any, Result], found: list[Result]) -> None:
    """Puts the result into `found`, unless the database cannot be asked."""
    try:
        found.append(await work)
    except FAILURES as failure:
        log.error("kept responses cannot be reached: %s", reason(failure))
    except SecretError as failure:
        log.error("a kept response cannot be read: %s", failure)
