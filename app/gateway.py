"""The data plane's door: one raw ASGI handler that routes, sheds load, and hands each request to a `Conversation`.

Raw, because a Litestar route takes a third of the throughput (docs/decisions/0004-raw-asgi.md).
"""

import secrets

from litestar.enums import ScopeType
from litestar.types import HTTPScope, Receive, Scope, Send

from app import routes
from app.client_address import ClientAddress
from app.conversation import Conversation, ConversationLimits, send_unary
from app.cors import Cors
from app.request_body import BodyLimits, body_pieces
from pipeline.body import Body
from pipeline.errors import BadRequest, GatewayError, Unavailable
from pipeline.flow import Flow, Headers, Request
from pipeline.runner import Runner
from providers import formats


class Gateway:
    """`runner` is replaced when the pipeline is; a flow keeps the one that it began with. Over `max_flows` at once a request is
    turned away, as is every one after `close`."""

    def __init__(
        self,
        runner: Runner,
        *,
        address: ClientAddress,
        cors: Cors,
        body_limits: BodyLimits,
        limits: ConversationLimits,
        max_flows: int,
    ) -> None:
        self.runner = runner
        self.flows = 0
        self.closed = False
        self._address = address
        self._cors = cors
        self._body_limits = body_limits
        self._limits = limits
        self._max_flows = max_flows

    def close(self) -> None:
        """Take no new work; what has begun goes on."""
        self.closed = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await send({"type": "websocket.close", "code": 1008, "reason": "no WebSocket is served here"})
            return
        headers = Headers(scope["headers"])
        flow_id = new_flow_id()
        method, raw_path = scope["method"], _raw_path(scope)
        extra = self._cors.headers(headers.get("origin"))
        if (preflight := self._cors.preflight(method, raw_path, headers)) is not None:
            await send_unary(send, preflight, flow_id, {})
            return
        try:
            self._check(scope, headers)
            route, rest = routes.match(method, raw_path)
        except GatewayError as error:
            await send_unary(send, formats.get(routes.DEFAULT_FORMAT).errors.reply(error, flow_id), flow_id, extra)
            return
        conversation = Conversation(self.runner, formats.get(route.format).errors, self._limits, receive, send, extra)
        body = Body(body_pieces(receive, headers, self._body_limits, conversation.watch))
        query = scope["query_string"].decode("latin-1")
        client_ip = self._address.of(_peer(scope), headers.get_all("x-forwarded-for"))
        request = Request(method, raw_path, query, headers, body, rest=rest, client_ip=client_ip)
        self.flows += 1
        try:
            await conversation.hold(Flow(flow_id, request, route))
        finally:
            self.flows -= 1

    def _check(self, scope: HTTPScope, headers: Headers) -> None:
        if self.closed:
            raise Unavailable("The gateway is shutting down.", code="shutting_down", retry_after=5)
        if self.flows >= self._max_flows:
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
