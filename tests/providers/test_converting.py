"""One attempt at a vendor of another format."""

import orjson
import pytest

from pipeline.catalog import Target
from pipeline.errors import BadRequest
from pipeline.flow import Attempt, Flow
from pipeline.testing import Playbook, a_channel
from providers import canonical
from providers.carried import Carried
from providers.converting import Conversion
from providers.plan import prepare
from tests.support import converting, legal
from tests.support.chat import chunk, request

BODY = request("asked", seed=1)


async def flow_of(body: object = BODY) -> Flow:
    return (await Playbook().request(body)).flow


async def attempted(flow: Flow, model: str = "claude-sonnet-4-5", number: int = 1) -> Attempt:
    channel = a_channel(vendor="anthropic")
    attempt = Attempt(number, Target(channel, channel.keys[0], model), (await flow.body()).copy())
    prepare(flow, attempt, Carried(), ask_usage=True)
    return attempt


async def test_the_request_is_read_once_a_flow_and_written_for_each_attempt() -> None:
    flow = await flow_of()
    first = await attempted(flow)
    read = flow.notes[canonical.Request]
    second = await attempted(flow, "claude-opus-4-8", 2)
    assert flow.notes[canonical.Request] is read
    assert first.body is not None
    assert second.body is not None
    assert (first.body.get("model"), second.body.get("model")) == ("claude-sonnet-4-5", "claude-opus-4-8")
    assert (first.format, first.url) == ("anthropic_messages", "https://api.anthropic.com/v1/messages")
    assert bytes((await flow.body()).encode()) == orjson.dumps(BODY)


async def test_headers_of_the_callers_format_stay_behind_and_the_vendors_own_are_there() -> None:
    headers = (await attempted(await flow_of())).headers
    assert headers["anthropic-version"] == "2023-06-01"
    assert (await attempted(await flow_of())).asked_usage is False


async def test_what_was_dropped_is_told_to_the_caller() -> None:
    conversion = (await attempted(await flow_of())).notes[Conversion]
    assert conversion.sent.dropped == ("seed",)


async def test_a_request_of_another_shape_is_refused_by_its_member() -> None:
    with pytest.raises(BadRequest) as caught:
        await attempted(await flow_of({"model": "asked", "messages": [{"role": "user", "content": 5}]}))
    assert caught.value.param == "messages[0].content"


def test_what_came_before_a_broken_event_is_passed_on() -> None:
    good = [b"data: " + orjson.dumps(chunk({"content": word})) + b"\n\n" for word in ("Hi", "there")]
    tap = converting.conversion("openai_chat", "anthropic_messages").stream()
    out = b"".join(tap.feed([good[0], b"data: <html>\n\n", good[1]]))
    legal.messages(out, cut=True)
    assert b"Hi" in out
    assert b"there" not in out
    assert tap.failure is not None
    assert (tap.failure.status, tap.failure.code) == (502, "upstream_invalid_response")


def test_a_vendors_own_error_is_the_end_and_has_its_status() -> None:
    tap = converting.conversion("openai_chat", "anthropic_messages").stream()
    error = {"error": {"message": "slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}}
    assert tap.feed([b"data: " + orjson.dumps(error) + b"\n\n"]) == []
    assert tap.failure is not None
    assert (tap.failure.status, tap.failure.message) == (429, "slow down")
