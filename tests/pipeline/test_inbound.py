"""A caller's WebSocket messages on their way down the `inbound` hooks."""

from collections.abc import Iterable
from typing import Any

import pytest

from pipeline.errors import Forbidden, InternalError
from pipeline.flow import Flow
from pipeline.testing import Playbook
from tests.pipeline.recorder import BODY, CRASH_TEXT, crashing, stage


async def sent_down(message: bytes, *stages: Any) -> list[bytes]:
    play = Playbook.of([(f"stage{number}", each) for number, each in enumerate(stages)])
    result = await play.request(BODY)
    return await play.runner.inbound(result.flow, message)


def passing(change: Any) -> Any:
    async def inbound(flow: Flow, message: bytes) -> bytes | Iterable[bytes] | None:
        changed: bytes | Iterable[bytes] | None = change(message)
        return changed

    return stage(inbound=inbound)


async def test_without_a_hook_a_message_passes_as_it_is() -> None:
    assert await sent_down(b"m", stage(done=_nothing)) == [b"m"]


@pytest.mark.parametrize(("change", "passed"), [(bytes.upper, [b"M"]), (lambda m: [m, b"n"], [b"m", b"n"]), (lambda m: None, [])])
async def test_a_stage_returns_one_message_several_or_none(change: Any, passed: list[bytes]) -> None:
    assert await sent_down(b"m", passing(change)) == passed


async def test_each_stage_sees_what_the_one_above_it_returned() -> None:
    assert await sent_down(b"m", passing(lambda m: [m + b"1", m + b"2"]), passing(lambda m: m + b"!")) == [b"m1!", b"m2!"]


async def test_a_stage_may_refuse_a_message() -> None:
    async def inbound(flow: Flow, message: bytes) -> bytes:
        raise Forbidden("not in this session", code="not_here")

    with pytest.raises(Forbidden, match="not in this session"):
        await sent_down(b"m", stage(inbound=inbound))


async def test_a_crash_fails_closed(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty:
        inbound = type(crashing("inbound")).inbound

    with pytest.raises(InternalError) as raised:
        await sent_down(b"m", Faulty())
    assert CRASH_TEXT not in raised.value.message
    assert "stage stage0 crashed" in caplog.text


async def _nothing(flow: Flow) -> None: ...
