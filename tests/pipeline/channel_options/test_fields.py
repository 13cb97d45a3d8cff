"""Fields that do not go up."""

from typing import Any

import msgspec
import pytest

from pipeline.channel_options.fields import keep_only, strip
from pipeline.json_object import JsonObject
from pipeline.overrides.paths import Path

RAW = b'{"model": "m", "messages" : [ ], "stream": true, "stream_options": {"a": 1, "b": 2}, "store": true, "user": "u"}'


@pytest.mark.parametrize(
    ("paths", "gone"),
    [
        (["store"], {"store": None}),
        (["store", "user"], {"store": None, "user": None}),
        (["stream_options.a"], {"stream_options": {"b": 2}}),
    ],
)
def test_what_is_named_is_stripped(paths: list[str], gone: dict[str, Any]) -> None:
    body = JsonObject.parse(RAW)
    strip(body, [Path(path) for path in paths])
    expected = msgspec.json.decode(RAW) | gone
    assert msgspec.json.decode(body.encode()) == {name: value for name, value in expected.items() if value is not None}


def test_a_body_without_any_of_them_keeps_its_bytes() -> None:
    body = JsonObject.parse(RAW)
    strip(body, [Path("service_tier"), Path("stream_options.c")])
    keep_only(body, ["store", "user"], "openai_chat")
    assert body.encode() == RAW


def test_only_what_is_allowed_goes_up_and_what_a_request_is_made_of() -> None:
    body = JsonObject.parse(RAW)
    keep_only(body, ["user"], "openai_chat")
    assert list(body) == ["model", "messages", "stream", "stream_options", "user"]


def test_what_a_format_requires_beside_stays_in_that_format() -> None:
    source = b'{"model": "m", "max_tokens": 9, "system": "S", "user": "u"}'
    for wire_format, kept in (("anthropic_messages", ["model", "max_tokens", "system"]), ("openai_chat", ["model"])):
        body = JsonObject.parse(source)
        keep_only(body, ["x"], wire_format)
        assert list(body) == kept
