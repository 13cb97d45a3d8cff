"""examples/reseller.yaml"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest

from tests.examples.running import RunningExample, running_example
from tests.support.chat import completion, error, request
from tests.support.standin import Answer, StandIn, json_answer

MAIN, SECOND, WHOLESALE = "openai-main", "openai-second", "wholesale"
TOKENS = {"prompt_tokens": 1_000_000, "completion_tokens": 100_000, "total_tokens": 1_100_000}


def variables(standin: StandIn) -> dict[str, str]:
    return {
        "OPENAI_KEY_1": "sk-first",
        "OPENAI_KEY_2": "sk-other",
        "OPENAI_KEY_3": "sk-second",
        "WHOLESALE_KEY": "sk-wholesale",
        "OPENAI_URL": standin.at(MAIN),
        "OPENAI_SECOND_URL": standin.at(SECOND),
        "WHOLESALE_URL": standin.at(WHOLESALE),
    }


@pytest.fixture(scope="module")
async def example(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningExample]:
    async with running_example("reseller", tmp_path_factory.mktemp("reseller"), **variables(standin)) as running:
        yield running


@pytest.fixture
async def fresh(standin: StandIn, tmp_path: Path) -> AsyncIterator[RunningExample]:
    """For failures, after which channels cool."""
    async with running_example("reseller", tmp_path, **variables(standin)) as running:
        yield running


@pytest.fixture(autouse=True)
def answers(standin: StandIn) -> None:
    for model in ("gpt-5", "gpt-5-mini"):
        for vendor in (MAIN, SECOND):
            standin.on(model, answer(vendor), at=vendor)
        standin.on(f"openai/{model}", answer(WHOLESALE), at=WHOLESALE)


def answer(text: str) -> Answer:
    return json_answer({**completion(text), "usage": TOKENS})


def said(reply: httpx.Response) -> str:
    return str(reply.json()["choices"][0]["message"]["content"])


async def test_the_accounts_share_the_calls_and_leave_none_to_the_wholesaler(example: RunningExample, standin: StandIn) -> None:
    standin.received.clear()
    replies = [await example.post("globex-production", request("gpt-5")) for _ in range(40)]
    assert {said(reply) for reply in replies} == {MAIN, SECOND}
    keys = {received.headers["authorization"] for received in standin.received}
    assert keys == {"Bearer sk-first", "Bearer sk-other", "Bearer sk-second"}


# A million tokens in and a tenth of it out, at the model's price times the group's ratio.
BILLS = [
    ("acme-production", "gpt-5", "2.7"),
    ("acme-production", "gpt-4", "3.5"),
    ("acme-interns", "gpt-5-mini", "0.54"),
    ("globex-production", "gpt-5", "2.16"),
    ("newcomer-first", "gpt-5-mini", "0.81"),
]


@pytest.mark.parametrize(("token", "model", "usd"), BILLS)
async def test_a_call_costs_what_the_model_that_was_asked_for_costs_in_the_caller_s_group(
    example: RunningExample, token: str, model: str, usd: str
) -> None:
    assert (await example.post(token, request(model))).headers["x-aihub-cost-usd"] == usd


@pytest.mark.parametrize(("token", "model"), [("newcomer-first", "gpt-5"), ("acme-interns", "gpt-5")])
async def test_a_model_that_was_not_sold_is_refused(example: RunningExample, token: str, model: str) -> None:
    reply = await example.post(token, request(model))
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "model_not_allowed")


async def test_a_trial_is_slow_and_ends_with_its_balance(fresh: RunningExample) -> None:
    first = await fresh.post("newcomer-first", request("gpt-5-mini"))
    assert (first.status_code, first.headers["x-ratelimit-limit-requests"]) == (200, "10")
    async with asyncio.timeout(5):
        while (await balance(fresh, "newcomer")) == 0.5:
            await asyncio.sleep(0.1)
    second = await fresh.post("newcomer-first", request("gpt-5-mini"))
    assert (second.status_code, second.json()["error"]["code"]) == (402, "insufficient_quota")


async def balance(example: RunningExample, user: str) -> float:
    _, printed, _ = await example.gateway.aihub("user", "show", user, "--json")
    return float(orjson.loads(printed)["balance_usd"])


async def test_the_wholesaler_is_asked_in_his_own_words_when_both_accounts_fail(fresh: RunningExample, standin: StandIn) -> None:
    for vendor in (MAIN, SECOND):
        standin.on("gpt-5", json_answer(error("overloaded"), 503), at=vendor)
    reply = await fresh.post("acme-production", request("gpt-5", service_tier="priority"))
    assert said(reply) == WHOLESALE
    received = standin.received[-1]
    assert received.headers["x-title"] == "reseller.example.com"
    sent = received.json()
    assert (sent["model"], sent["max_completion_tokens"], "service_tier" in sent) == ("openai/gpt-5", 8192, False)


async def test_a_customer_is_not_told_that_a_model_does_not_exist_when_the_wholesaler_has_run_out(
    fresh: RunningExample, standin: StandIn
) -> None:
    for vendor, model in ((MAIN, "gpt-5"), (SECOND, "gpt-5"), (WHOLESALE, "openai/gpt-5")):
        standin.on(model, json_answer(error("no such model", "model_not_found"), 404), at=vendor)
    assert (await fresh.post("acme-production", request("gpt-5"))).status_code == 503


async def test_a_customer_is_not_told_what_a_vendor_forbids_us(fresh: RunningExample, standin: StandIn) -> None:
    for vendor in (MAIN, SECOND):
        standin.on("gpt-5", json_answer(error("not in your country"), 403), at=vendor)
    assert (await fresh.post("acme-production", request("gpt-5"))).status_code == 503
