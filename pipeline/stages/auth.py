"""Who is calling: the key, wherever a client puts it, becomes `flow.caller`."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from pipeline.caller import Caller
from pipeline.errors import BadRequest, Forbidden, OutOfCredit, Unauthenticated
from pipeline.flow import Flow, Headers, Request
from pipeline.ports import Ports

KEY_HEADERS = ("x-api-key", "x-goog-api-key", "api-key", "mj-api-secret")
"""Anthropic's, Google's, Azure's and midjourney-proxy's; the value is the key itself."""

SUBPROTOCOL_PREFIX = "openai-insecure-api-key."
"""A browser cannot set headers on a WebSocket: OpenAI's clients put the key among the subprotocols."""

MIDJOURNEY_PLACEHOLDER = "midjourney-proxy"
"""What midjourney-proxy's clients send as Authorization beside their real `mj-api-secret`."""


class Auth:
    """Refuses a request without a key (401), with two that differ (400), with an unknown one (401), and one whose token or owner
    is disabled (403), expired (403) or out of quota (402, billable routes only)."""

    def __init__(self, ports: Ports) -> None:
        self._callers = ports.callers

    async def request(self, flow: Flow) -> None:
        caller = await self._callers.find(_the_key(flow.request))
        if caller is None:
            raise Unauthenticated("This API key is not known here. Check that it was copied whole.")
        _check_state(caller)
        if flow.route.billable:
            _check_quota(caller)
        flow.caller = caller


def _the_key(request: Request) -> str:
    keys = set(_keys(request))
    if len(keys) > 1:
        raise BadRequest(
            "The request carries two API keys that differ. Send one: `Authorization: Bearer <key>`.",
            code="conflicting_api_keys",
        )
    if not keys:
        raise Unauthenticated(
            "No API key was given. Send it as `Authorization: Bearer <key>`, `x-api-key`, `x-goog-api-key` or `?key=`.",
            code="missing_api_key",
        )
    return keys.pop()


def _keys(request: Request) -> Iterator[str]:
    headers = request.headers
    for value in headers.get_all("authorization"):
        yield from _from_authorization(value)
    for name in KEY_HEADERS:
        yield from filter(None, map(str.strip, headers.get_all(name)))
    if "key=" in request.query:
        yield from (value for name, value in parse_qsl(request.query) if name == "key")
    if request.websocket:
        yield from _from_subprotocols(headers)


def _from_authorization(value: str) -> Iterator[str]:
    """`Bearer <key>`, or the bare key as some clients send it."""
    scheme, _, key = value.strip().partition(" ")
    if not key:
        if scheme and scheme != MIDJOURNEY_PLACEHOLDER and scheme.lower() != "bearer":
            yield scheme
    elif scheme.lower() == "bearer":
        yield key.strip()
    else:
        raise Unauthenticated("The Authorization scheme must be Bearer: `Authorization: Bearer <key>`.")


def _from_subprotocols(headers: Headers) -> Iterator[str]:
    for value in headers.get_all("sec-websocket-protocol"):
        for protocol in value.split(","):
            if protocol.strip().startswith(SUBPROTOCOL_PREFIX):
                yield protocol.strip().removeprefix(SUBPROTOCOL_PREFIX)


def _check_state(caller: Caller) -> None:
    if not caller.token_enabled:
        raise Forbidden("This API key is disabled.", code="token_disabled")
    if not caller.user_enabled:
        raise Forbidden("The account that owns this API key is disabled.", code="user_disabled")
    if caller.expires_at is not None and caller.expires_at <= time.time():
        when = datetime.fromtimestamp(caller.expires_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        raise Forbidden(f"This API key expired on {when}.", code="token_expired")


def _check_quota(caller: Caller) -> None:
    if caller.quota is not None and caller.used >= caller.quota:
        raise OutOfCredit("This API key's quota is used up.", code="insufficient_quota")
