"""A request of Anthropic's, read and written again, is what it was."""

from typing import Any

import orjson
import pytest

from pipeline.json_object import JsonObject
from providers import formats, registry
from providers.formats.codec import Destination
from tests.support.recordings import messages_recordings

CACHE = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
RESULT = {"type": "web_search_result", "url": "https://example.com", "title": "T", "encrypted_content": "e", "page_age": None}
CITED = {
    "type": "web_search_result_location",
    "url": "https://example.com",
    "title": "T",
    "encrypted_index": "i",
    "cited_text": "c",
}
EVERYTHING: dict[str, Any] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 9000,
    "system": [{"type": "text", "text": "Be kind.", **CACHE}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Hello", **CACHE},
                {"type": "image", "source": {"type": "base64", "media_type": "image/webp", "data": "UklGRgAAAABXRUJQ"}},
                {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
                {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}, "title": "A", "context": "C"},
                {
                    "type": "document",
                    "source": {"type": "content", "content": [{"type": "text", "text": "part"}]},
                    "citations": {"enabled": True},
                },
                {"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "x"}]},
                {"type": "container_upload", "file_id": "file_2"},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "", "signature": "sig=="},
                {"type": "redacted_thinking", "data": "data=="},
                {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
                {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [RESULT]},
                {"type": "text", "text": "So:", "citations": [CITED]},
                {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"b": 1.50, "a": []}, "caller": {"type": "direct"}},
                {"type": "tool_use", "id": "toolu_2", "name": "f", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "r"}], "is_error": True},
                {"type": "tool_result", "tool_use_id": "toolu_2"},
                {"type": "text", "text": "Go on."},
            ],
        },
    ],
    "tools": [
        {"name": "f", "description": "F", "input_schema": {"type": "object", "properties": {}}, "strict": True, **CACHE},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 2, "allowed_domains": ["example.com"]},
        {"type": "bash_20250124", "name": "bash"},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 2000, "display": "summarized"},
    "stop_sequences": ["END"],
    "metadata": {"user_id": "u"},
    "service_tier": "standard_only",
    "container": {"id": "c", "skills": []},
    "inference_geo": "us",
}

RECORDED = [each.request for each in messages_recordings() if each.status == 200 and each.name.startswith("anthropic/")]
SOURCES = [EVERYTHING, *(request for request in RECORDED if request.get("messages"))]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source["model"]))
def test_nothing_is_lost(source: dict[str, Any]) -> None:
    codec = formats.codec("anthropic_messages")
    stream = source.get("stream") is True
    asked = codec.read_request(JsonObject.parse(orjson.dumps(source)), source["model"], stream=stream)
    written = codec.write_request(asked, Destination(registry.get("anthropic"), source["model"]))
    assert normal(orjson.loads(bytes(written.body.encode()))) == normal(source)


def normal(value: Any) -> Any:
    """Two ways to write the same: a string is one text block, and what is null, false or empty by default need not be there."""
    if isinstance(value, list):
        return [normal(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: normal(each) for name, each in value.items() if each is not None and each is not False}
    for name in ("content", "system"):
        if isinstance(found.get(name), str) and ("role" in found or "messages" in found or found.get("type") == "tool_result"):
            found[name] = [{"type": "text", "text": found[name]}]
    if found.get("description") == "":
        del found["description"]
    if found.get("type") == "custom":
        del found["type"]
    return found
