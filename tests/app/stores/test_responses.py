"""Kept responses: a chain by its last id, for its owner alone, encrypted, for a time."""

import msgspec
import pytest

from app.db.engine import Engine
from app.db.responses import Response
from app.secrets import Secrets
from app.stores import responses as module
from app.stores.responses import DatabaseResponses
from pipeline.errors import Unavailable
from pipeline.kept import KeptResponse

DAY = 86_400.0
CANARY = "the secret words of a conversation"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Engine, secrets: Secrets, clock: Clock) -> DatabaseResponses:
    return DatabaseResponses(secrets, clock)


def kept(name: str, previous: str | None = None, owner: str = "alice", channel: str | None = None) -> KeptResponse:
    def raw(value: object) -> msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(value))

    return KeptResponse(
        id=name,
        owner=owner,
        items=raw([{"role": "user", "content": CANARY}]),
        response=raw({"id": name, "output": []}),
        previous=previous,
        channel=channel,
    )


async def ids(store: DatabaseResponses, name: str, owner: str = "alice") -> list[str]:
    return [each.id for each in await store.chain(owner, name)]


async def test_a_chain_comes_back_whole_the_oldest_first(store: DatabaseResponses) -> None:
    chain = [kept("resp_1"), kept("resp_2", "resp_1", channel="openai"), kept("resp_3", "resp_2")]
    for each in chain:
        await store.keep(each, DAY)
    assert await store.chain("alice", "resp_3") == chain
    assert await store.chain("alice", "resp_2") == chain[:2]


async def test_two_may_go_on_from_one(store: DatabaseResponses) -> None:
    for each in (kept("resp_1"), kept("resp_2", "resp_1"), kept("resp_3", "resp_1")):
        await store.keep(each, DAY)
    assert await ids(store, "resp_3") == ["resp_1", "resp_3"]


async def test_nobody_finds_or_deletes_another_owners(store: DatabaseResponses) -> None:
    await store.keep(kept("resp_1"), DAY)
    assert await ids(store, "resp_1", owner="bob") == []
    assert await store.delete("bob", "resp_1") is False
    assert await ids(store, "resp_1") == ["resp_1"]


async def test_two_owners_may_have_the_same_id(store: DatabaseResponses) -> None:
    await store.keep(kept("resp_1"), DAY)
    await store.keep(kept("resp_1", owner="bob", channel="other"), DAY)
    assert [each.channel for each in await store.chain("alice", "resp_1")] == [None]
    assert [each.channel for each in await store.chain("bob", "resp_1")] == ["other"]


async def test_what_is_deleted_ends_the_chain(store: DatabaseResponses) -> None:
    for each in (kept("resp_1"), kept("resp_2", "resp_1"), kept("resp_3", "resp_2")):
        await store.keep(each, DAY)
    assert await store.delete("alice", "resp_2") is True
    assert await store.delete("alice", "resp_2") is False
    (last,) = await store.chain("alice", "resp_3")
    assert last.previous == "resp_2"


async def test_nothing_is_found_after_its_time(store: DatabaseResponses, clock: Clock) -> None:
    await store.keep(kept("resp_1"), DAY)
    clock.now += DAY + 1
    assert await ids(store, "resp_1") == []
    assert await store.delete("alice", "resp_1") is False


async def test_going_on_renews_what_it_goes_on_from(store: DatabaseResponses, clock: Clock) -> None:
    await store.keep(kept("resp_1"), DAY)
    clock.now += DAY / 2
    await store.keep(kept("resp_2", "resp_1"), DAY)
    clock.now += DAY * 0.75
    assert await ids(store, "resp_2") == ["resp_1", "resp_2"]


async def test_what_has_expired_is_removed_when_another_is_kept(store: DatabaseResponses, clock: Clock) -> None:
    await store.keep(kept("resp_1"), DAY)
    clock.now += 2 * DAY
    await store.keep(kept("resp_2"), DAY)
    assert [row["response_id"] for row in await Response.select(Response.response_id)] == ["resp_2"]


async def test_a_vendor_that_gives_every_response_the_same_id_makes_no_endless_chain(store: DatabaseResponses) -> None:
    await store.keep(kept("resp_1"), DAY)
    await store.keep(kept("resp_1", "resp_1"), DAY)
    assert await ids(store, "resp_1") == ["resp_1"]


async def test_an_id_that_is_too_long_is_not_kept(store: DatabaseResponses) -> None:
    await store.keep(kept("r" * 256), DAY)
    assert await ids(store, "r" * 256) == []


async def test_the_database_holds_no_word_of_it(store: DatabaseResponses) -> None:
    await store.keep(kept("resp_1"), DAY)
    (row,) = await Response.select()
    assert CANARY.encode() not in bytes(row["sealed"])
    assert CANARY not in str(row)


async def test_what_was_moved_to_another_row_does_not_open(store: DatabaseResponses) -> None:
    await store.keep(kept("resp_1"), DAY)
    await Response.update({Response.owner: "bob"}).where(Response.response_id == "resp_1")
    with pytest.raises(Unavailable):
        await store.chain("bob", "resp_1")


async def test_a_lost_database_is_unavailable(store: DatabaseResponses, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(module.Response, "raw", lost)
    with pytest.raises(Unavailable):
        await store.chain("alice", "resp_1")
