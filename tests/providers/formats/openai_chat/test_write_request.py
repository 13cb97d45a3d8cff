"""What goes up to a chat completion, from requests of Anthropic's format: one row a rule."""

from typing import Any

import orjson
import pytest

from pipeline.json_object import JsonObject
from providers import formats, registry
from providers.formats.codec import Destination, Written

USER = {"role": "user", "content": "q"}
TOOL = {"name": "f", "input_schema": {"type": "object"}}
THINK = {"type": "enabled", "budget_tokens": 3000}


def written(model: str = "gpt-4.1", vendor: str = "openai", **members: Any) -> Written:
    body = JsonObject.parse(orjson.dumps({"model": model, "max_tokens": 9, "messages": [USER], **members}))
    asked = formats.codec("anthropic_messages").read_request(body, model, stream=False)
    return formats.codec("openai_chat").write_request(asked, Destination(registry.get(vendor), model))


def sent(*arguments: str, **members: Any) -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads(bytes(written(*arguments, **members).body.encode()))
    return body


def text(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


@pytest.mark.parametrize(
    ("model", "members", "expected", "dropped"),
    [
        ("gpt-4.1", {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5, "top_p": 0.9}, ()),
        ("gpt-4.1", {"top_k": 3}, {}, ("top_k",)),
        ("gpt-4.1", {"stop_sequences": ["a", "b"]}, {"stop": ["a", "b"]}, ()),
        ("gpt-4.1", {"stop_sequences": list("abcdef")}, {"stop": list("abcd")}, ("stop[4:]",)),
        ("gpt-4.1", {"thinking": THINK}, {}, ("reasoning",)),
        ("gpt-4.1", {"thinking": {"type": "disabled"}}, {}, ()),
        ("gpt-5", {"temperature": 1, "stop_sequences": ["a"]}, {}, ("temperature", "stop")),
        ("gpt-5", {"thinking": THINK}, {"reasoning_effort": "medium"}, ()),
        ("gpt-5", {"thinking": {"type": "enabled", "budget_tokens": 1024}}, {"reasoning_effort": "low"}, ()),
        ("gpt-5", {"thinking": {"type": "adaptive"}}, {}, ()),
        ("gpt-5", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, {"reasoning_effort": "high"}, ()),
        ("gpt-5.2", {"output_config": {"effort": "max"}}, {"reasoning_effort": "max"}, ()),
        ("gpt-5", {"thinking": {"type": "disabled"}}, {"reasoning_effort": "minimal"}, ()),
        ("gpt-5.1", {"thinking": {"type": "disabled"}}, {"reasoning_effort": "none"}, ()),
        ("openai/o3-mini", {"thinking": {"type": "disabled"}}, {"reasoning_effort": "low"}, ()),
        ("gpt-5-chat-latest", {"temperature": 1}, {"temperature": 1.0}, ()),
        ("gpt-4.1", {"service_tier": "standard_only"}, {"service_tier": "default"}, ()),
        ("gpt-4.1", {"metadata": {"user_id": "u"}}, {"user": "u"}, ()),
        ("gpt-4.1", {"container": "c"}, {}, ("container",)),
        ("gpt-4.1", {"tool_choice": {"type": "any"}}, {}, ()),
    ],
)
def test_knobs(model: str, members: dict[str, Any], expected: dict[str, Any], dropped: tuple[str, ...]) -> None:
    body = sent(model, **members)
    usual = ("model", "messages", "max_completion_tokens")
    assert {name: value for name, value in body.items() if name not in usual} == expected
    assert written(model, **members).dropped == dropped


def test_a_users_long_id_is_short_and_the_same_each_time() -> None:
    first, second = (sent(metadata={"user_id": "user_" + "a" * 200})["user"] for _ in range(2))
    assert (first, len(first)) == (second, 64)


@pytest.mark.parametrize(("vendor", "name"), [("openai", "max_completion_tokens"), ("openai-compatible", "max_tokens")])
def test_each_vendor_has_its_name_for_the_longest_answer(vendor: str, name: str) -> None:
    assert sent("m", vendor)[name] == 9


@pytest.mark.parametrize(
    ("choice", "expected", "parallel"),
    [
        ({"type": "auto"}, "auto", None),
        ({"type": "any", "disable_parallel_tool_use": True}, "required", False),
        ({"type": "none"}, "none", None),
        ({"type": "tool", "name": "f"}, {"type": "function", "function": {"name": "f"}}, None),
    ],
)
def test_tool_choice(choice: dict[str, Any], expected: Any, parallel: bool | None) -> None:
    body = sent(tools=[TOOL], tool_choice=choice)
    assert (body["tool_choice"], body.get("parallel_tool_calls")) == (expected, parallel)


THOUGHTS = {"type": "thinking", "thinking": "hm", "signature": "aihub.nobody."}
SIGNED = {"type": "thinking", "thinking": "hm", "signature": "sig"}


@pytest.mark.parametrize(
    ("vendor", "thoughts", "back"),
    [("openai", THOUGHTS, None), ("openai-compatible", THOUGHTS, "hm"), ("openai-compatible", SIGNED, None)],
)
def test_thoughts_go_back_only_to_vendors_that_take_them_and_never_anothers(vendor: str, thoughts: Any, back: str | None) -> None:
    history = [USER, {"role": "assistant", "content": [thoughts, text("a")]}, USER]
    assistant = sent("m", vendor, messages=history)["messages"][1]
    assert assistant.get("reasoning_content") == back
    assert assistant["content"] == "a"


def test_what_another_vendors_tools_did_is_left_out_and_said_so() -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}
    history = [USER, {"role": "assistant", "content": [search, found, text("So: "), text("it is")]}, USER]
    result = written(messages=history)
    assert orjson.loads(bytes(result.body.encode()))["messages"][1] == {"role": "assistant", "content": "So: it is"}
    assert result.dropped == ("web_search",)
