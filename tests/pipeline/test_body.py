"""A body is read once, lazily, in memory or from a spool, and goes up anew for each attempt."""

import mmap
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
import pytest

from pipeline.body import MEMORY_LIMIT, Body
from pipeline.errors import BodyTimeout
from pipeline.flow import Attempt, Flow
from pipeline.testing import Playbook, a_channel, reply, status
from tests.pipeline.recorder import BODY, rejecting, stage


async def pieces(parts: Iterable[bytes | Exception], taken: list[bytes] | None = None) -> AsyncIterator[bytes]:
    for part in parts:
        if isinstance(part, Exception):
            raise part
        if taken is not None:
            taken.append(part)
        yield part


def big(size: int = 3 << 20) -> bytes:
    return b'{"model":"gpt-x","n":123456789012345678901234567890,"text":"' + b"x" * size + b'"}'


def cut(source: bytes, size: int) -> list[bytes]:
    return [source[start : start + size] for start in range(0, len(source), size)]


@pytest.mark.parametrize("parts", [[], [b""], [b"ab"], [b"a", b"b", b""], [b"x" * MEMORY_LIMIT]])
async def test_up_to_a_mebibyte_stays_in_memory(parts: list[bytes]) -> None:
    buffer = await Body(pieces(parts)).buffer()
    assert (type(buffer), bytes(buffer)) == (bytes, b"".join(parts))


@pytest.mark.parametrize("size", [1 << 10, 700_001, 5 << 20])
async def test_more_is_mapped_from_a_spool_file_byte_for_byte(size: int) -> None:
    source = big()
    buffer = await Body(pieces(cut(source, size))).buffer()
    assert isinstance(buffer, mmap.mmap)
    assert bytes(buffer) == source


async def test_one_byte_more_than_memory_holds_is_spooled() -> None:
    assert isinstance(await Body(pieces([b"x" * MEMORY_LIMIT, b"y"])).buffer(), mmap.mmap)


async def test_it_is_read_once() -> None:
    body = Body(pieces([b'{"a":1}']))
    assert await body.buffer() is await body.buffer()
    assert await body.object() is await body.object()


async def test_what_reading_raises_reaches_the_caller() -> None:
    play = Playbook()
    late = BodyTimeout("The body came too slowly.")
    for parts in ([b'{"model"', late], [*cut(big(), 1 << 20), late]):
        assert (await play.request(pieces(parts))).status == 408


async def test_a_rejection_by_headers_alone_reads_no_byte() -> None:
    taken: list[bytes] = []
    await Playbook(rejecting("request")).request(pieces([b"{}"], taken))
    assert taken == []


async def test_unchanged_bytes_go_up_verbatim() -> None:
    source = rb'{ "model":"gpt-x", "n":1e5, "big":123456789012345678901234567890,"path":"a\/b","accent":"\u00e9" }'
    play = Playbook()
    await play.request(source)
    assert play.sent[0].body == source


async def test_another_model_is_spliced_in_and_the_rest_stays() -> None:
    async def mapping(flow: Flow, attempt: Attempt) -> None:
        attempt.model = "gpt-real"

    play = Playbook(stage(target=mapping))
    await play.request(rb'{ "model":"gpt-x", "n":1e5, "big":123456789012345678901234567890,"path":"a\/b","accent":"\u00e9" }')
    assert (
        play.sent[0].body == rb'{"model":"gpt-real","n":1e5,"big":123456789012345678901234567890,"path":"a\/b","accent":"\u00e9"}'
    )


@pytest.mark.parametrize("source", [big(10), big()])
async def test_each_attempt_has_a_copy_of_its_own_of_the_frozen_body(source: bytes) -> None:
    async def override(flow: Flow, attempt: Attempt) -> None:
        assert attempt.body is not None
        attempt.body.set(f"by_{attempt.number}", True)
        attempt.body.delete("text")

    play = Playbook(stage(upstream_request=override), channels=[a_channel("a"), a_channel("b")])
    play.upstream(status(503), reply({}))
    await play.request(pieces(cut(source, 1 << 20)))
    number = b'{"model":"gpt-x","n":123456789012345678901234567890'
    assert [sent.body for sent in play.sent] == [number + b',"by_1":true}', number + b',"by_2":true}']


async def test_a_spooled_body_goes_up_whole_in_every_attempt() -> None:
    play = Playbook(channels=[a_channel("a"), a_channel("b")])
    play.upstream(status(503), reply({}))
    source = big()
    await play.request(pieces(cut(source, 1 << 20)))
    assert [sent.body == source for sent in play.sent] == [True, True]


@pytest.mark.parametrize("hook", ["request", "admit", "target", "upstream_request", "response"])
async def test_since_admit_the_flow_s_body_cannot_be_edited(hook: str) -> None:
    async def edit(flow: Flow, *_: Any) -> None:
        (await flow.body()).set("user", "u")

    play = Playbook(stage(**{hook: edit}))
    result = await play.request(BODY)
    assert result.status == (200 if hook == "request" else 500)
    if hook == "request":
        assert msgspec.json.decode(play.sent[0].body)["user"] == "u"
