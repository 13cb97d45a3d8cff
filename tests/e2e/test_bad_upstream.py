"""Whatever a vendor does, the caller gets a clear error with the right status, and no other caller notices."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.chat import DONE, chunk, completion, error, request, text_stream
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

CHAT = "/v1/chat/completions"
HTML = {"content-type": "text/html"}
JSON = {"content-type": "application/json"}
SSE = {"content-type": "text/event-stream"}


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (Answer(200, HTML, [b"<html>Welcome</html>"]), 502, "upstream_invalid_response"),
        (Answer(502, HTML, [b"<html>Bad gateway</html>"]), 502, "upstream_error"),
        (Answer(500, HTML, [b"<html>Oops</html>"]), 502, "upstream_error"),
        (Answer(503, HTML, [b"<html>Busy</html>"]), 503, "upstream_error"),
        (Answer(404, HTML, [b"<html>Nothing</html>"]), 404, "upstream_error"),
        (Answer(400, {"content-type": "text/plain"}, [b"no"]), 400, "upstream_error"),
        (Answer(200, JSON, []), 502, "upstream_invalid_response"),
        (Answer(200, JSON, [b"{}"]), 502, "upstream_invalid_response"),
        (Answer(200, JSON, [b"[]"]), 502, "upstream_invalid_response"),
        (Answer(200, JSON, [b'{"choices": ']), 502, "upstream_invalid_response"),
        (Answer(204, {}, []), 502, "upstream_invalid_response"),
        (Answer(302, {"location": "http://elsewhere/"}, []), 502, "upstream_invalid_response"),
        (sse_answer(*text_stream("Hi"), DONE), 502, "upstream_invalid_response"),
        (json_answer(error("inside", "boom", "server_error")), 502, "boom"),
        (json_answer(error("inside", "rate_limit_exceeded", "rate_limit_error")), 429, "rate_limit_exceeded"),
        (json_answer({"error": "just a string"}), 502, None),
        (Answer(200, JSON, [b'{"choices": ['], cut=True), 502, "upstream_disconnected"),
        (Answer(200, JSON, [], hold=True), 504, "upstream_timeout"),
        (Answer(wait=20), 504, "upstream_timeout"),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Answer) else str(value),
)
async def test_unary(http: httpx.AsyncClient, standin: StandIn, answer: Answer, status: int, code: str | None) -> None:
    standin.on("bad-unary", answer)
    reply = await http.post(CHAT, json=request("bad-unary"))
    assert reply.status_code == status
    assert _code(reply) == code


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (Answer(200, HTML, [b"<html>Welcome</html>"]), 502, "upstream_invalid_response"),
        (Answer(200, SSE, []), 502, "upstream_invalid_response"),
        (Answer(200, SSE, [DONE]), 502, "upstream_invalid_response"),
        (Answer(200, SSE, [b": ping\n\n", b": ping\n\n"]), 502, "upstream_invalid_response"),
        (Answer(200, SSE, [b"data: not json\n\n"]), 502, "upstream_invalid_response"),
        (json_answer(completion()), 502, "upstream_invalid_response"),
        (json_answer(error("in JSON", "boom", "server_error")), 502, "boom"),
        (sse_answer(error("first", "overloaded", "overloaded_error")), 529, "overloaded"),
        (sse_answer({"error": {"message": "first", "code": 429}}), 429, 429),
        (sse_answer(b'event: error\ndata: {"error": {"message": "x", "status_code": 400, "code": "bad"}}\n\n'), 400, "bad"),
        (json_answer(error("before", "busy"), 503), 503, "busy"),
        (Answer(200, SSE, [b": ping\n\n"], hold=True), 504, "upstream_timeout"),
        (Answer(200, SSE, [b'data: {"choices'], cut=True), 502, "upstream_disconnected"),
        (Answer(200, SSE, [b": " + b"x" * 300_000 + b"\n\n"], hold=True), 502, "upstream_invalid_response"),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Answer) else str(value),
)
async def test_stream_that_never_begins(
    http: httpx.AsyncClient, standin: StandIn, answer: Answer, status: int, code: Any
) -> None:
    standin.on("bad-stream", answer)
    reply = await http.post(CHAT, json=request("bad-stream", stream=True))
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/json"
    assert _code(reply) == code


FIRST = [chunk({"role": "assistant", "content": ""}), chunk({"content": "Bon"})]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (sse_answer(*FIRST, cut=True), "upstream_stream_cut"),
        (sse_answer(*FIRST), "upstream_stream_cut"),
        (sse_answer(*FIRST, b'data: {"choices": [{"del', cut=True), "upstream_stream_cut"),
        (sse_answer(*FIRST, b'data: {"choices": [{"del'), "upstream_stream_cut"),
        (sse_answer(*FIRST, hold=True), "upstream_stalled"),
        (sse_answer(*FIRST, b"data: " + b"x" * (9 << 20)), "upstream_invalid_response"),
    ],
    ids=["reset", "end without a mark", "half an event, reset", "half an event, end", "stall", "endless event"],
)
async def test_stream_that_breaks_ends_with_one_error_event_and_no_done(
    http: httpx.AsyncClient, standin: StandIn, answer: Answer, code: str
) -> None:
    standin.on("bad-middle", answer)
    reply = await http.post(CHAT, json=request("bad-middle", stream=True))
    assert reply.status_code == 200
    *whole, last, nothing = reply.content.split(b"\n\n")
    assert nothing == b""
    assert [b"Bon" in event for event in whole] == [False, True]
    assert f'"code":"{code}"'.encode() in last
    assert b"[DONE]" not in reply.content
    assert reply.content.count(b'"error"') == 1


async def test_a_vendors_own_error_event_in_the_middle_passes_unchanged(http: httpx.AsyncClient, standin: StandIn) -> None:
    sent = b'event: error\ndata: {"error":{"message":"tool call failed","code":"tool_use_failed"}}\n\n'
    standin.on("bad-own", sse_answer(*FIRST, sent))
    reply = await http.post(CHAT, json=request("bad-own", stream=True))
    assert reply.content.endswith(sent)
    assert reply.content.count(b'"error"') == 1


async def test_a_stream_without_done_that_said_why_it_stopped_is_whole(http: httpx.AsyncClient, standin: StandIn) -> None:
    standin.on("no-done", sse_answer(*text_stream("Hi")))
    reply = await http.post(CHAT, json=request("no-done", stream=True))
    assert b'"error"' not in reply.content


async def test_a_connection_that_stays_open_after_done_does_not_hold_the_caller(
    http: httpx.AsyncClient, standin: StandIn
) -> None:
    standin.on("open-done", sse_answer(*text_stream("Hi"), DONE, hold=True))
    reply = await http.post(CHAT, json=request("open-done", stream=True))
    assert reply.content.endswith(DONE)
    assert b'"error"' not in reply.content


async def test_a_vendors_cookies_and_account_headers_stay_with_us(http: httpx.AsyncClient, standin: StandIn) -> None:
    headers = {"set-cookie": "a=b", "openai-organization": "org-ours", "x-ratelimit-remaining-requests": "7", "server": "vendor"}
    standin.on("headers", Answer(200, JSON | headers, json_answer(completion()).pieces))
    reply = await http.post(CHAT, json=request("headers"))
    assert reply.headers["x-ratelimit-remaining-requests"] == "7"
    assert "set-cookie" not in reply.headers
    assert "openai-organization" not in reply.headers
    assert reply.headers["server"] == "granian"


def _code(reply: httpx.Response) -> Any:
    error = reply.json()["error"]
    return error.get("code") if isinstance(error, dict) else None


async def test_after_all_this_no_connection_to_the_vendor_is_left_hanging(standin: StandIn) -> None:
    async with asyncio.timeout(5):
        while standin.open_answers:
            await asyncio.sleep(0.05)
