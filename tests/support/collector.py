"""An OTLP/HTTP trace collector: takes what the gateway exports, keeps the bytes, and reads them as trees of spans."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

KINDS = {1: "INTERNAL", 2: "SERVER", 3: "CLIENT"}
STATUS = {0: "UNSET", 1: "OK", 2: "ERROR"}


@dataclass(frozen=True)
class Span:
    """One span as it was exported; ids are hexadecimal, `parent` is empty for a root."""

    trace: str
    id: str
    parent: str
    name: str
    kind: str
    status: str
    start: int
    end: int
    attributes: dict[str, Any]
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    resource: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tree:
    """One trace's spans; `lines` draws it: `KIND name STATUS`, indented below the parent, in the order of their starts."""

    spans: list[Span]

    @property
    def server(self) -> Span:
        (span,) = self.of_kind("SERVER")
        return span

    @property
    def attempts(self) -> list[Span]:
        return self.of_kind("CLIENT")

    def of_kind(self, kind: str) -> list[Span]:
        return sorted((span for span in self.spans if span.kind == kind), key=lambda span: span.start)

    def lines(self) -> list[str]:
        return self._below(self.server, 0)

    def _below(self, span: Span, depth: int) -> list[str]:
        children = sorted((each for each in self.spans if each.parent == span.id), key=lambda each: each.start)
        line = f"{'  ' * depth}{span.kind} {span.name} {span.status}"
        return [line, *(below for child in children for below in self._below(child, depth + 1))]


class Collector:
    """Listens on 127.0.0.1. `refusal` is the status line that it answers with instead, if it shall take nothing."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[str] = []
        self.refusal: str | None = None
        self.refused = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def endpoint(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def spans(self) -> list[Span]:
        return [span for body in self.bodies for span in decoded(body)]

    async def tree(self, flow_id: str) -> Tree:
        """Of the request with this id, once all that it exports at once is here."""
        async with asyncio.timeout(10):
            while not (found := [span for span in self.spans if span.attributes.get("aihub.flow_id") == flow_id]):
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)
        return Tree([span for span in self.spans if span.trace == found[0].trace])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
                body = await reader.readexactly(int(fields["content-length"]))
                if self.refusal is None:
                    self.headers.append(head)
                    self.bodies.append(body)
                else:
                    self.refused += 1
                writer.write(f"HTTP/1.1 {self.refusal or '200 OK'}\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def decoded(body: bytes) -> list[Span]:
    spans = []
    for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = _values(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            spans += [
                Span(
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    name=span.name,
                    kind=KINDS[span.kind],
                    status=STATUS[span.status.code],
                    start=span.start_time_unix_nano,
                    end=span.end_time_unix_nano,
                    attributes=_values(span.attributes),
                    events={event.name: _values(event.attributes) for event in span.events},
                    resource=resource,
                )
                for span in of_scope.spans
            ]
    return spans


def _values(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair) for pair in pairs}


def _value(pair: KeyValue) -> Any:
    kind = pair.value.WhichOneof("value")
    return getattr(pair.value, kind) if kind else None
