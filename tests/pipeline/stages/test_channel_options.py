"""A channel's own options, at work on the attempts that reach it."""

from typing import Any

import pytest

from pipeline.channel_options.common import read_common_options
from pipeline.flow import Route
from pipeline.model_mapping import ModelMapping
from pipeline.stages.channel_options import ChannelOptions
from pipeline.stages.mapping import Mapping
from pipeline.testing import Playbook, a_channel, reply, status, stream

QUESTION = {"role": "user", "content": "q"}
BODY = {"model": "gpt-5-high", "messages": [QUESTION], "store": True, "user": "u"}


def playbook(*more: Any, **options: Any) -> Playbook:
    channel = a_channel(common=read_common_options(options), model_mapping=ModelMapping({"best-high": "gpt-5-high"}))
    return Playbook.of([("mapping", Mapping(Mapping.Config())), ("channel_options", ChannelOptions())], channels=[channel, *more])


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ({}, {}),
        ({"region": "eu"}, {}),
        ({"strip_fields": ["store", "user"]}, {"store": None, "user": None}),
        ({"allow_fields": ["user"]}, {"store": None}),
        ({"system_prompt": "P"}, {"messages": [{"role": "system", "content": "P"}, QUESTION]}),
        ({"model_suffixes": True}, {"model": "gpt-5", "reasoning_effort": "high"}),
        ({"model_suffixes": True, "allow_fields": ["user"]}, {"model": "gpt-5", "reasoning_effort": "high", "store": None}),
        ({"model_suffixes": False}, {}),
    ],
)
async def test_what_goes_up(options: dict[str, Any], changed: dict[str, Any]) -> None:
    play = playbook(**options)
    await play.request(BODY)
    expected = {name: value for name, value in {**BODY, **changed}.items() if value is not None}
    assert play.sent[0].json() == expected


async def test_a_suffix_is_looked_for_in_the_name_that_the_channel_serves() -> None:
    play = playbook(model_suffixes=True)
    result = await play.request({**BODY, "model": "best-high"})
    sent = play.sent[0].json()
    assert (sent["model"], sent["reasoning_effort"]) == ("gpt-5", "high")
    assert result.flow.asked_model == "best-high"


async def test_the_next_channel_gets_what_the_caller_sent() -> None:
    play = playbook(a_channel("plain", priority=-1), system_prompt="P", model_suffixes=True)
    play.upstream(status(503), reply({}))
    await play.request(BODY)
    assert [sent.json()["model"] for sent in play.sent] == ["gpt-5", "gpt-5-high"]
    assert play.sent[1].json() == BODY


async def test_a_format_that_has_no_prompt_is_left_alone() -> None:
    play = playbook(system_prompt="P", model_suffixes=True, thinking_to_content=True)
    await play.request(BODY, route=Route("other", "embeddings"))
    assert play.sent[0].json() == BODY


def thinking(content: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content, **more}}]}


async def test_thoughts_become_content_in_a_whole_reply_and_in_a_stream() -> None:
    play = playbook(thinking_to_content=True)
    play.upstream(reply({"choices": [{"message": {"content": "Hi", "reasoning_content": "hm"}}]}))
    result = await play.request(BODY)
    assert result.json()["choices"][0]["message"] == {"content": "<think>\nhm\n</think>\n\nHi"}
    play.upstream(stream([thinking(reasoning_content="hm"), thinking("Hi")]))
    result = await play.request(BODY, stream=True)
    *words, end = result.events
    assert "".join(event.json()["choices"][0]["delta"]["content"] for event in words) == "<think>\nhm\n</think>\n\nHi"
    assert end.data == b"[DONE]"
    assert play.streams[0].closed


async def test_an_error_and_a_reply_of_a_channel_without_the_option_pass_as_they_are() -> None:
    said = b'{"error": {"reasoning": "the vendor\'s"}}'
    for play, answer in ((playbook(thinking_to_content=True), status(400, said)), (playbook(), reply(said))):
        play.upstream(answer)
        assert (await play.request(BODY)).body == said
