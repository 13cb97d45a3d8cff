"""What goes up to Anthropic, from requests of OpenAI's chat format: one row a rule."""

from typing import Any

import orjson
import pytest

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers import formats, registry
from providers.formats.anthropic_messages.write_request import JSON_ONLY
from providers.formats.codec import Destination, Written

USER = {"role": "user", "content": "q"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": ""}}
OLD, BOTH, NEW = "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-4-8"


def written(model: str = OLD, **members: Any) -> Written:
    body = JsonObject.parse(orjson.dumps({"model": model, "messages": [USER], **members}))
    asked = formats.codec("openai_chat").read_request(body, model, stream=False)
    return formats.codec("anthropic_messages").write_request(asked, Destination(registry.get("anthropic"), model))


def sent(model: str = OLD, **members: Any) -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads(bytes(written(model, **members).body.encode()))
    return body


def text(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


@pytest.mark.parametrize(
    ("messages", "turns"),
    [
        ([USER, USER], [("user", [text("q"), text("q")])]),
        ([{"role": "assistant", "content": "a"}], [("user", [text("Continue.")]), ("assistant", [text("a")])]),
        ([{"role": "system", "content": "s"}], [("user", [text("Continue.")])]),
        ([USER, {"role": "assistant", "content": " "}, USER], [("user", [text("q"), text("q")])]),
        ([USER, {"role": "assistant", "content": "a \n"}], [("user", [text("q")]), ("assistant", [text("a")])]),
        (
            [USER, {"role": "system", "content": "s"}, USER],
            [("user", [text("q"), text("<system>\ns\n</system>"), text("q")])],
        ),
        (
            [USER, {"role": "assistant", "content": "a", "refusal": "no"}, USER],
            [("user", [text("q")]), ("assistant", [text("a"), text("no")]), ("user", [text("q")])],
        ),
        (
            [USER, {"role": "assistant", "tool_calls": [CALL]}, USER, {"role": "tool", "tool_call_id": "c1", "content": "r"}],
            [
                ("user", [text("q")]),
                ("assistant", [{"type": "tool_use", "id": "c1", "name": "f", "input": {}}]),
                ("user", [{"type": "tool_result", "tool_use_id": "c1", "content": [text("r")]}, text("q")]),
            ],
        ),
    ],
)
def test_turns(messages: list[dict[str, Any]], turns: list[tuple[str, Any]]) -> None:
    assert [(turn["role"], turn["content"]) for turn in sent(messages=messages)["messages"]] == turns


@pytest.mark.parametrize(
    ("model", "members", "thinking", "effort", "dropped"),
    [
        (OLD, {"reasoning_effort": "low"}, {"type": "enabled", "budget_tokens": 1024}, None, ()),
        (OLD, {"reasoning_effort": "high"}, {"type": "enabled", "budget_tokens": 16_384}, None, ()),
        (OLD, {"reasoning_effort": "high", "max_tokens": 5000}, {"type": "enabled", "budget_tokens": 4999}, None, ()),
        (OLD, {"reasoning_effort": "high", "max_tokens": 1000}, None, None, ("reasoning",)),
        (OLD, {"reasoning_effort": "none"}, {"type": "disabled"}, None, ()),
        (
            OLD,
            {"reasoning_effort": "high", "temperature": 0.5},
            {"type": "enabled", "budget_tokens": 16_384},
            None,
            ("temperature",),
        ),
        (OLD, {"reasoning_effort": "low", "tools": [TOOL], "tool_choice": "required"}, None, None, ("reasoning",)),
        (OLD, {"thinking": {"type": "enabled", "budget_tokens": 3000}}, {"type": "enabled", "budget_tokens": 3000}, None, ()),
        (BOTH, {"reasoning_effort": "xhigh"}, {"type": "adaptive"}, "high", ()),
        (
            BOTH,
            {"thinking": {"type": "enabled", "budget_tokens": 3000}},
            {"type": "enabled", "budget_tokens": 3000},
            "medium",
            (),
        ),
        (NEW, {"reasoning_effort": "xhigh"}, {"type": "adaptive"}, "xhigh", ()),
        (NEW, {"reasoning_effort": "minimal"}, {"type": "adaptive"}, "low", ()),
        (NEW, {"thinking": {"type": "enabled", "budget_tokens": 9000}}, {"type": "adaptive"}, "high", ()),
        (NEW, {}, None, None, ()),
    ],
)
def test_thinking(model: str, members: dict[str, Any], thinking: Any, effort: str | None, dropped: tuple[str, ...]) -> None:
    body = sent(model, **members)
    assert (body.get("thinking"), body.get("output_config", {}).get("effort")) == (thinking, effort)
    assert written(model, **members).dropped == dropped


@pytest.mark.parametrize(
    ("model", "members", "expected", "dropped"),
    [
        (OLD, {"temperature": 1.7}, {"temperature": 1.0}, ()),
        (OLD, {"temperature": 0.2, "top_p": 0.5}, {"temperature": 0.2}, ("top_p",)),
        (OLD, {"top_p": 0.5, "top_k": 3}, {"top_p": 0.5, "top_k": 3}, ()),
        ("claude-3-opus", {"temperature": 0.2, "top_p": 0.5}, {"temperature": 0.2, "top_p": 0.5}, ()),
        (NEW, {"temperature": 1, "top_p": 1, "top_k": 3}, {}, ("temperature", "top_p", "top_k")),
        (OLD, {"stop": ["a", " ", "b"]}, {"stop_sequences": ["a", "b"]}, ()),
        (OLD, {"seed": 1, "logprobs": True, "store": True}, {}, ("seed", "logprobs", "store")),
        (OLD, {"service_tier": "default"}, {"service_tier": "standard_only"}, ()),
        (OLD, {"service_tier": "flex"}, {}, ("service_tier",)),
        (OLD, {"unheard_of": 1}, {}, ("unheard_of",)),
        (OLD, {"response_format": {"type": "json_object"}}, {"system": [text(JSON_ONLY)]}, ()),
        (OLD, {"tool_choice": "required", "parallel_tool_calls": True}, {}, ()),
        (OLD, {"tools": [TOOL], "tool_choice": "none"}, {"tool_choice": {"type": "none"}}, ()),
        (
            OLD,
            {"tools": [TOOL], "parallel_tool_calls": False},
            {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
            (),
        ),
    ],
)
def test_knobs(model: str, members: dict[str, Any], expected: dict[str, Any], dropped: tuple[str, ...]) -> None:
    body = sent(model, **members)
    assert {name: value for name, value in body.items() if name not in ("model", "max_tokens", "messages", "tools")} == expected
    assert written(model, **members).dropped == dropped


@pytest.mark.parametrize(
    ("model", "most"),
    [
        ("claude-3-haiku-20240307", 4096),
        ("claude-3-5-sonnet-latest", 8192),
        (OLD, 32_000),
        (NEW, 32_000),
        ("deepseek-chat", 8192),
    ],
)
def test_the_answers_length_is_the_callers_or_all_that_the_model_gives(model: str, most: int) -> None:
    assert sent(model)["max_tokens"] == most
    assert sent(model, max_tokens=7)["max_tokens"] == 7
    assert sent(model, max_tokens=7, max_completion_tokens=8)["max_tokens"] == 8


def test_only_the_allowed_tools_go_up() -> None:
    other = {"type": "function", "function": {"name": "g"}}
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "g"}}]}
    body = sent(tools=[TOOL, other], tool_choice={"type": "allowed_tools", "allowed_tools": allowed})
    assert body["tools"] == [{"name": "g", "input_schema": {"type": "object", "properties": {}}}]
    assert body["tool_choice"] == {"type": "any"}


def test_a_web_search_is_anthropics_own() -> None:
    options = {"user_location": {"type": "approximate", "approximate": {"city": "Oslo"}}}
    location = {"type": "approximate", "city": "Oslo"}
    assert sent(web_search_options=options)["tools"] == [
        {"type": "web_search_20250305", "name": "web_search", "user_location": location}
    ]


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"n": 2}, "n"),
        ({"tools": [TOOL, {"type": "mcp", "name": "x"}]}, "tools[1]"),
        ({"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]}, "messages[0]"),
        ({"messages": [USER, {"role": "user", "content": [{"type": "video_url", "video_url": {"url": "x"}}]}]}, "messages[1]"),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_place(members: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as caught:
        written(**members)
    assert caught.value.param == param
