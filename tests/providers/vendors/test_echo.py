"""The vendor in the house: it echoes, streams, and fails as it is told."""

from typing import Any

import httpx
import msgspec
import pytest

from pipeline.events import sse_data
from providers.sse import EventSplitter
from providers.vendors.echo import EchoTransport
from providers.vendors.echo_script import Script, ScriptError
from tests.support.chat import request


async def ask(model: str = "echo", text: Any = "one two three", **more: Any) -> tuple[httpx.Response, bytes]:
    body = msgspec.json.encode(request(model, text, **more))
    response = await EchoTransport().handle_async_request(httpx.Request("POST", "echo://local/chat/completions", content=body))
    return response, b"".join([piece async for piece in response.aiter_raw()])


def payloads(body: bytes) -> list[Any]:
    splitter = EventSplitter()
    data = [sse_data(event) for event in splitter.feed(body)]
    assert splitter.finish() == b""
    return [each if each == b"[DONE]" else msgspec.json.decode(each) for each in data]


async def test_a_completion_says_what_was_said() -> None:
    response, body = await ask()
    reply = msgspec.json.decode(body)
    assert (response.status_code, reply["model"], reply["object"]) == (200, "echo", "chat.completion")
    [choice] = reply["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("one two three", "stop")
    assert reply["usage"] == {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}


async def test_a_stream_says_it_word_by_word() -> None:
    response, body = await ask(stream=True)
    assert response.headers["content-type"] == "text/event-stream"
    *chunks, last = payloads(body)
    assert last == b"[DONE]"
    assert [chunk["choices"][0]["delta"] for chunk in chunks] == [
        {"role": "assistant", "content": ""}, {"content": "one"}, {"content": " two"}, {"content": " three"}, {},
    ]  # fmt: skip
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * 4 + ["stop"]
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [(None, False), ({}, False), ({"include_usage": False}, False), ({"include_usage": True}, True), ("odd", False)],
)
async def test_a_stream_s_usage_is_told_when_it_is_asked_for(options: Any, told: bool) -> None:
    _, body = await ask(stream=True, stream_options=options)
    usage = [chunk for chunk in payloads(body)[:-1] if chunk["choices"] == []]
    assert [chunk["usage"]["total_tokens"] for chunk in usage] == ([6] if told else [])


# The last message's content, and what is echoed.
TEXTS: list[tuple[Any, str]] = [
    ("hi", "hi"),
    ("", ""),
    ([{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}], "a  b"),
    (None, ""),
    (7, ""),
]


@pytest.mark.parametrize(("content", "echoed"), TEXTS)
async def test_what_is_echoed_of_odd_messages(content: Any, echoed: str) -> None:
    _, body = await ask(text=content)
    assert msgspec.json.decode(body)["choices"][0]["message"]["content"] == echoed


@pytest.mark.parametrize("messages", [[], "x", ["x"], [None], None])
async def test_messages_that_are_none_are_echoed_as_nothing(messages: Any) -> None:
    _, body = await ask(messages=messages)
    assert msgspec.json.decode(body)["choices"][0]["message"]["content"] == ""


# A script, and the status, content type and a word of what comes.
REHEARSALS: list[tuple[str, int, str, bytes]] = [
    ("status=503", 503, "application/json", b"rehearsed"),
    ("status=429,retry_after=7", 429, "application/json", b"rehearsed"),
    ("html=1", 200, "text/html", b"<html>"),
    ("empty=1", 200, "application/json", b""),
    ("repeat=2", 200, "application/json", b"one two three one two three"),
    ("silent=1", 200, "application/json", b"one two three"),
    ("status=200", 400, "application/json", b"from 400 to 599"),
    ("status=x", 400, "application/json", b"needs a number"),
    ("sttus=503", 400, "application/json", b"did you mean 'status'"),
]


@pytest.mark.parametrize(("script", "status", "kind", "word"), REHEARSALS)
async def test_a_script_in_the_model_s_name_is_followed(script: str, status: int, kind: str, word: bytes) -> None:
    response, body = await ask(f"echo:{script}")
    assert (response.status_code, response.headers["content-type"]) == (status, kind)
    assert word in body


async def test_a_rehearsed_failure_says_when_to_come_back() -> None:
    response, _ = await ask("echo:status=429,retry_after=7")
    assert response.headers["retry-after"] == "7"
    assert "retry-after" not in (await ask("echo:status=429"))[0].headers


async def test_a_silent_vendor_tells_no_usage() -> None:
    assert "usage" not in msgspec.json.decode((await ask("echo:silent=1"))[1])
    _, body = await ask("echo:silent=1", stream=True, stream_options={"include_usage": True})
    assert all(chunk["choices"] for chunk in payloads(body)[:-1])


async def test_a_cut_breaks_the_connection_after_so_many_events() -> None:
    body = msgspec.json.encode(request("echo:cut=2", "a b c", stream=True))
    response = await EchoTransport().handle_async_request(httpx.Request("POST", "echo://local", content=body))
    pieces = response.aiter_raw()
    assert [len(payloads(await anext(pieces))) for _ in range(2)] == [1, 1]
    with pytest.raises(httpx.ReadError):
        await anext(pieces)


@pytest.mark.parametrize(("script", "before"), [("error=0", 0), ("error=2", 2)])
async def test_an_error_inside_a_stream_is_its_last_event(script: str, before: int) -> None:
    events = payloads((await ask(f"echo:{script}", stream=True))[1])
    assert len(events) == before + 1
    assert events[-1]["error"]["code"] == "rehearsed"


async def test_stalling_and_pacing_wait_as_long_as_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("providers.vendors.echo.asyncio.sleep", sleep)
    await ask("echo:stall=2.5,pace=0.5", "a b", stream=True)
    assert waits == [2.5] + [0.5] * 4


SCRIPTS: list[tuple[str, Script]] = [
    ("echo", Script()),
    ("echo:", Script()),
    ("echo-mini", Script()),
    ("echo:status=503", Script(status=503)),
    ("echo:stall=0.5,pace=1,cut=3,error=4,repeat=5", Script(stall=0.5, pace=1, cut=3, error=4, repeat=5)),
    ("echo:,silent=1,", Script(silent=1)),
]


@pytest.mark.parametrize(("model", "script"), SCRIPTS)
def test_a_script_is_read_from_the_model_s_name(model: str, script: Script) -> None:
    assert Script.of(model) == script


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("status", "'status' needs a number"),
        ("status=", "'status' needs a number"),
        ("cut=1.5", "'cut' needs a number"),
        ("status=399", "from 400 to 599"),
        ("status=600", "from 400 to 599"),
        ("repeat=-1", "from 0 to 3600"),
        ("stall=3601", "from 0 to 3600"),
        ("stall=nan", "from 0 to 3600"),
        ("stall=inf", "from 0 to 3600"),
        ("stal=1", "did you mean 'stall'"),
        ("zzz=1", "it is one of status, retry_after"),
    ],
)
def test_a_script_that_cannot_be_followed_says_why(words: str, message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        Script.of(f"echo:{words}")
