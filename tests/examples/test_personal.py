"""examples/personal.yaml"""

from collections.abc import AsyncIterator

import pytest

from tests.examples.running import RunningExample, running_example
from tests.support.chat import completion, request
from tests.support.standin import StandIn, json_answer


@pytest.fixture(scope="module")
async def example(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningExample]:
    variables = {
        "OPENAI_API_KEY": "sk-of-openai",
        "OPENAI_URL": standin.at("openai"),
        "DEEPSEEK_API_KEY": "sk-of-deepseek",
        "DEEPSEEK_URL": standin.at("deepseek"),
    }
    async with running_example("personal", tmp_path_factory.mktemp("personal"), **variables) as running:
        yield running


# What is asked for; where it is answered, as which model, with which key.
ROWS = [
    ("gpt-5", "openai", "gpt-5", "sk-of-openai"),
    ("smart", "openai", "gpt-5", "sk-of-openai"),
    ("fast", "openai", "gpt-5-mini", "sk-of-openai"),
    ("cheap", "deepseek", "deepseek-flash", "sk-of-deepseek"),
]


@pytest.mark.parametrize(("asked", "vendor", "model", "key"), ROWS)
async def test_a_call_is_answered(
    example: RunningExample, standin: StandIn, asked: str, vendor: str, model: str, key: str
) -> None:
    standin.on(model, json_answer(completion("Hi")), at=vendor)
    reply = await example.post("laptop", request(asked))
    assert reply.json()["choices"][0]["message"]["content"] == "Hi"
    received = standin.received[-1]
    assert (received.vendor, received.json()["model"], received.headers["authorization"]) == (vendor, model, f"Bearer {key}")


async def test_a_suffix_sets_the_effort(example: RunningExample, standin: StandIn) -> None:
    standin.on("gpt-5", json_answer(completion()), at="openai")
    assert (await example.post("laptop", request("gpt-5-high"))).status_code == 200
    assert standin.received[-1].json()["reasoning_effort"] == "high"


async def test_a_model_that_no_channel_has_is_not_found(example: RunningExample) -> None:
    assert (await example.post("laptop", request("claude-sonnet-5"))).status_code == 404
