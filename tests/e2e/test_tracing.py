"""What a collector gets to see of a request: the running gateway's spans, decoded from the protobuf that it sends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.telemetry import names
from tests.e2e.conftest import CONFIG, KEY, VENDOR_KEY
from tests.support import rehearsed_stage
from tests.support.chat import DONE, completion, error, request, text_stream, usage_chunk
from tests.support.collector import Collector, Tree
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

CHAT = "/v1/chat/completions"
PROMPT = "prompt-canary-5be1"
WRONG_KEY = "sk-wrong-canary-93aa"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
FAST = {"OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_SERVICE_NAME": "my-gateway", "OTEL_RESOURCE_ATTRIBUTES": "team=blue"}


@pytest.fixture(scope="module")
async def collector() -> AsyncIterator[Collector]:
    server = Collector()
    await server.start()
    yield server
    await server.stop()


def state(standin: StandIn) -> dict[str, Any]:
    def channel(name: str, priority: int) -> dict[str, Any]:
        url = standin.at(name)
        key = {"name": f"{name}-key", "key": VENDOR_KEY + name}
        return {"name": name, "vendor": "openai", "base_url": url, "keys": [key], "models": ["*"], "priority": priority}

    return {
        "users": [{"username": "alice"}],
        "channels": [channel("first", 1), channel("second", 0)],
        "tokens": [{"name": "laptop", "user": "alice", "key": KEY}],
    }


@pytest.fixture(scope="module")
async def gateway(
    standin: StandIn, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningGateway]:
    stage = {"use": f"{rehearsed_stage.__file__}:Rehearsed"}
    config = CONFIG | {"telemetry": {"otlp_endpoint": collector.endpoint}, "pipeline": ["auth", stage]}
    async with running_gateway(tmp_path_factory.mktemp("tracing"), config, state(standin), **FAST) as running:
        yield running


@pytest.fixture(scope="module")
async def caller(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with client(gateway) as made:
        yield made


def client(gateway: RunningGateway) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=gateway.url, headers={"authorization": f"Bearer {KEY}"}, timeout=20)


async def asked(caller: httpx.AsyncClient, collector: Collector, model: str, **how: Any) -> tuple[httpx.Response, Tree]:
    stream = how.pop("stream", False)
    reply = await caller.post(CHAT, json=request(model, PROMPT, **({"stream": True} if stream else {})), **how)
    return reply, await collector.tree(reply.headers["x-request-id"])


async def test_a_unary_answer(caller: httpx.AsyncClient, collector: Collector, standin: StandIn) -> None:
    standin.on("plain", json_answer(completion("Hi", "plain-2026-01-01"), x_request_id="req-of-vendor"), at="first")
    reply, tree = await asked(caller, collector, "plain")
    assert [line for line in tree.lines() if "INTERNAL" not in line] == [
        "SERVER POST /v1/chat/completions UNSET",
        "  CLIENT chat plain UNSET",
    ]
    server, (attempt,) = tree.server, tree.attempts
    stages = {name: server.attributes.pop(name) for name in list(server.attributes) if name.startswith("aihub.stage.")}
    assert set(stages) == {"aihub.stage.auth.ms", "aihub.stage.rehearsed.ms", "aihub.stage.responses.ms"}
    assert all(0 < milliseconds < 5000 for milliseconds in stages.values())
    assert server.attributes == {
        "http.request.method": "POST",
        "http.route": "/v1/chat/completions",
        "url.path": "/v1/chat/completions",
        "http.response.status_code": 200,
        "client.address": "127.0.0.1",
        "user_agent.original": caller.headers["user-agent"],
        "aihub.flow_id": reply.headers["x-request-id"],
        "aihub.outcome": "completed",
        "aihub.format": "openai_chat",
        "aihub.user": "alice",
        "aihub.token": "laptop",
        "aihub.group": "default",
        "aihub.attempts": 1,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "plain",
        "gen_ai.response.model": "plain-2026-01-01",
        "gen_ai.usage.input_tokens": 9,
        "gen_ai.usage.output_tokens": 3,
    }
    port = int(standin.base_url.split(":")[2].split("/")[0])
    assert attempt.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "plain",
        "gen_ai.response.model": "plain-2026-01-01",
        "gen_ai.usage.input_tokens": 9,
        "gen_ai.usage.output_tokens": 3,
        "aihub.attempt": 1,
        "aihub.channel": "first",
        "aihub.key": "first-key",
        "aihub.vendor": "openai",
        "aihub.vendor.request_id": "req-of-vendor",
        "server.address": "127.0.0.1",
        "server.port": port,
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "aihub.outcome": "answered",
    }
    assert server.parent == ""
    assert server.start <= attempt.start <= attempt.end <= server.end
    told = {name: server.resource[name] for name in ("service.name", "team", "telemetry.sdk.language")}
    assert told == {"service.name": "my-gateway", "team": "blue", "telemetry.sdk.language": "python"}


async def test_a_stream_ends_with_its_last_byte(caller: httpx.AsyncClient, collector: Collector, standin: StandIn) -> None:
    standin.on("stream", sse_answer(*text_stream(*"abcd"), usage_chunk(), DONE, pause=0.05), at="first")
    _, tree = await asked(caller, collector, "stream", stream=True)
    server, (attempt,) = tree.server, tree.attempts
    assert server.attributes["gen_ai.request.stream"] is True
    assert server.attributes["gen_ai.usage.output_tokens"] == 3
    assert 0 < attempt.attributes["gen_ai.response.time_to_first_chunk"] < 0.2
    assert server.end - server.start > 0.3e9
    assert attempt.end - attempt.start > 0.3e9


async def test_failover_shows_both_attempts(caller: httpx.AsyncClient, collector: Collector, standin: StandIn) -> None:
    standin.on("over", json_answer(error(PROMPT), 503, retry_after="7"), at="first")
    standin.on("over", json_answer(completion()), at="second")
    _, tree = await asked(caller, collector, "over")
    assert [line for line in tree.lines() if "INTERNAL" not in line] == [
        "SERVER POST /v1/chat/completions UNSET",
        "  CLIENT chat over ERROR",
        "  CLIENT chat over UNSET",
    ]
    failed, answered = (span.attributes for span in tree.attempts)
    facts = {
        "aihub.attempt": 1, "aihub.channel": "first", "aihub.key": "first-key", "http.response.status_code": 503,
        "error.type": "503", "aihub.verdict": "next", "aihub.failure.code": "upstream_error", "aihub.failure.retry_after": 7.0,
        "aihub.outcome": "failed",
    }  # fmt: skip
    assert {name: failed[name] for name in facts} == facts
    assert (answered["aihub.attempt"], answered["aihub.channel"], answered["http.request.resend_count"]) == (2, "second", 1)
    assert tree.server.attributes["aihub.attempts"] == 2


async def test_a_flow_that_all_failed_is_an_error(caller: httpx.AsyncClient, collector: Collector, standin: StandIn) -> None:
    for vendor in ("first", "second"):
        standin.on("none", json_answer(error("x"), 500), at=vendor)
    reply, tree = await asked(caller, collector, "none")
    assert (tree.server.status, tree.server.attributes["error.type"]) == ("ERROR", str(reply.status_code))
    assert [span.status for span in tree.attempts] == ["ERROR", "ERROR"]


async def test_a_skipped_target_is_an_event(caller: httpx.AsyncClient, collector: Collector, standin: StandIn) -> None:
    standin.on("must-skip", json_answer(completion()), at="second")
    _, tree = await asked(caller, collector, "must-skip")
    skipped = {"aihub.stage": "rehearsed", "aihub.channel": "first", "aihub.key": "first-key"}
    assert tree.server.events["target skipped"] == skipped
    assert [span.attributes["aihub.channel"] for span in tree.attempts] == ["second"]


async def test_a_wrong_key_is_a_refusal_without_an_attempt(caller: httpx.AsyncClient, collector: Collector) -> None:
    reply, tree = await asked(caller, collector, "refused", headers={"authorization": f"Bearer {WRONG_KEY}"})
    assert reply.status_code == 401
    assert tree.attempts == []
    facts = {
        "aihub.outcome": "rejected", "aihub.error.code": "invalid_api_key", "aihub.refused_by": "auth",
        "http.response.status_code": 401,
    }  # fmt: skip
    assert {name: tree.server.attributes[name] for name in facts} == facts
    assert tree.server.status == "UNSET"


async def test_a_request_that_no_route_takes(caller: httpx.AsyncClient, collector: Collector) -> None:
    reply = await caller.post(f"/v1/nowhere/{WRONG_KEY}")
    tree = await collector.tree(reply.headers["x-request-id"])
    assert tree.lines() == ["SERVER POST UNSET"]
    assert tree.server.attributes["aihub.error.code"] == "unknown_route"


async def test_a_cut_stream(caller: httpx.AsyncClient, collector: Collector, standin: StandIn) -> None:
    standin.on("cut", sse_answer(*text_stream("Hi")[:2], cut=True), at="first")
    _, tree = await asked(caller, collector, "cut", stream=True)
    server, (attempt,) = tree.server, tree.attempts
    assert (server.status, server.attributes["aihub.outcome"]) == ("ERROR", "cut")
    assert (attempt.status, attempt.attributes["aihub.outcome"]) == ("ERROR", "cut")
    assert server.attributes["error.type"] == attempt.attributes["error.type"] == "upstream_stream_cut"
    assert server.attributes["http.response.status_code"] == 200


async def test_a_caller_that_leaves_a_stream(gateway: RunningGateway, collector: Collector, standin: StandIn) -> None:
    standin.on("leaves", sse_answer(*text_stream(*"abcdefghij"), DONE, pause=0.1), at="first")
    asked = request("leaves", PROMPT, stream=True)
    async with client(gateway) as http, http.stream("POST", CHAT, json=asked) as reply:
        await anext(reply.aiter_lines())
        flow_id = reply.headers["x-request-id"]
    tree = await collector.tree(flow_id)
    server, (attempt,) = tree.server, tree.attempts
    assert (server.status, server.attributes["aihub.outcome"]) == ("UNSET", "caller_left")
    assert "caller left" in server.events
    assert attempt.attributes["aihub.outcome"] == "cancelled"
    assert server.end - server.start < 0.9e9


async def test_a_caller_that_leaves_while_the_vendor_works(
    gateway: RunningGateway, collector: Collector, standin: StandIn
) -> None:
    standin.on("leaves-early", Answer(200, {"content-type": "text/event-stream"}, [b": ping\n\n"], hold=True), at="first")
    async with client(gateway) as http:
        asking = asyncio.ensure_future(http.post(CHAT, json=request("leaves-early", stream=True), headers=parent("1a" * 16)))
        while not standin.requests("leaves-early"):
            await asyncio.sleep(0.01)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    async with asyncio.timeout(5):
        while not (found := [span for span in collector.spans if span.trace == "1a" * 16 and span.kind == "SERVER"]):
            await asyncio.sleep(0.02)
    (server,) = found
    assert server.attributes["aihub.outcome"] == "caller_left"
    assert "http.response.status_code" not in server.attributes


@pytest.mark.parametrize(("model", "hook"), [("crash", "request"), ("crash-late", "upstream_request")])
async def test_a_stage_that_crashes_is_named(caller: httpx.AsyncClient, collector: Collector, model: str, hook: str) -> None:
    reply, tree = await asked(caller, collector, model)
    assert reply.status_code == 500
    assert (tree.server.status, tree.server.attributes["error.type"]) == ("ERROR", "stage_failed")
    assert tree.server.events["stage crashed"] == {"aihub.stage": "rehearsed", "aihub.exception": "RuntimeError"}
    (crashed,) = [span for span in tree.of_kind("INTERNAL") if span.status == "ERROR"]
    assert crashed.name == f"rehearsed.{hook}"
    facts = {"aihub.stage": "rehearsed", "aihub.hook": hook, "aihub.exception": "RuntimeError"}
    assert crashed.attributes == facts
    assert crashed.parent == (tree.server.id if hook == "request" else tree.attempts[0].id)


async def test_a_crash_in_a_stream_and_one_after_it(caller: httpx.AsyncClient, collector: Collector, standin: StandIn) -> None:
    standin.on("crash-chunk", sse_answer(*text_stream("first", "second"), DONE), at="first")
    _, tree = await asked(caller, collector, "crash-chunk", stream=True)
    assert tree.server.attributes["aihub.outcome"] == "cut"
    assert "INTERNAL rehearsed.chunk ERROR" in "\n".join(tree.lines())
    standin.on("crash-done", json_answer(completion()), at="first")
    reply, tree = await asked(caller, collector, "crash-done")
    assert (reply.status_code, tree.server.status) == (200, "UNSET")
    assert "INTERNAL rehearsed.done ERROR" in "\n".join(tree.lines())


@pytest.mark.parametrize("model", ["must-wait", "must-compute"])
async def test_a_stage_that_waits_or_is_slow_has_a_span(
    caller: httpx.AsyncClient, collector: Collector, standin: StandIn, model: str
) -> None:
    standin.on(model, json_answer(completion()), at="first")
    _, tree = await asked(caller, collector, model)
    assert "  INTERNAL rehearsed.request UNSET" in tree.lines()


def parent(trace: str = TRACE, flags: str = "01") -> dict[str, str]:
    return {"traceparent": f"00-{trace}-{SPAN}-{flags}", "tracestate": "vendor=opaque,other=1"}


async def test_the_caller_s_trace_goes_on_and_is_passed_to_the_vendor(
    caller: httpx.AsyncClient, collector: Collector, standin: StandIn
) -> None:
    standin.on("joined", json_answer(completion()), at="first")
    _, tree = await asked(caller, collector, "joined", headers=parent())
    server, (attempt,) = tree.server, tree.attempts
    assert (server.trace, server.parent) == (TRACE, SPAN)
    (received,) = standin.requests("joined")
    assert received.headers["traceparent"] == f"00-{TRACE}-{attempt.id}-01"
    assert received.headers["tracestate"] == "vendor=opaque,other=1"


async def test_each_attempt_tells_its_vendor_its_own_span(
    caller: httpx.AsyncClient, collector: Collector, standin: StandIn
) -> None:
    standin.on("each", json_answer(error("x"), 500), at="first")
    standin.on("each", json_answer(completion()), at="second")
    _, tree = await asked(caller, collector, "each")
    told = [received.headers["traceparent"].split("-")[2] for received in standin.requests("each")]
    assert told == [attempt.id for attempt in tree.attempts]
    assert len({*told, tree.server.id}) == 3


async def test_what_the_caller_does_not_sample_is_passed_on_and_leaves_no_span(
    caller: httpx.AsyncClient, collector: Collector, standin: StandIn
) -> None:
    standin.on("unsampled", json_answer(completion()), at="first")
    await caller.post(CHAT, json=request("unsampled"), headers=parent("2b" * 16, "00"))
    standin.on("after", json_answer(completion()), at="first")
    await asked(caller, collector, "after")
    assert not [span for span in collector.spans if span.trace == "2b" * 16]
    (received,) = standin.requests("unsampled")
    assert {name: received.headers[name] for name in ("traceparent", "tracestate")} == parent("2b" * 16, "00")


async def test_lines_of_the_log_carry_the_trace(
    gateway: RunningGateway, caller: httpx.AsyncClient, collector: Collector, standin: StandIn
) -> None:
    _, tree = await asked(caller, collector, "crash")
    flow_id = tree.server.attributes["aihub.flow_id"]
    (line,) = [line for line in gateway.log().splitlines() if flow_id in line]
    assert line.endswith(f"[trace {tree.server.trace}]")


async def test_no_secret_and_no_content_leaves_and_every_attribute_is_documented(
    gateway: RunningGateway, caller: httpx.AsyncClient, collector: Collector, standin: StandIn
) -> None:
    standin.on("canary", json_answer(error(f"you said {PROMPT}"), 400), at="first")
    await asked(caller, collector, "canary", params={"key": KEY}, headers={"x-api-key": KEY, "cookie": "cookie-canary-2f"})
    exported = b"".join(collector.bodies)
    for secret in (KEY, WRONG_KEY, VENDOR_KEY, PROMPT, rehearsed_stage.CRASH_TEXT, "cookie-canary", "Hi there"):
        assert secret.encode() not in exported, secret
    used = {name for span in collector.spans for facts in (span.attributes, *span.events.values()) for name in facts}
    undocumented = {name for name in used - names.ALL if not (name.startswith("aihub.stage.") and name.endswith(".ms"))}
    assert not undocumented


async def test_content_and_a_ratio_when_they_are_set(
    standin: StandIn, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> None:
    standin.on("content", json_answer(completion("captured reply")), at="first")
    standin.on("content-stream", sse_answer(*text_stream("captured", "stream"), DONE), at="first")
    telemetry = {"sample_ratio": 0, "capture_content": True}
    variables = FAST | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=blue"}
    directory, config = tmp_path_factory.mktemp("content"), CONFIG | {"telemetry": telemetry}
    async with running_gateway(directory, config, state(standin), **variables) as running, client(running) as http:
        unsampled = await http.post(CHAT, json=request("content"))
        reply = await http.post(CHAT, json=request("content", "captured prompt"), headers=parent("3c" * 16))
        tree = await collector.tree(reply.headers["x-request-id"])
        assert "captured prompt" in tree.attempts[0].attributes["aihub.request.body"]
        assert "captured reply" in tree.server.attributes["aihub.reply.body"]
        stream = await http.post(CHAT, json=request("content-stream", stream=True), headers=parent("4d" * 16))
    tree = await collector.tree(stream.headers["x-request-id"])
    assert "captured" in tree.server.attributes["aihub.reply.body"]
    assert "x-tenant: blue" in collector.headers[-1]
    flows = {span.attributes.get("aihub.flow_id") for span in collector.spans}
    assert unsampled.headers["x-request-id"] not in flows
