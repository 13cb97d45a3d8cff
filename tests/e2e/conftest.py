"""One gateway for the whole suite, with the vendor's stand-in behind it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest

from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import StandIn

KEY = "sk-test-everything"
NARROW_KEY = "sk-test-narrow"
VENDOR_KEY = "sk-vendor-canary-b1946ac92492d234"

CONFIG: dict[str, Any] = {
    "server": {"max_body_mb": 2, "body_idle_timeout": 1, "body_timeout": 3, "cors": {"origins": ["https://app.example.com"]}},
    # Waiting for a sole target is proven with a clock of its own in tests/pipeline; here it would only take time.
    "routing": {"max_retry_wait": 0, "timeouts": {"connect": 1, "first_event": 2, "unary": 2, "idle": 2, "total": 30}},
}


def state(base_url: str) -> dict[str, Any]:
    """`standin` answers for every model; group `narrow` reaches the echo only."""
    return {
        "groups": [{"name": "default", "usable_by": ["*"]}, {"name": "narrow", "usable_by": ["*"]}],
        "users": [{"username": "alice"}],
        "channels": [
            {"name": "standin", "vendor": "openai", "base_url": base_url, "keys": [VENDOR_KEY], "models": ["*"]},
            {"name": "echo", "vendor": "echo", "models": ["echo*"], "priority": 10, "groups": ["default", "narrow"]},
        ],
        "tokens": [
            {"name": "everything", "user": "alice", "key": KEY},
            {"name": "narrow", "user": "alice", "key": NARROW_KEY, "group": "narrow"},
        ],
    }


@pytest.fixture(scope="session")
async def standin() -> AsyncIterator[StandIn]:
    server = StandIn()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
async def gateway(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path_factory.mktemp("gateway"), CONFIG, state(standin.base_url)) as running:
        yield running


@pytest.fixture(scope="session")
async def http(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
async def sdk(gateway: RunningGateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0, timeout=20) as client:
        yield client
