"""Guarded hooks stop at the first that raises; contained ones all run."""

import asyncio
from typing import Any

import pytest

from pipeline.calls import run_contained, run_guarded
from pipeline.compile import Bound
from pipeline.errors import Forbidden, GatewayError, InternalError
from pipeline.flow import Flow
from pipeline.stage import SkipTarget
from pipeline.testing import Playbook
from tests.pipeline.recorder import BODY


@pytest.fixture
async def flow() -> Flow:
    return (await Playbook().request(BODY)).flow


def hooks(seen: list[int], *problems: BaseException | None) -> tuple[Bound, ...]:
    def hook(index: int, problem: BaseException | None) -> Any:
        async def called() -> None:
            seen.append(index)
            if problem is not None:
                raise problem

        return called

    return tuple((f"stage{index}", hook(index, problem)) for index, problem in enumerate(problems))


# What the second of three hooks raises, and what comes out of the guarded call.
RAISED: list[tuple[BaseException, type[BaseException]]] = [
    (Forbidden("no"), Forbidden),
    (GatewayError("no"), GatewayError),
    (SkipTarget(), InternalError),
    (ValueError("canary"), InternalError),
    (ExceptionGroup("canary", [ValueError()]), InternalError),
    (TimeoutError("canary"), InternalError),
    (asyncio.CancelledError("canary"), InternalError),
    (KeyboardInterrupt(), KeyboardInterrupt),
]


@pytest.mark.parametrize(("problem", "kind"), RAISED)
async def test_a_guarded_call_stops_at_the_first_that_raises(
    flow: Flow, problem: BaseException, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []
    with pytest.raises(kind) as raised:
        await run_guarded(hooks(seen, None, problem, None), flow)
    assert (type(raised.value), seen) == (kind, [0, 1])
    assert ("stage stage1 crashed" in caplog.text) is (kind is InternalError)
    assert "canary" not in str(raised.value)


async def test_what_counts_as_a_stage_s_word_can_be_widened(flow: Flow) -> None:
    with pytest.raises(SkipTarget):
        await run_guarded(hooks([], SkipTarget()), flow, words=(GatewayError, SkipTarget))


async def test_a_contained_call_runs_every_hook_and_names_those_that_broke(flow: Flow, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[int] = []
    await run_contained(hooks(seen, ValueError("a"), None, Forbidden("b"), asyncio.CancelledError(), None), flow)
    assert seen == [0, 1, 2, 3, 4]
    assert [record.getMessage() for record in caplog.records] == [f"flow req_test: stage stage{n} crashed" for n in (0, 2, 3)]


@pytest.mark.parametrize("run", [run_guarded, run_contained])
async def test_a_cancellation_of_the_flow_itself_is_not_swallowed(flow: Flow, run: Any) -> None:
    started = asyncio.Event()

    async def wait() -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(run((("waiting", wait),), flow))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
