"""The data plane's door: one raw ASGI handler that routes, sheds load, and hands each request to a `Conversation`.

Raw, because a Litestar route takes a third of the throughput (docs/decisions/0004-raw-asgi.md).
"""

import asyncio
import secrets
from typing import TYPE_CHECKING

from litestar.enums import ScopeType
from litestar.types import HTTPScope, Receive, Scope, Send

from app import logs, routes
from app.client_address import ClientAddress
from app.config.settings import Settings
from app.conversation import Conversation, send_unary
from app.cors import Cors
from app.generation import Generation
from app.request_body import BodyLimits, body_pieces
from pipeline.body import Body
from pipeline.errors import BadRequest, GatewayError, Unavailable
from pipeline.flow import Flow, Headers, Request
from providers import formats

if TYPE_CHECKING:
    from app.telemetry.tracing import Tracing


class Gateway:
    """`generation` is replaced by a reload; a flow keeps the one that it began with. What else the settings say about the server
    holds until a restart. Over `max_flows` at once a request is turned away, as is every one after `close`."""

    def __init__(self, settings: Settings, generation: Generation, tracing: "Tracing | None" = None) -> None:
        server = settings.server
        self.settings = settings
        self.generation = generation
        self._tracing = tracing
        self.closed = False
        self._open: set[Conversation] = set()
        self._address = ClientAddress(server.trusted_proxies)
        self._cors = Cors(server.cors.origins)
        self._body_limits = BodyLimits(server.max_body_mb << 20, server.body_idle_timeout, server.body_timeout)
        self._max_flows = server.max_flows

    @property
    def flows(self) -> int:
        """How many are being answered now."""
        return len(self._open)

    def close(self) -> None:
        """Take no new work; what has begun goes on, for `drain_timeout` at most."""
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_later(self.settings.server.drain_timeout, self._end_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await send({"type": "websocket.close", "code": 1008, "reason": "no WebSocket is served here"})
            return
        headers = Headers(scope["headers"])
        flow_id = new_flow_id()
        logs.flow_id.set(flow_id)
        method, raw_path = scope["method"], _raw_path(scope)
        extra = self._cors.headers(headers.get("origin"))
        if (preflight := self._cors.preflight(method, raw_path, headers)) is not None:
            await send_unary(send, preflight, flow_id, {})
            return
        trace = None if self._tracing is None else self._tracing.begin(headers)
        try:
            self._check(scope, headers)
            route, rest = routes.match(method, raw_path, headers)
        except GatewayError as error:
            await send_unary(send, formats.get(routes.format_of(raw_path)).errors.reply(error, flow_id), flow_id, extra)
            if self._tracing is not None and trace is not None:
                self._tracing.refused(trace, flow_id, method, error)
            return
        conversation = Conversation(self.generation, formats.get(route.format).errors, receive, send, extra)
        body = Body(body_pieces(receive, headers, self._body_limits, conversation.watch))
        query = scope["query_string"].decode("latin-1")
        client_ip = self._address.of(_peer(scope), headers.get_all("x-forwarded-for"))
        request = Request(method, raw_path, query, headers, body, rest=rest, client_ip=client_ip)
        flow = Flow(flow_id, request, route)
        flow.trace = trace
        self._open.add(conversation)
        try:
            await conversation.hold(flow)
        finally:
            self._open.discard(conversation)

    def _end_all(self) -> None:
        for conversation in tuple(self._open):
            conversation.end()

    def _check(self, scope: HTTPScope, headers: Headers) -> None:
        if self.closed:
            raise Unavailable("The gateway is shutting down.", code="shutting_down", retry_after=5)
        if len(self._open) >= self._max_flows:
            raise Unavailable("The gateway is at its limit of concurrent requests.", code="gateway_overloaded", retry_after=1)
        # Granian writes an empty Host where there is none, which only HTTP/1.0 may do.
        hosts = headers.get_all("host")
        if len(hosts) != 1 or (not hosts[0] and scope["http_version"] not in ("1", "1.0")):
            raise BadRequest("The request must have exactly one Host header.", code="invalid_host")


def new_flow_id() -> str:
    """What the caller sees as `x-request-id`; 96 random bits."""
    return "req_" + secrets.token_hex(12)


def _raw_path(scope: Scope) -> str:
    """The path as it was sent. Litestar rewrites `path` inside a mount, and decoding loses `%2F`."""
    raw = scope["raw_path"]
    return raw.decode("latin-1").partition("?")[0]


def _peer(scope: Scope) -> str | None:
    client = scope["client"]
    return client[0] if client else None
