"""The nouns: what a flow knows of its request, and what stages keep in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from pipeline.body import Body
from pipeline.catalog import ChannelKey, Target
from pipeline.flow import Attempt, Flow, Headers, Notes, Request, Route
from pipeline.json_object import JsonObject
from pipeline.testing import Playbook, a_channel, reply, status
from pipeline.usage import Usage
from tests.pipeline.recorder import BODY, stage


@dataclass
class Mine:
    count: int = 0


@dataclass
class Theirs:
    count: int = 0


def test_a_note_is_known_by_its_class() -> None:
    notes = Notes()
    notes[Mine] = Mine(1)
    notes[Theirs] = Theirs(2)
    assert (notes[Mine].count, notes.get(Theirs), notes.get(str)) == (1, Theirs(2), None)
    assert (notes.pop(Mine), notes.pop(Mine), notes.get(Mine)) == (Mine(1), None, None)
    with pytest.raises(KeyError):
        _ = notes[Mine]


def test_headers_keep_what_was_repeated() -> None:
    headers = Headers([(b"x-a", b"1"), (b"x-b", b"caf\xe9"), (b"x-a", b"2")])
    assert (headers.get("x-a"), headers.get_all("x-a"), headers.get("x-b")) == ("1", ["1", "2"], "caf\xe9")
    assert (headers.get("x-c"), headers.get_all("x-c")) == (None, [])
    assert list(headers) == [("x-a", "1"), ("x-b", "caf\xe9"), ("x-a", "2")]


# Members of a body, and the flow's model and stream flag or the code of the refusal.
BODIES: list[tuple[bytes, tuple[str, bool] | str]] = [
    (b'{"model":"m"}', ("m", False)),
    (b'{"model":"m","stream":true}', ("m", True)),
    (b'{"model":"m","stream":false}', ("m", False)),
    (b'{"model":"m","stream":null}', ("m", False)),
    ('{"model":"\u6a21\u578b/v1:8b"}'.encode(), ("\u6a21\u578b/v1:8b", False)),
    (b'{"model":"%b"}' % (b"m" * 256), ("m" * 256, False)),
    (b'{"model":"%b"}' % (b"m" * 257), "invalid_model"),
    (b'{"model":""}', "invalid_model"),
    (b'{"model":"  "}', "invalid_model"),
    (b'{"model":"a\\nb"}', "invalid_model"),
    (b'{"model":"a\\u0000"}', "invalid_model"),
    (b'{"model":"a\\u202eb"}', "invalid_model"),
    (b'{"model":5}', "invalid_model"),
    (b'{"model":["m"]}', "invalid_model"),
    (b'{"model":1e999}', "invalid_value"),
    (b'{"model":null}', "missing_model"),
    (b"{}", "missing_model"),
    (b'{"model":"m","stream":1}', "invalid_value"),
    (b'{"model":"m","stream":"true"}', "invalid_value"),
    (b'{"model":"m","stream":1e999}', "invalid_value"),
    (b"[]", "invalid_json"),
]


@pytest.mark.parametrize(("body", "expected"), BODIES)
async def test_the_model_and_the_stream_flag_are_read_from_the_body(body: bytes, expected: tuple[str, bool] | str) -> None:
    result = await Playbook().request(body)
    if isinstance(expected, str):
        assert (result.status, result.json()["error"]["code"]) == (400, expected)
    else:
        assert (result.flow.model, result.flow.asked_stream) == expected
        assert result.flow.asked_model == result.flow.model


async def test_a_stage_maps_the_model_and_what_was_asked_stays_known() -> None:
    async def mapping(flow: Any) -> None:
        await flow.body()
        flow.model = "gpt-real"

    play = Playbook(stage(request=mapping), channels=[a_channel(models=("gpt-real",))])
    flow = (await play.request(BODY)).flow
    assert (flow.asked_model, flow.model, play.sent[0].json()["model"]) == ("gpt-x", "gpt-real", "gpt-real")
    assert (await flow.body()) is (await flow.body())


async def test_usage_is_that_of_the_attempt_that_answered() -> None:
    play = Playbook(channels=[a_channel("a"), a_channel("b")])
    play.upstream(status(503), reply({}, usage=Usage(input=5)))
    flow = (await play.request(BODY)).flow
    assert (flow.usage, flow.attempt) == (Usage(input=5), flow.attempts[1])
    play.upstream(status(400))
    assert (await play.request(BODY)).flow.usage is None


async def test_a_flow_without_attempts_used_nothing() -> None:
    flow = (await Playbook(channels=[]).request(BODY)).flow
    assert (flow.usage, flow.attempt) == (None, None)


def test_an_attempt_begins_with_its_target_s_model() -> None:
    channel = a_channel()
    attempt = Attempt(1, Target(channel, channel.keys[0], "m"), JsonObject.parse(b"{}"))
    assert (attempt.model, attempt.status, attempt.verdict, attempt.ended) == ("m", None, None, None)


def test_no_repr_shows_a_key_s_secret() -> None:
    channel = a_channel(keys=(ChannelKey("k", "k", "canary"),), proxy="http://u:canary@proxy")
    assert "canary" not in repr(channel)


async def nothing_but(body: bytes) -> AsyncIterator[bytes]:
    yield body


@pytest.mark.parametrize(
    ("stream", "query", "asked"),
    [
        (False, "", (False, False)),
        (False, "alt=sse", (False, False)),
        (True, "alt=sse", (True, False)),
        (True, "key=x&alt=sse", (True, False)),
        (True, "", (True, True)),
        (True, "alt=json", (True, True)),
    ],
)
async def test_where_the_path_names_the_model_the_body_does_not(stream: bool, query: str, asked: tuple[bool, bool]) -> None:
    request = Request("POST", "/", query, Headers(), Body(nothing_but(b'{"model":"other","stream":1}')), rest="a/b")
    flow = Flow("req_1", request, Route("gemini", "chat", model_in="path", stream=stream))
    await flow.body()
    assert (flow.model, flow.asked_model, (flow.asked_stream, flow.asked_array)) == ("a/b", "a/b", asked)
