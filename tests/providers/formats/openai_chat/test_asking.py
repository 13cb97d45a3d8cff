"""Making a body ask for a stream's usage."""

from typing import Any

import msgspec
import pytest

from pipeline.json_object import JsonObject
from providers.formats.openai_chat import FORMAT

ASKED = {"include_usage": True}

# A body's stream options, whether the gateway had to ask, and the options that go up.
OPTIONS: list[tuple[dict[str, Any], bool, dict[str, Any]]] = [
    ({}, True, ASKED),
    ({"stream_options": None}, True, ASKED),
    ({"stream_options": {}}, True, ASKED),
    ({"stream_options": {"include_usage": False}}, True, ASKED),
    ({"stream_options": {"include_usage": 1}}, True, ASKED),
    ({"stream_options": {"include_obfuscation": False}}, True, {"include_obfuscation": False, **ASKED}),
    ({"stream_options": ASKED}, False, ASKED),
    ({"stream_options": {**ASKED, "x": 1}}, False, {**ASKED, "x": 1}),
]


@pytest.mark.parametrize(("members", "asked", "options"), OPTIONS)
def test_what_is_asked_for(members: dict[str, Any], asked: bool, options: dict[str, Any]) -> None:
    body = JsonObject.parse(msgspec.json.encode({"model": "m", **members}))
    assert FORMAT.ask_usage(body) is asked
    assert body.verbatim is not asked
    assert msgspec.json.decode(bytes(body.encode())) == {"model": "m", "stream_options": options}
