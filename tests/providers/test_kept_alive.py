"""A vendor may close a kept connection at any time; a request must not be written to one that has gone."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from providers.aiohttp_transport import AiohttpTransport
from providers.kept_alive import StaleConnection

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Vendor:
    """Answers each request on a connection with `ANSWER`, and closes after as many as it is told to. In a thread, for the
    event loop must not see the end come."""

    def __init__(self) -> None:
        self.close_after = 1
        self.requests = 0
        self.may_close = threading.Event()
        self.closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                for _ in range(self.close_after):
                    if not connection.recv(65536):
                        break
                    self.requests += 1
                    connection.sendall(ANSWER)
                self.may_close.wait(10)
            self.closed.set()


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    yield server
    server.stop()


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    made = AiohttpTransport(5, None)
    yield made
    await made.aclose()


async def call(transport: AiohttpTransport, vendor: Vendor) -> bytes:
    headers = {"content-length": "2", "host": "x"}
    response = await transport.handle_async_request(httpx.Request("POST", vendor.url, headers=headers, content=b"{}"))
    body = await response.aread()
    await response.aclose()
    return body


async def test_a_connection_closed_behind_the_loop_s_back_is_found_before_the_first_byte(
    transport: AiohttpTransport, vendor: Vendor
) -> None:
    await call(transport, vendor)
    vendor.may_close.set()
    assert vendor.closed.wait(5)
    time.sleep(0.02)  # noqa: ASYNC251  # the loop must not run: it would see the end
    with pytest.raises(StaleConnection):
        await call(transport, vendor)
    assert vendor.requests == 1
    assert await call(transport, vendor) == b"{}"


async def test_a_connection_that_is_alive_is_used_again(transport: AiohttpTransport, vendor: Vendor) -> None:
    vendor.close_after = 3
    for _ in range(3):
        assert await call(transport, vendor) == b"{}"
    vendor.may_close.set()
    assert (vendor.requests, vendor.closed.wait(5)) == (3, True)
