"""The vendors' stand-in, for every example."""

from collections.abc import AsyncIterator

import pytest

from tests.support.standin import StandIn


@pytest.fixture(scope="session")
async def standin() -> AsyncIterator[StandIn]:
    server = StandIn()
    await server.start()
    yield server
    await server.stop()
