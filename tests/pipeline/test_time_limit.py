"""A stage that takes too long: closed like one that crashes, by its name, and never while it waits for the caller."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from pipeline.body import Body
from pipeline.calls import run_guarded
from pipeline.compile import Pipeline
from pipeline.errors import InternalError
from pipeline.flow import Event, Flow, Headers, Request, Route
from pipeline.stage import HOOKS
from pipeline.testing import Playbook
from pipeline.time_limit import TIMED
from tests.pipeline.recorder import BODY, stage

SOON = 0.02


async def never(*_: object) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("hook", sorted(TIMED - {"inbound", "error"}))
async def test_a_hook_that_never_ends_is_a_500_that_names_its_stage_in_the_log_alone(
    hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    play = Playbook.of([("slow", stage(**{hook: never}))], seconds={"slow": SOON})
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["code"]) == (500, "stage_timeout")
    assert f"stage slow timed out: `{hook}` took longer than 0.02 s" in caplog.text
    assert "slow" not in result.body.decode()


async def test_nothing_goes_up_when_admit_takes_too_long() -> None:
    play = Playbook.of([("slow", stage(admit=never))], seconds={"slow": SOON})
    await play.request(BODY)
    assert play.sent == []


def test_what_settles_is_never_cut_off() -> None:
    assert set(HOOKS) - TIMED == {"attempt_done", "done", "start", "stop"}


async def test_a_stage_without_a_limit_takes_its_time() -> None:
    async def request(flow: Flow) -> None:
        await asyncio.sleep(3 * SOON)

    play = Playbook.of([("slow", stage(request=request)), ("quick", stage(request=request))], seconds={"other": SOON})
    assert (await play.request(BODY)).status == 200


async def test_a_plain_chunk_hook_is_called_as_it_is() -> None:
    def chunk(flow: Flow, event: Event) -> Event:
        return event

    made = stage(chunk=chunk)
    assert Pipeline([("s", made)], {"s": SOON}).chunk == (("s", made.chunk),)


async def test_what_a_hook_raises_and_returns_passes_through() -> None:
    async def chunk(flow: Flow, event: Event) -> Any:
        await asyncio.sleep(0)
        return Event(event.raw + b" ", event.last, unary=event.unary)

    play = Playbook.of([("s", stage(chunk=chunk))], seconds={"s": 5})
    assert (await play.request(BODY)).body.endswith(b" ")


async def test_a_timeout_inside_a_hook_is_its_own_crash(caplog: pytest.LogCaptureFixture) -> None:
    async def request(flow: Flow) -> None:
        async with asyncio.timeout(0):
            await never()

    result = await Playbook.of([("s", stage(request=request))], seconds={"s": 5}).request(BODY)
    assert result.json()["error"]["code"] == "stage_failed"
    assert "stage s crashed" in caplog.text


async def test_the_caller_s_slow_body_is_not_the_stage_s_time() -> None:
    async def slowly() -> AsyncIterator[bytes]:
        await asyncio.sleep(3 * SOON)
        yield b'{"model": "gpt-x"}'

    async def first(flow: Flow) -> None:
        await asyncio.sleep(0)
        await flow.body()

    for reading in (first, lambda flow: flow.body()):
        request = Request("POST", "/", "", Headers(), Body(slowly()))
        flow = Flow("req_test", request, Route("openai_chat", "chat"))

        async def hook(flow: Flow, reading: Any = reading) -> None:
            await reading(flow)

        await run_guarded(Pipeline([("s", stage(request=hook))], {"s": SOON}).request, flow, flow)
        assert flow.model == "gpt-x"


async def test_after_the_body_the_stage_s_time_goes_on() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        await asyncio.sleep(0)
        yield b'{"model": "gpt-x"}'

    async def hook(flow: Flow) -> None:
        await flow.body()
        await never()

    flow = Flow("req_test", Request("POST", "/", "", Headers(), Body(pieces())), Route("openai_chat", "chat"))
    with pytest.raises(InternalError, match="took too long"):
        await run_guarded(Pipeline([("s", stage(request=hook))], {"s": SOON}).request, flow, flow)
