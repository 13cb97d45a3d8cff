"""A caller is found by its key, read once, and never confused, lost or kept too long."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.db.engine import Engine
from app.db.users import User
from app.secrets import Secrets
from app.stores import callers as module
from app.stores.callers import DatabaseCallers, Recent
from pipeline.caller import Caller
from pipeline.errors import Unavailable
from pipeline.limits.allowance import read_allowance
from tests.app.rows import add_token, add_user


@pytest.fixture
def callers(database: Engine, secrets: Secrets) -> DatabaseCallers:
    return DatabaseCallers(secrets)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question that reaches the database."""
    asked: list[str] = []
    read = module._read

    async def counted(key_hash: str) -> Caller | None:
        asked.append(key_hash)
        return await read(key_hash)

    monkeypatch.setattr(module, "_read", counted)
    return asked


def failing(error: Exception) -> Callable[[str], Awaitable[Caller | None]]:
    async def read(key_hash: str) -> Caller | None:
        raise error

    return read


async def test_a_caller_is_what_its_token_and_owner_say(callers: DatabaseCallers, secrets: Secrets) -> None:
    user = await add_user("alice", group="staff", role="admin")
    until = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    await add_token(
        secrets,
        "k1",
        user,
        "laptop",
        models=["gpt-*"],
        allow_ips=["10.0.0.0/8"],
        expires_at=until,
        quota_nano=5,
        used_nano=4,
        cross_group_retry=True,
    )
    caller = await callers.find("k1")
    assert caller is not None
    assert (caller.token_name, caller.username, caller.user_id) == ("laptop", "alice", str(user))
    assert (caller.group, caller.role, caller.quota, caller.used) == ("staff", "admin", 5, 4)
    assert caller.expires_at == until.timestamp()
    assert caller.allow_ips == ("10.0.0.0/8",)
    assert caller.cross_group_retry
    assert "gpt-5" in caller.models
    assert "claude" not in caller.models


async def test_limits_of_a_token_and_of_its_owner_stay_apart(callers: DatabaseCallers, secrets: Secrets) -> None:
    await add_token(secrets, "k1", await add_user(limits={"rpm": 600, "tpm": "unlimited"}), limits={"concurrent": 5})
    await add_token(secrets, "k2", await add_user("bob"))
    limited, free = await callers.find("k1"), await callers.find("k2")
    assert limited is not None
    assert limited.limits == read_allowance({"concurrent": 5})
    assert limited.user_limits == read_allowance({"rpm": 600, "tpm": "unlimited"})
    assert free is not None
    assert free.limits is free.user_limits is None


@pytest.mark.parametrize(
    ("token", "owner", "seen"),
    [
        ({}, {}, {"group": "default", "token_enabled": True, "user_enabled": True, "quota": None}),
        ({"group": "vip"}, {}, {"group": "vip"}),
        ({"group": "auto"}, {"group": "staff"}, {"group": "auto"}),
        ({"enabled": False}, {}, {"token_enabled": False}),
        ({}, {"enabled": False}, {"user_enabled": False}),
    ],
)
async def test_it_is_found_in_whatever_state_it_is(
    callers: DatabaseCallers,
    secrets: Secrets,
    token: dict[str, Any],
    owner: dict[str, Any],
    seen: dict[str, Any],
) -> None:
    await add_token(secrets, "k1", await add_user(**owner), **token)
    caller = await callers.find("k1")
    assert {name: getattr(caller, name) for name in seen} == seen


@pytest.mark.parametrize("key", ["", "K1", "k1 ", "k", "ключ", "\udcff", "k" * 100_000])
async def test_nobody_has_another_key(callers: DatabaseCallers, secrets: Secrets, key: str) -> None:
    await add_token(secrets, "k1", await add_user())
    assert await callers.find(key) is None


async def test_known_and_unknown_keys_are_read_once(callers: DatabaseCallers, secrets: Secrets, reads: list[str]) -> None:
    await add_token(secrets, "k1", await add_user())
    for _ in range(3):
        assert await callers.find("k1") is not None
        assert await callers.find("wrong") is None
    assert len(reads) == 2


async def test_those_who_ask_at_once_share_one_read(callers: DatabaseCallers, secrets: Secrets, reads: list[str]) -> None:
    await add_token(secrets, "k1", await add_user())
    found = await asyncio.gather(*[callers.find("k1") for _ in range(20)])
    assert len({id(caller) for caller in found}) == 1
    assert len(reads) == 1


async def test_a_cancelled_request_takes_nobody_along(callers: DatabaseCallers, secrets: Secrets, reads: list[str]) -> None:
    await add_token(secrets, "k1", await add_user())
    leaves = asyncio.ensure_future(callers.find("k1"))
    stays = asyncio.ensure_future(callers.find("k1"))
    await asyncio.sleep(0)
    leaves.cancel()
    assert await stays is not None
    assert leaves.cancelled()
    assert len(reads) == 1


async def test_a_storm_of_cancelled_requests_locks_nothing(callers: DatabaseCallers, secrets: Secrets) -> None:
    for round_ in range(20):
        requests = [asyncio.ensure_future(callers.find(f"{round_}-{number}")) for number in range(10)]
        await asyncio.sleep(0.0005 * (round_ % 4))
        for request in requests:
            request.cancel()
        await asyncio.gather(*requests, return_exceptions=True)
    await add_token(secrets, "k1", await add_user())
    assert await callers.find("k1") is not None


async def test_a_change_is_seen_after_clear(callers: DatabaseCallers, secrets: Secrets) -> None:
    user = await add_user()
    assert await callers.find("k1") is None
    await add_token(secrets, "k1", user)
    callers.clear()
    assert (caller := await callers.find("k1")) is not None
    assert caller.user_enabled
    await User.update({User.enabled: False}).where(User.id == user)
    callers.clear()
    assert (caller := await callers.find("k1")) is not None
    assert not caller.user_enabled


async def test_what_was_read_before_a_clear_is_not_kept(
    callers: DatabaseCallers, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_token(secrets, "k1", await add_user())
    read, go_on = module._read, asyncio.Event()

    async def slow(key_hash: str) -> Caller | None:
        await go_on.wait()
        return None

    monkeypatch.setattr(module, "_read", slow)
    early = asyncio.ensure_future(callers.find("k1"))
    await asyncio.sleep(0.01)
    callers.clear()
    monkeypatch.setattr(module, "_read", read)
    assert await callers.find("k1") is not None
    go_on.set()
    assert await early is None
    assert await callers.find("k1") is not None


@pytest.mark.parametrize("error", [OSError("gone"), TimeoutError(), ConnectionRefusedError(111, "refused")])
async def test_a_lost_database_is_never_a_wrong_key(
    callers: DatabaseCallers,
    secrets: Secrets,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    await add_token(secrets, "k1", await add_user())
    await add_token(secrets, "k2", await add_user("bob"))
    assert await callers.find("k1") is not None
    with monkeypatch.context() as patch:
        patch.setattr(module, "_read", failing(error))
        for _ in range(3):
            with pytest.raises(Unavailable) as caught:
                await callers.find("k2")
            assert caught.value.retry_after
        assert await callers.find("k1") is not None, "who is known stays known"
    assert len(caplog.records) == 1, "an outage is logged once"
    assert await callers.find("k2") is not None, "and nothing of it stays"


async def test_a_database_that_does_not_answer_is_given_up(callers: DatabaseCallers, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = asyncio.Event()

    async def stuck(key_hash: str) -> Caller | None:
        await go_on.wait()
        return None

    monkeypatch.setattr(module, "_read", stuck)
    monkeypatch.setattr(module, "LOOKUP_SECONDS", 0.01)
    with pytest.raises(Unavailable):
        await callers.find("k1")
    go_on.set()


async def test_wrong_keys_push_no_real_caller_out(database: Engine, secrets: Secrets, reads: list[str]) -> None:
    callers = DatabaseCallers(secrets, size=3)
    await add_token(secrets, "k1", await add_user())
    await callers.find("k1")
    for number in range(10):
        await callers.find(f"wrong {number}")
    before = len(reads)
    assert await callers.find("k1") is not None
    assert len(reads) == before


def test_the_least_recently_used_answer_is_forgotten() -> None:
    recent = Recent(2)
    for name in ("a", "b"):
        recent.put(module.Answer(name, None))
    recent.get("a")
    recent.put(module.Answer("c", None))
    assert [name for name in "abc" if recent.get(name)] == ["a", "c"]
