"""What an operator edits on a channel is edited in the format of the channel's vendor."""

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest

from tests.e2e.conftest import CONFIG, KEY
from tests.e2e.formats.conftest import PIPELINE, channel
from tests.support.chat import completion, request
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.messages import message, stream, text, text_block, thinking_block
from tests.support.messages import request as ask
from tests.support.standin import StandIn, json_answer, sse_answer

PROMPT = {"system_prompt": "Be brief.", "system_prompt_mode": "add"}


@pytest.fixture(scope="module")
async def edited(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    root = standin.base_url.removesuffix("/v1")
    options = {**PROMPT, "thinking_to_content": True, "allow_fields": ["stop_sequences"]}
    temperature = {"operations": [{"mode": "set", "path": "metadata.user_id", "value": "operator"}]}
    state: dict[str, Any] = {
        "groups": [{"name": "default", "usable_by": ["*"]}],
        "users": [{"username": "alice"}],
        "channels": [
            channel("a", "anthropic", f"{root}/anthropic", ["a-*"], options=options, param_override=temperature),
            channel("o", "openai", f"{root}/openai/v1", ["o-*"], options=PROMPT),
        ],
        "tokens": [{"name": "everything", "user": "alice", "key": KEY}],
    }
    async with running_gateway(tmp_path_factory.mktemp("edited"), CONFIG | {"pipeline": PIPELINE}, state) as gateway:
        yield gateway


async def test_over_anthropic(edited: RunningGateway, standin: StandIn) -> None:
    model = "a-claude-sonnet-4-5-edited"
    standin.on(model, sse_answer(*stream(thinking_block(0, "sig", "hm"), text_block(1, "Hi"))), at="anthropic")
    asked = request(model, stop="END", temperature=0.5, tools=[{"type": "function", "function": {"name": "f"}}])
    asked["messages"].insert(0, {"role": "system", "content": "Be kind."})
    async with openai.AsyncOpenAI(base_url=edited.url + "/v1", api_key=KEY, max_retries=0) as client:
        chunks = [chunk async for chunk in await client.chat.completions.create(**asked, stream=True)]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "<think>\nhm\n</think>\n\nHi"
    (received,) = standin.requests(model)
    assert received.json() == {
        "model": model,
        "max_tokens": 32_000,
        "system": [text("Be brief."), text("Be kind.")],
        "messages": [{"role": "user", "content": [text("Hello")]}],
        "stream": True,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "operator"},
    }


async def test_over_openai(edited: RunningGateway, standin: StandIn) -> None:
    standin.on("o-edited", json_answer(completion()), at="openai")
    async with anthropic.AsyncAnthropic(base_url=edited.url, api_key=KEY, max_retries=0) as client:
        assert (await client.messages.create(**ask("o-edited", system="Be kind."))).content[0].text == "Hi there"
    (received,) = standin.requests("o-edited")
    assert received.json()["messages"][0] == {"role": "system", "content": "Be brief.\n\nBe kind."}


async def test_in_the_callers_own_format(edited: RunningGateway, standin: StandIn) -> None:
    standin.on("a-own", json_answer(message()), at="anthropic")
    async with anthropic.AsyncAnthropic(base_url=edited.url, api_key=KEY, max_retries=0) as client:
        await client.messages.create(**ask("a-own", system="Be kind."))
    assert standin.requests("a-own")[0].json()["system"] == "Be brief.\n\nBe kind."
