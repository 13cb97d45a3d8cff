"""What an answer says, read from its bytes by nobody but the test: no code of the gateway has a part in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

STOPS = {
    "stop": "end", "end_turn": "end", "stop_sequence": "end", "eos": "end",
    "tool_calls": "calls", "tool_use": "calls", "function_call": "calls",
    "length": "length", "max_tokens": "length", "pause_turn": "length",
    "content_filter": "filtered", "refusal": "filtered",
}  # fmt: skip


@dataclass
class Said:
    """`calls` are names and decoded arguments. Text and refusal are the same to a reader, and so are a missing and an empty
    one."""

    text: str = ""
    thoughts: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    stop: str | None = None
    input: int = 0
    output: int = 0


def payloads(stream: bytes) -> list[dict[str, Any]]:
    lines = stream.replace(b"\r\n", b"\n").split(b"\n")
    data = [line[5:].strip() for line in lines if line.startswith(b"data:")]
    return [orjson.loads(each) for each in data if each.startswith(b"{")]


def chat(body: bytes) -> Said:
    reply = orjson.loads(body)
    choice = reply["choices"][0]
    message = choice["message"]
    said = Said(stop=STOPS.get(choice.get("finish_reason")))
    _add_chat(said, message)
    said.calls = [_call(call["function"]) for call in message.get("tool_calls") or ()]
    if message.get("function_call"):
        said.calls.append(_call(message["function_call"]))
    _chat_usage(said, [reply])
    return _settled(said)


def chat_stream(stream: bytes) -> Said:
    said = Said()
    calls: list[dict[str, Any]] = []
    chunks = payloads(stream)
    for chunk in chunks:
        for choice in chunk.get("choices") or ():
            if choice.get("index"):
                continue
            said.stop = STOPS.get(choice.get("finish_reason")) or said.stop
            delta = choice.get("delta") or {}
            _add_chat(said, delta)
            for call in delta.get("tool_calls") or ():
                known = next((each for each in calls if each["index"] == call.get("index")), None)
                if known is None or (call.get("id") and known["id"] and call["id"] != known["id"]):
                    known = {"index": call.get("index"), "id": call.get("id"), "name": "", "arguments": ""}
                    calls.insert(0, known)
                known["name"] = known["name"] or call["function"].get("name") or ""
                known["arguments"] += call["function"].get("arguments") or ""
    said.calls = [_call(call) for call in reversed(calls)]
    _chat_usage(said, chunks)
    return _settled(said)


def messages(body: bytes) -> Said:
    reply = orjson.loads(body)
    said = Said(stop=STOPS.get(reply["stop_reason"]))
    for block in reply["content"]:
        _add_block(said, block)
        if block["type"] == "tool_use":
            said.calls.append((block["name"], block["input"]))
    _messages_usage(said, reply["usage"])
    return _settled(said)


def messages_stream(stream: bytes) -> Said:
    said = Said()
    block: dict[str, Any] = {}
    usage: dict[str, Any] = {}
    for event in payloads(stream):
        match event["type"]:
            case "message_start":
                usage |= event["message"]["usage"]
            case "content_block_start":
                block = {**event["content_block"], "partial": ""}
                _add_block(said, block)
            case "content_block_delta":
                delta = event["delta"]
                _add_block(said, {**delta, "type": delta["type"].removesuffix("_delta")})
                block["partial"] += delta.get("partial_json", "")
            case "content_block_stop" if block["type"] == "tool_use":
                said.calls.append((block["name"], orjson.loads(block["partial"]) if block["partial"] else block["input"]))
            case "message_delta":
                usage |= {name: value for name, value in (event.get("usage") or {}).items() if value is not None}
                said.stop = STOPS.get(event["delta"]["stop_reason"])
            case "message_stop":
                break
    _messages_usage(said, usage)
    return _settled(said)


READERS = {
    ("openai_chat", False): chat,
    ("openai_chat", True): chat_stream,
    ("anthropic_messages", False): messages,
    ("anthropic_messages", True): messages_stream,
}


def _add_chat(said: Said, message: dict[str, Any]) -> None:
    content = message.get("content")
    if isinstance(content, list):
        said.text += "".join(part["text"] for part in content if part["type"] == "text")
        for part in (part for part in content if part["type"] == "thinking"):
            said.thoughts += "".join(each["text"] for each in part["thinking"])
    elif isinstance(content, dict):
        said.text += orjson.dumps(content).decode()
    else:
        said.text += content or ""
    said.text += message.get("refusal") or (message.get("audio") or {}).get("transcript") or ""
    said.thoughts += message.get("reasoning_content") or message.get("reasoning") or ""


def _add_block(said: Said, block: dict[str, Any]) -> None:
    if block["type"] == "text":
        said.text += block["text"]
    elif block["type"] == "thinking":
        said.thoughts += block["thinking"]


def _call(function: dict[str, Any]) -> tuple[str, Any]:
    return function["name"], orjson.loads(function.get("arguments") or "{}")


def _chat_usage(said: Said, values: Iterable[dict[str, Any]]) -> None:
    for value in values:
        first = (value.get("choices") or [{}])[0]
        usage = value.get("usage") or (value.get("x_groq") or {}).get("usage") or first.get("usage")
        if usage:
            said.input, said.output = usage["prompt_tokens"], usage["completion_tokens"] or 0
            details = usage.get("completion_tokens_details")
            reasoning = (details or {}).get("reasoning_tokens") or 0
            if not details:
                # Google's OpenAI endpoint: what was thought is in the total alone.
                said.output = max(said.output, (usage.get("total_tokens") or 0) - said.input)
            beside = usage.get("total_tokens") == said.input + said.output + reasoning
            said.output += reasoning if beside else 0


def _messages_usage(said: Said, usage: dict[str, Any]) -> None:
    counts = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    for each in usage.get("iterations") or [usage]:
        said.input += sum(each.get(name) or 0 for name in counts)
        said.output += each.get("output_tokens") or 0


def _settled(said: Said) -> Said:
    """A vendor may say `stop` and have called a tool, or the other way round: what counts is what it did."""
    if said.stop in ("end", "calls", None):
        said.stop = "calls" if said.calls else "end"
    return said
