"""Whether a stream keeps to its format's grammar, to the strictest reading of the protocol's page. SDKs forgive more."""

from typing import Any

import orjson


def _events(stream: bytes) -> list[tuple[str | None, bytes]]:
    """The name and the data of each; comments are left out."""
    found = []
    assert stream.endswith(b"\n\n") or not stream
    for raw in stream.split(b"\n\n")[:-1]:
        lines = raw.split(b"\n")
        if raw.startswith(b":"):
            continue
        name = lines[0].removeprefix(b"event: ").decode() if lines[0].startswith(b"event: ") else None
        (data,) = (line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: "))
        found.append((name, data))
    return found


def messages(stream: bytes, *, cut: bool = False) -> None:
    """One `message_start`; blocks numbered without a gap, one open at a time, with deltas of their own kind; a `message_delta`
    and `message_stop` at the end, once, unless the stream is `cut`."""
    kinds = {
        "text": {"text_delta", "citations_delta"},
        "thinking": {"thinking_delta", "signature_delta"},
        "tool_use": {"input_json_delta"},
    }
    opened, index, seen = None, 0, []
    for name, data in _events(stream):
        event: dict[str, Any] = orjson.loads(data)
        assert name == event["type"]
        if name == "ping":
            continue
        seen.append(name)
        assert (len(seen) == 1) == (name == "message_start")
        assert "message_delta" not in seen[:-1] or name == "message_stop"
        match name:
            case "message_start":
                message = event["message"]
                assert (message["content"], message["stop_reason"], message["role"]) == ([], None, "assistant")
                assert {"input_tokens", "output_tokens"} <= set(message["usage"])
            case "content_block_start":
                assert opened is None
                assert event["index"] == index
                opened = event["content_block"]["type"]
            case "content_block_delta":
                assert event["index"] == index
                assert event["delta"]["type"] in kinds[opened]
            case "content_block_stop":
                assert opened is not None
                assert event["index"] == index
                opened, index = None, index + 1
            case "message_delta":
                assert opened is None
                assert event["delta"]["stop_reason"] is not None
    assert cut or seen[-2:] == ["message_delta", "message_stop"]
    assert not cut or not {"message_delta", "message_stop"} & set(seen)


def chat(stream: bytes, *, cut: bool = False) -> None:
    """The same id, time and model everywhere; a role first; each call's id and name with its first fragment, calls numbered
    without a gap; one finish reason a choice, nothing of it after that; then usage without choices, then `[DONE]`, unless the
    stream is `cut`."""
    events = [data for _, data in _events(stream)]
    if not cut:
        assert events.pop() == b"[DONE]"
    assert b"[DONE]" not in events
    chunks = [orjson.loads(data) for data in events]
    assert len({(chunk["id"], chunk["created"], chunk["model"], chunk["object"]) for chunk in chunks}) <= 1
    finished: set[int] = set()
    calls = 0
    for number, chunk in enumerate(chunks):
        if not chunk["choices"]:
            assert number == len(chunks) - 1
            assert chunk["usage"]["total_tokens"] == chunk["usage"]["prompt_tokens"] + chunk["usage"]["completion_tokens"]
            continue
        (choice,) = chunk["choices"]
        assert choice["index"] not in finished
        assert ("role" in choice["delta"]) == (number == 0)
        for call in choice["delta"].get("tool_calls", ()):
            if "id" in call:
                assert (call["index"], bool(call["id"]), bool((call.get("function") or call["custom"])["name"])) == (
                    calls,
                    True,
                    True,
                )
                calls += 1
            assert call["index"] == calls - 1
        if choice["finish_reason"] is not None:
            finished.add(choice["index"])
    assert cut or finished
    assert not (cut and finished)


CHECKS = {"openai_chat": chat, "anthropic_messages": messages}
