"""A gateway in front of one vendor of each format. The first letter of a model's name says who serves it."""

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import httpx
import openai
import pytest

from tests.e2e.conftest import CONFIG, KEY, VENDOR_KEY
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import StandIn

PIPELINE = ["auth", "mapping", "channel_options", "param_override"]


def channel(name: str, vendor: str, base_url: str, models: list[str], **more: Any) -> dict[str, Any]:
    return {"name": name, "vendor": vendor, "base_url": base_url, "keys": [VENDOR_KEY], "models": models, **more}


def state(standin: StandIn) -> dict[str, Any]:
    """`b-*` is served by both, Anthropic's first; `c-*` and `r-*` by vendors of one of OpenAI's formats alone."""
    root = standin.base_url.removesuffix("/v1")
    return {
        "groups": [{"name": "default", "usable_by": ["*"]}],
        "users": [{"username": "alice"}],
        "channels": [
            channel("anthropic", "anthropic", f"{root}/anthropic", ["a-*", "b-*"], priority=10),
            channel("openai", "openai", f"{root}/openai/v1", ["o-*", "b-*"]),
            channel("chat", "openai", f"{root}/chat/v1", ["c-*"], formats=["openai_chat"]),
            channel("responses", "openai", f"{root}/responses/v1", ["r-*"], formats=["openai_responses"]),
        ],
        "tokens": [{"name": "everything", "user": "alice", "key": KEY}],
    }


@pytest.fixture(scope="package")
async def gateway(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    config = CONFIG | {"pipeline": PIPELINE}
    async with running_gateway(tmp_path_factory.mktemp("formats"), config, state(standin)) as running:
        yield running


@pytest.fixture(scope="package")
async def http(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture(scope="package")
async def gpt(gateway: RunningGateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture(scope="package")
async def claude(gateway: RunningGateway) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=gateway.url, api_key=KEY, max_retries=0, timeout=20) as client:
        yield client
