"""Callers by the key they show: read from the database once, then from memory until something changes."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from app.db.errors import FAILURES, reason
from app.db.tokens import Token
from app.secrets import Secrets
from pipeline.caller import Caller
from pipeline.errors import Unavailable
from pipeline.limits.allowance import stored_allowance
from pipeline.patterns import Patterns
from pipeline.tasks import spawn

log = logging.getLogger("aihub.callers")

LOOKUP_SECONDS = 5.0
RETRY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Says itself whose it is, so that no mistake in the cache can hand one caller's rights to another."""

    key_hash: str
    caller: Caller | None


Lookup = asyncio.Task[Answer | None]


class Recent:
    """The answers used last, a bounded number of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def get(self, key_hash: str) -> Answer | None:
        answer = self._answers.get(key_hash)
        if answer is not None:
            self._answers.move_to_end(key_hash)
        return answer

    def put(self, answer: Answer) -> None:
        self._answers[answer.key_hash] = answer
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)

    def clear(self) -> None:
        self._answers.clear()


class DatabaseCallers:
    """Implements `pipeline.ports.Callers`.

    Known and unknown keys are remembered apart: whoever tries random keys cannot push real callers out.
    """

    def __init__(self, secrets: Secrets, *, size: int = 10_000) -> None:
        self._secrets = secrets
        self._known, self._unknown = Recent(size), Recent(size)
        self._lookups: dict[str, Lookup] = {}
        self._failing = False

    async def find(self, key: str) -> Caller | None:
        key_hash = self._secrets.caller_hash(key)
        answer = self._known.get(key_hash) or self._unknown.get(key_hash) or await self._looked_up(key_hash)
        if answer is None:
            raise Unavailable("API keys cannot be checked at the moment.", retry_after=RETRY_SECONDS)
        if answer.key_hash != key_hash:
            raise RuntimeError("the caller cache answered for another key")
        return answer.caller

    def clear(self) -> None:
        """Forget everything: something has changed. Lookups under way may have read the past, so nobody joins them."""
        self._known.clear()
        self._unknown.clear()
        self._lookups = {}

    async def _looked_up(self, key_hash: str) -> Answer | None:
        """Ask once for everybody who asks at the same time. A caller who leaves takes nobody's lookup along."""
        lookups = self._lookups
        lookup = lookups.get(key_hash)
        if lookup is None:
            lookup = lookups[key_hash] = spawn(self._look_up(key_hash, lookups), "caller lookup")
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                return await asyncio.shield(lookup)
        except TimeoutError:
            return None

    async def _look_up(self, key_hash: str, lookups: dict[str, Lookup]) -> Answer | None:
        """None when the database cannot be asked."""
        try:
            answer = Answer(key_hash, await _read(key_hash))
        except FAILURES as failure:
            if not self._failing:
                log.error("cannot look up callers: %s", reason(failure))
            self._failing = True
            return None
        finally:
            lookups.pop(key_hash, None)
        self._failing = False
        # Unless `clear` came in between.
        if lookups is self._lookups:
            (self._known if answer.caller else self._unknown).put(answer)
        return answer


async def _read(key_hash: str) -> Caller | None:
    user = Token.user
    row: dict[str, Any] | None = (
        await Token.select(*Token.all_columns(), user.username, user.role, user.group, user.enabled, user.limits)
        .where(Token.key_hash == key_hash)
        .first()
        .output(load_json=True)
    )
    if row is None:
        return None
    return Caller(
        token_id=str(row["id"]),
        token_name=row["name"],
        user_id=str(row["user"]),
        username=row["user.username"],
        group=row["group"] or row["user.group"],
        user_group=row["user.group"],
        role=row["user.role"],
        token_enabled=row["enabled"],
        user_enabled=row["user.enabled"],
        expires_at=row["expires_at"].timestamp() if row["expires_at"] else None,
        quota=row["quota_nano"],
        used=row["used_nano"],
        models=Patterns(row["models"]),
        allow_ips=tuple(row["allow_ips"]),
        cross_group_retry=row["cross_group_retry"],
        limits=stored_allowance(row["limits"]),
        user_limits=stored_allowance(row["user.limits"]),
    )
