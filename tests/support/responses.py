"""Small replies in OpenAI's responses format, written from its protocol page; and three readings of real ones: what they say, by
nobody but the test; whether they are legal, to the strictest reading; and what the official SDK makes of them."""

from functools import cache
from typing import Any, get_args

import httpx
import openai
import orjson
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from tests.support.said import Said, payloads

USAGE = {
    "input_tokens": 18,
    "input_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 0},
    "output_tokens": 3,
    "output_tokens_details": {"reasoning_tokens": 1},
    "total_tokens": 21,
}
TERMINAL = ("response.completed", "response.incomplete", "response.failed")
STOPS = {"completed": "end", "max_output_tokens": "length", "content_filter": "filtered"}
CALLS = ("function_call", "custom_tool_call")

# By hand, since trying each of sixty types takes a millisecond.
_EVENTS = {get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(get_args(ResponseStreamEvent)[0])}


def request(model: str, given: Any = "Hello", **more: Any) -> dict[str, Any]:
    return {"model": model, "input": given, **more}


def text(said: str, **more: Any) -> dict[str, Any]:
    content = {"type": "output_text", "text": said, "annotations": [], "logprobs": []}
    return {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [content], **more}


def call(call_id: str, name: str, arguments: str = "{}") -> dict[str, Any]:
    about = {"call_id": call_id, "name": name, "arguments": arguments, "status": "completed"}
    return {"id": f"fc_{call_id}", "type": "function_call", **about}


def custom_call(call_id: str, name: str, given: str) -> dict[str, Any]:
    return {"id": f"ctc_{call_id}", "type": "custom_tool_call", "call_id": call_id, "name": name, "input": given}


def reasoning(encrypted: str, *summaries: str) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": each} for each in summaries]
    return {"id": "rs_1", "type": "reasoning", "summary": summary, "encrypted_content": encrypted}


def result(call_id: str, output: Any) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def response(*output: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": "m",
        "output": list(output) or [text("Hi there")],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": USAGE,
        **more,
    }


def stream(*items: dict[str, Any], **more: Any) -> list[bytes]:
    """A whole stream of these items, each event named and numbered."""
    whole = response(*items, **more)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    events: list[tuple[str, dict[str, Any]]] = [(f"response.{name}", {"response": begun}) for name in ("created", "in_progress")]
    for index, item in enumerate(whole["output"]):
        events += _item(index, item)
    events.append((f"response.{whole['status']}", {"response": whole}))
    return [sse(name, number, members) for number, (name, members) in enumerate(events)]


def sse(name: str, number: int, members: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps({"type": name, **members, "sequence_number": number}))


def _item(index: int, item: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    place: dict[str, Any] = {"item_id": item.get("id"), "output_index": index}
    middle: list[tuple[str, dict[str, Any]]] = []
    empty = dict(item)
    match item["type"]:
        case "message":
            empty |= {"content": [], "status": "in_progress"}
            for number, part in enumerate(item["content"]):
                at = {**place, "content_index": number}
                kind, what = ("refusal", "refusal") if part["type"] == "refusal" else ("output_text", "text")
                middle.append(("response.content_part.added", {**at, "part": {**part, what: "", "annotations": []}}))
                middle += [(f"response.{kind}.delta", {**at, "delta": piece, "logprobs": []}) for piece in _pieces(part[what])]
                for place_in, annotation in enumerate(part.get("annotations") or ()):
                    about = {"annotation_index": place_in, "annotation": annotation}
                    middle.append(("response.output_text.annotation.added", {**at, **about}))
                middle.append((f"response.{kind}.done", {**at, what: part[what], "logprobs": []}))
                middle.append(("response.content_part.done", {**at, "part": part}))
        case "function_call" | "custom_tool_call":
            kind, what = ("function_call_arguments", "arguments") if "arguments" in item else ("custom_tool_call_input", "input")
            empty |= {what: "", "status": "in_progress"}
            middle += [(f"response.{kind}.delta", {**place, "delta": piece}) for piece in _pieces(item[what])]
            middle.append((f"response.{kind}.done", {**place, what: item[what]}))
        case "reasoning":
            empty |= {"summary": []}
            for number, part in enumerate(item["summary"]):
                at = {**place, "summary_index": number}
                middle.append(("response.reasoning_summary_part.added", {**at, "part": {**part, "text": ""}}))
                middle += [("response.reasoning_summary_text.delta", {**at, "delta": piece}) for piece in _pieces(part["text"])]
                middle.append(("response.reasoning_summary_text.done", {**at, "text": part["text"]}))
                middle.append(("response.reasoning_summary_part.done", {**at, "part": part}))
    added = ("response.output_item.added", {"output_index": index, "item": empty})
    return [added, *middle, ("response.output_item.done", {"output_index": index, "item": item})]


def _pieces(said: str) -> list[str]:
    return [said[: len(said) // 2], said[len(said) // 2 :]] if len(said) > 1 else [said] if said else []


def said(body: bytes) -> Said:
    return _said(orjson.loads(body))


def said_stream(raw: bytes) -> Said:
    """From the deltas, not from what the last event repeats."""
    found, events = Said(), payloads(raw)
    items = {event["output_index"]: event["item"] for event in events if event["type"] == "response.output_item.done"}
    parts: set[tuple[Any, ...]] = set()
    for event in events:
        match event["type"]:
            case "response.output_text.delta" | "response.refusal.delta":
                found.text += event["delta"]
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                place = (event["output_index"], event.get("summary_index"))
                new = (event["output_index"], 0) in parts and place not in parts and event.get("summary_index")
                parts.add(place)
                found.thoughts += ("\n\n" if new else "") + event["delta"]
    (last,) = [event["response"] for event in events if event["type"] in TERMINAL]
    whole = _said({**last, "output": [items[index] for index in sorted(items)]})
    found.calls, found.stop, found.input, found.output = whole.calls, whole.stop, whole.input, whole.output
    return found


def _said(reply: dict[str, Any]) -> Said:
    found = Said()
    for item in reply["output"]:
        match item["type"]:
            case "message":
                found.text += "".join(part.get("text") or part.get("refusal") or "" for part in item["content"])
            case "reasoning":
                found.thoughts += "\n\n".join(part["text"] for part in [*item["summary"], *(item.get("content") or [])])
            case "function_call":
                name = "__".join(filter(None, (item.get("namespace"), item["name"])))
                found.calls.append((name, orjson.loads(item["arguments"] or "{}")))
            case "custom_tool_call":
                found.calls.append((item["name"], item["input"]))
    details = reply.get("incomplete_details") or {}
    found.stop = STOPS[details.get("reason") or reply["status"]]
    if found.stop == "end" and found.calls:
        found.stop = "calls"
    usage = reply["usage"] or {}
    found.input, found.output = usage.get("input_tokens", 0), usage.get("output_tokens", 0)
    return found


def legal(raw: bytes, *, cut: bool = False) -> None:
    """Each event named, of its official type and numbered without a gap; `created` and `in_progress` first; items numbered
    without a gap, one open at a time, each begun and ended, growing by events of its own; one terminal event, last, whose output
    is what the items ended as. A stream that is `cut` has no terminal event."""
    assert raw.endswith(b"\n\n") or not raw
    blocks = [block for block in raw.split(b"\n\n")[:-1] if not block.startswith(b":")]
    ended: list[Any] = []
    open_item: dict[str, Any] | None = None
    for number, block in enumerate(blocks):
        name, data = block.split(b"\n")
        event = orjson.loads(data.removeprefix(b"data: "))
        assert name == b"event: " + event["type"].encode()
        assert event["sequence_number"] == number
        _EVENTS[event["type"]].model_validate(event)
        if number < 2:
            assert event["type"] == ("response.created", "response.in_progress")[number]
            assert (event["response"]["output"], event["response"]["status"]) == ([], "in_progress")
        elif event["type"] == "response.output_item.added":
            assert open_item is None
            assert event["output_index"] == len(ended)
            open_item = event["item"]
        elif event["type"] == "response.output_item.done":
            assert open_item is not None
            assert event["output_index"] == len(ended)
            assert (event["item"]["id"], event["item"]["type"]) == (open_item["id"], open_item["type"])
            ended.append(event["item"])
            open_item = None
        elif event["type"] in TERMINAL:
            assert number == len(blocks) - 1
            assert not cut
            assert open_item is None
            assert event["response"]["output"] == ended
        else:
            assert open_item is not None
            assert (event["item_id"], event["output_index"]) == (open_item["id"], len(ended))
    assert cut or blocks[-1].startswith(tuple(f"event: {name}".encode() for name in TERMINAL))


class _Canned:
    body = b""
    content_type = ""

    def __call__(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": self.content_type}, content=self.body)


@cache
def _client() -> tuple[openai.OpenAI, _Canned]:
    canned = _Canned()
    http = httpx.Client(transport=httpx.MockTransport(canned))
    return openai.OpenAI(api_key="x", base_url="http://x", max_retries=0, http_client=http), canned


def read(body: bytes) -> Response:
    """Validated too, which the SDK does not do by itself."""
    client, canned = _client()
    canned.body, canned.content_type = body, "application/json"
    TypeAdapter(Response).validate_json(body)
    return client.responses.create(model="m", input="x")


def read_stream(body: bytes) -> Any:
    """What the SDK's accumulating helper makes of it. Raises `openai.APIError` for an error event."""
    client, canned = _client()
    canned.body, canned.content_type = body, "text/event-stream"
    with client.responses.stream(model="m", input="x") as events:
        for event in events:
            last = event
        return last.response  # type: ignore[union-attr]
