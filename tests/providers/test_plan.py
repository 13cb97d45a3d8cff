"""From a flow and a target to what goes up: its address, its headers, its bytes."""

from typing import Any

import msgspec
import pytest

from pipeline.catalog import Target
from pipeline.flow import Attempt, Flow
from pipeline.testing import Playbook, a_channel
from providers import plan, registry
from providers.carried import Carried
from providers.plan import prepare, url

SOURCE = rb'{ "model":"m", "messages":[ ],"n":1e5,"path":"a\/b" }'


async def prepared(
    vendor: str = "openai", *, source: bytes = SOURCE, model: str = "m", ask_usage: bool = True, **headers: str
) -> Attempt:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    flow: Flow = (await Playbook().request(source, headers=named)).flow
    channel = a_channel(vendor=vendor, base_url="https://vendor.example/v1/")
    attempt = Attempt(1, Target(channel, channel.keys[0], model), (await flow.body()).copy())
    prepare(flow, attempt, Carried(), ask_usage=ask_usage)
    return attempt


def sent(attempt: Attempt) -> bytes:
    assert attempt.body is not None
    return bytes(attempt.body.encode())


STREAM = SOURCE.replace(b" }", b',"stream":true}')
OPTIONS = {"include_usage": True}


async def test_what_needs_no_change_goes_up_verbatim() -> None:
    attempt = await prepared()
    assert (sent(attempt), attempt.asked_usage) == (SOURCE, False)


async def test_another_model_is_the_only_change() -> None:
    assert sent(await prepared(model="real")) == rb'{"model":"real","messages":[ ],"n":1e5,"path":"a\/b"}'


# A stream's request, whether the channel may be asked for usage, whether it was, and the stream options that go up.
STREAMS: list[tuple[bytes, bool, bool, Any]] = [
    (STREAM, True, True, OPTIONS),
    (STREAM, False, False, None),
    (STREAM.replace(b"true}", b'true,"stream_options":{"include_usage":true}}'), True, False, OPTIONS),
    (STREAM.replace(b"true}", b'true,"stream_options":{"a":1}}'), True, True, {"a": 1, **OPTIONS}),
    (SOURCE, True, False, None),
]


@pytest.mark.parametrize(("source", "ask", "asked", "options"), STREAMS)
async def test_a_stream_is_asked_for_its_usage_once(source: bytes, ask: bool, asked: bool, options: Any) -> None:
    attempt = await prepared(source=source, ask_usage=ask)
    assert attempt.asked_usage is asked
    assert msgspec.json.decode(sent(attempt)).get("stream_options") == options
    assert rb'"path":"a\/b"' in sent(attempt)


async def test_a_stream_is_accepted_as_events_and_a_reply_as_json() -> None:
    for source, accept in ((STREAM, "text/event-stream"), (SOURCE, "application/json")):
        headers = (await prepared(source=source)).headers
        assert (headers["accept"], headers["content-type"]) == (accept, "application/json")
        assert headers["accept-encoding"] == "identity"


async def test_only_the_headers_that_mean_something_to_the_vendor_go_up() -> None:
    given = {"authorization": "Bearer sk-caller", "cookie": "canary", "openai_beta": "assistants=v2", "user_agent": "canary"}
    assert (await prepared(**given)).headers["openai-beta"] == "assistants=v2"
    for vendor in ("openai", "openai-compatible"):
        headers = (await prepared(vendor, **given)).headers
        assert not {"authorization", "cookie"} & set(headers)
        assert "canary" not in headers.values()
    assert "openai-beta" not in (await prepared("openai-compatible", **given)).headers


async def test_the_address_is_the_channel_s_base_and_the_format_s_path() -> None:
    assert (await prepared()).url == "https://vendor.example/v1/chat/completions"


@pytest.mark.parametrize(
    ("vendor", "base_url", "address"),
    [
        ("openai", None, "https://api.openai.com/v1/chat/completions"),
        ("openai", "http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1/chat/completions"),
        ("openai", "http://127.0.0.1:1/v1//", "http://127.0.0.1:1/v1/chat/completions"),
        ("openai-compatible", "http://127.0.0.1:1", "http://127.0.0.1:1/chat/completions"),
    ],
)
def test_a_channel_s_base_url_wins(vendor: str, base_url: str | None, address: str) -> None:
    assert url(registry.get(vendor), base_url, "openai_chat") == address


def test_a_vendor_without_a_base_url_needs_the_channel_s() -> None:
    with pytest.raises(ValueError, match="`base_url`"):
        url(registry.get("openai-compatible"), None, "openai_chat")


async def test_no_header_is_shared_between_attempts() -> None:
    (await prepared()).headers["x"] = "1"
    assert "x" not in (await prepared()).headers
    assert "x" not in plan.COMMON_HEADERS
