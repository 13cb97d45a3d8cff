"""A vendor's stand-in: a plain HTTP/1.1 server that answers, byte for byte, what the test says, and notes what it was sent.

Written on bare streams, so that it can do what real servers do wrong: cut a chunked body, stall, answer nothing.
"""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

REASONS = {200: "OK"}

_VERSION = re.compile(r"/v1(?:beta)?/")
_MODEL = re.compile(r"/v1beta/([^:?]+):")


@dataclass
class Received:
    """One request as it arrived; `left` is set when the connection was closed before the answer was complete."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    left: asyncio.Event = field(default_factory=asyncio.Event)

    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def vendor(self) -> str:
        return _VERSION.split(self.path, maxsplit=1)[0].strip("/")

    @property
    def model(self) -> str:
        """Gemini has it in the path."""
        if (found := _MODEL.search(self.path)) is not None:
            return unquote(found[1]).removeprefix("models/")
        return str(self.json().get("model"))


@dataclass
class Answer:
    """`pieces` go out one by one, `pause` seconds apart. `cut` closes the connection instead of ending the body. `hold` keeps it
    open, silent, after the pieces; `wait` seconds pass before the first byte."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    pieces: Iterable[bytes] = ()
    pause: float = 0
    wait: float = 0
    cut: bool = False
    hold: bool = False


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, {"content-type": "application/json", **named}, [orjson.dumps(value)])


def array_answer(*elements: Any, **how: Any) -> Answer:
    """A stream that is one JSON array, as Gemini's without `alt=sse`."""
    texts = [orjson.dumps(element) for element in elements]
    pieces = [(b",\r\n" if number else b"[") + text for number, text in enumerate(texts)]
    end = [] if how.get("cut") or how.get("hold") else [b"\n]\n"]
    return Answer(200, {"content-type": "application/json; charset=UTF-8"}, [*pieces, *end], **how)


def sse_answer(*events: Any, **how: Any) -> Answer:
    """Events given as values are encoded, as bytes taken as they are."""
    pieces = [event if isinstance(event, bytes) else b"data: " + orjson.dumps(event) + b"\n\n" for event in events]
    return Answer(200, {"content-type": "text/event-stream"}, pieces, **how)


class StandIn:
    """Answers by the model asked for: the next of its answers, the last one again and again. Under `at` it is several vendors:
    each has a base URL and answers of its own."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.open_answers: list[str] = []
        self._answers: dict[str, deque[Answer]] = {}
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def base_url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    def at(self, name: str) -> str:
        """The base URL of the vendor `name`."""
        return self.base_url.removesuffix("/v1") + f"/{name}/v1"

    def on(self, model: str, *answers: Answer, at: str = "") -> None:
        self._answers[at + "/" + model] = deque(answers)

    def requests(self, model: str) -> list[Received]:
        return [request for request in self.received if request.model == model]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                self.received.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _answer(self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may go on."""
        answer = self._next(request)
        gone = asyncio.ensure_future(_gone(reader, request))
        self.open_answers.append(request.model)
        try:
            await _sleep(answer.wait, gone)
            bodiless = answer.status == 204
            head = answer.headers if bodiless else {"transfer-encoding": "chunked", **answer.headers}
            lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Status')}", *(f"{k}: {v}" for k, v in head.items())]
            writer.write("\r\n".join([*lines, "", ""]).encode())
            for number, piece in enumerate(answer.pieces):
                if number:
                    await writer.drain()
                    await _sleep(answer.pause, gone)
                if piece:
                    writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
            if answer.hold:
                await gone
            if answer.cut or answer.hold:
                return False
            writer.write(b"" if bodiless else b"0\r\n\r\n")
            await writer.drain()
            return True
        finally:
            self.open_answers.remove(request.model)
            gone.cancel()
            await asyncio.wait([gone])

    def _next(self, request: Received) -> Answer:
        model = request.model
        answers = self._answers.get(request.vendor + "/" + model)
        if not answers:
            return json_answer({"error": {"message": f"no answer is set for {model}", "type": "test", "code": "test"}}, 400)
        return answers[0] if len(answers) == 1 else answers.popleft()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int((await reader.readline()).strip(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path, headers, body)


async def _gone(reader: asyncio.StreamReader, request: Received) -> None:
    """No client pipelines here: whatever ends the read means that the connection is closed."""
    with contextlib.suppress(ConnectionError):
        await reader.read(1)
    request.left.set()


async def _sleep(seconds: float, gone: "asyncio.Future[None]") -> None:
    if seconds:
        done, _ = await asyncio.wait([gone], timeout=seconds)
        if done:
            raise ConnectionResetError
