"""What the `chunk` hook may do with events, and when it is asked."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from pipeline.flow import Event, Flow, Outcome, Reply
from pipeline.runner import Runner
from pipeline.stand_ins import is_end
from pipeline.testing import Playbook, a_channel, reply, status, stream
from tests.pipeline.recorder import BODY, rejecting, stage


async def passed_on(flow: Flow, event: Event) -> Event:
    return event


# What a hook makes of each event, and what the caller then has of [1, 2] and the end mark.
RESULTS: dict[str, tuple[Any, list[bytes]]] = {
    "the event": (lambda flow, event: event, [b"1", b"2", b"[DONE]"]),
    "awaited": (passed_on, [b"1", b"2", b"[DONE]"]),
    "None": (lambda flow, event: None, []),
    "an empty list": (lambda flow, event: [], []),
    "None for one": (lambda flow, event: None if event.data == b"1" else event, [b"2", b"[DONE]"]),
    "several": (lambda flow, event: [event, event], [b"1", b"1", b"2", b"2", b"[DONE]", b"[DONE]"]),
    "a generator": (lambda flow, event: (each for each in (event,)), [b"1", b"2", b"[DONE]"]),
    "another payload": (lambda flow, event: event if event.last else event.with_json(0), [b"0", b"0", b"[DONE]"]),
    "something to say at the end": (
        lambda flow, event: [Event(b"data: bye\n\n"), event] if event.last else event,
        [b"1", b"2", b"bye", b"[DONE]"],
    ),
}


@pytest.mark.parametrize("result", RESULTS)
async def test_what_a_hook_returns_is_what_goes_on(result: str) -> None:
    hook, expected = RESULTS[result]
    play = Playbook(stage(chunk=hook))
    play.upstream(stream([1, 2]))
    assert [event.data for event in (await play.request(BODY, stream=True)).events] == expected


async def test_a_hook_sees_what_the_one_below_it_returned() -> None:
    def adding(name: str) -> Any:
        return stage(chunk=lambda flow, event: event if event.last else event.with_json([*event.json(), name]))

    play = Playbook(adding("top"), adding("middle"), adding("low"))
    play.upstream(stream([[]]))
    assert (await play.request(BODY, stream=True)).events[0].json() == ["low", "middle", "top"]


class Lasts:
    """Notes (payload, last) of all it sees."""

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, bool]] = []

    def chunk(self, flow: Flow, event: Event) -> Event:
        self.seen.append((event.data, event.last))
        return event


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (reply({"a": 1}), [(b'{"a":1}', True)]),
        (status(400, {"e": 1}), [(b'{"e":1}', True)]),
        (stream([1]), [(b"1", False), (b"[DONE]", True)]),
        (stream([1], end=None), [(b"1", False), (b"", True)]),
        (stream([1, b"data: [DONE]\n\n"]), [(b"1", False), (b"[DONE]", True), (b"[DONE]", False)]),
        (stream([1, b": after\n\n"]), [(b"1", False), (b"", False), (b"[DONE]", True)]),
        (stream([1], cut=True), [(b"1", False)]),
    ],
)
async def test_last_is_true_once_and_never_in_a_stream_that_was_cut(answer: Any, seen: list[tuple[bytes, bool]]) -> None:
    lasts = Lasts()
    play = Playbook(lasts)
    play.upstream(answer)
    await play.request(BODY)
    assert lasts.seen == seen


@pytest.mark.parametrize(
    ("below", "seen"),
    [
        (lambda flow, event: None, [(b"", True)]),
        (lambda flow, event: [event, event], [(b"1", False), (b"1", False), (b"[DONE]", False), (b"[DONE]", True)]),
        (lambda flow, event: [event, Event(b": bye\n\n")], [(b"1", False), (b"", False), (b"[DONE]", False), (b"", True)]),
    ],
)
async def test_a_stage_that_swallows_or_multiplies_the_last_event_costs_nobody_the_flush(below: Any, seen: object) -> None:
    lasts = Lasts()
    play = Playbook(lasts, stage(chunk=below))
    play.upstream(stream([1]))
    await play.request(BODY, stream=True)
    assert lasts.seen == seen


async def test_a_unary_reply_is_one_event_whose_whole_body_may_be_replaced() -> None:
    def chunk(flow: Flow, event: Event) -> Event:
        assert event.unary
        return event.with_json({**event.json(), "seen": True})

    play = Playbook(stage(chunk=chunk))
    play.upstream(reply({"id": "1"}))
    assert (await play.request(BODY)).json() == {"id": "1", "seen": True}


async def test_the_gateway_s_own_errors_are_no_chunks() -> None:
    lasts = Lasts()
    assert (await Playbook(lasts, rejecting("request")).request(BODY)).status == 403
    assert lasts.seen == []


@pytest.mark.parametrize("stages", [[], [Lasts()]])
async def test_a_cut_stream_ends_in_one_error_event(stages: list[Any]) -> None:
    play = Playbook(*stages)
    play.upstream(stream([{"n": 1}, {"n": 2}], cut=True))
    result = await play.request(BODY, stream=True)
    assert [event.json().get("n") for event in result.events] == [1, 2, None]
    assert result.events[-1].json()["error"]["code"] == "upstream_error"
    assert (result.status, result.flow.outcome, result.flow.committed) == (200, Outcome.CUT, True)


async def test_an_iterator_that_crashes_ends_in_one_error_event(caplog: pytest.LogCaptureFixture) -> None:
    async def events() -> AsyncIterator[list[bytes]]:
        yield [b"data: 1\n\n"]
        raise KeyError("canary")

    async def request(flow: Flow) -> None:
        flow.reply = Reply(200, {}, events=events())

    result = await Playbook(stage(request=request)).request(BODY)
    assert [event.data[:10] for event in result.events] == [b"1", b'{"error":{']
    assert b"canary" not in result.body


async def test_without_chunk_hooks_a_batch_goes_out_in_one_piece_and_untouched() -> None:
    batches = [[b"data: 1\n\n", b": c\r\n\r\n"], [b"data:2\n\n"]]

    async def events() -> AsyncIterator[list[bytes]]:
        for batch in batches:
            yield batch

    play = Playbook()
    runner: Runner = play.runner
    flow = (await play.request(BODY)).flow
    assert [piece async for piece in runner.chunks(flow, events(), play.errors)] == [b"".join(batch) for batch in batches]


async def test_no_chunk_hook_sees_what_is_drained() -> None:
    async def drain(flow: Flow) -> None:
        flow.on_disconnect = "drain"

    lasts = Lasts()
    play = Playbook(lasts, stage(request=drain), channels=[a_channel()])
    play.upstream(stream([1, 2, 3, 4]))
    await play.request(BODY, stream=True, leaves_after=1)
    # The second was on its way when the caller left; the rest is read for its usage alone.
    assert [data for data, _ in lasts.seen] == [b"1", b"2"]
    assert play.streams[0].read == 5


def test_the_end_mark_is_known_with_and_without_its_space() -> None:
    assert [is_end(raw) for raw in (b"data: [DONE]\n\n", b"data:[DONE]\r\n\r\n", b'data: "[DONE]"\n\n')] == [True, True, False]
