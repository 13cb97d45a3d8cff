"""Going on from an earlier response: `previous_response_id`, over whatever vendor.

A vendor that keeps the response itself is told its id, and nobody else can serve the flow. For every other the gateway replaces
the id by the conversation that it stands for.
"""

import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec

from pipeline.errors import BadRequest, Unavailable
from pipeline.flow import Attempt, Flow
from pipeline.json_object import JsonObject
from pipeline.kept import Keeping, KeptResponse
from pipeline.ports import Responses
from providers.formats.openai_responses.kept_items import FOREIGN, conversation, input_items, owner, without_foreign
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.references import REFERENCE, resolved
from providers.formats.openai_responses.sse import read_event
from providers.formats.openai_responses.stream import terminal
from providers.vendor import MAIN

log = logging.getLogger("aihub.responses")

Keep = Callable[[dict[str, Any]], Awaitable[None]]

PREVIOUS = "previous_response_id"

_ITEM_DONE = b'"response.output_item.done"'


class KeepResponses:
    """The innermost stage of every pipeline; `store` is None where nothing is kept. It acts on the responses format alone."""

    def __init__(self, store: Responses | None, lifetime: float) -> None:
        self._store = store
        self._lifetime = lifetime

    async def request(self, flow: Flow) -> None:
        """Raises `BadRequest` for what is kept nowhere, or elsewhere."""
        if flow.route.format != NAME or flow.route.operation != MAIN:
            return
        body = await flow.body()
        _refuse(body)
        previous = body.get(PREVIOUS)
        if self._store is None:
            if previous is not None:
                raise _not_kept()
            return
        if not isinstance(previous, str | None):
            raise BadRequest(f"`{PREVIOUS}` must be a string.", code="invalid_value", param=PREVIOUS)
        own = None if previous is None else await self._go_on(self._store, flow, body, previous)
        if body.encode().find(REFERENCE) >= 0:
            body.set("input", await resolved(input_items(body.get("input")), self._store, owner(flow)))
        reply_id = "resp_" + secrets.token_hex(24) if body.get("store") is not False else None
        flow.notes[Keeping] = Keeping(reply_id, previous, own)

    async def upstream_request(self, flow: Flow, attempt: Attempt) -> None:
        """Thoughts that went out sealed, since their vendor speaks another format, do not come back to this one's."""
        if flow.route.format != NAME or attempt.format != NAME or attempt.body is None:
            return
        if attempt.body.encode().find(FOREIGN) >= 0 and isinstance(items := attempt.body.get("input"), list):
            attempt.body.set("input", without_foreign(items))

    async def upstream_response(self, flow: Flow, attempt: Attempt) -> None:
        note, reply = flow.notes.get(Keeping), attempt.reply
        if note is None or note.reply_id is None or reply is None or attempt.failure is not None:
            return

        async def keep(response: dict[str, Any]) -> None:
            await self._keep(flow, attempt, note, response)

        if reply.events is not None:
            reply.events = KeptStream(reply.events, keep)
        else:
            await keep(msgspec.json.decode(reply.body))

    async def _go_on(self, store: Responses, flow: Flow, body: JsonObject, previous: str) -> msgspec.Raw:
        """Pin the flow or replace the id; returns the request's own items."""
        chain = await store.chain(owner(flow), previous)
        if not chain:
            raise _not_found(previous)
        own = input_items(body.get("input"))
        if chain[-1].channel is not None:
            flow.pin = chain[-1].channel
        elif chain[0].previous is not None:
            raise _not_found(chain[0].previous)
        else:
            body.set("input", [*conversation(chain), *own])
            body.delete(PREVIOUS)
        return _raw(own)

    async def _keep(self, flow: Flow, attempt: Attempt, note: Keeping, response: dict[str, Any]) -> None:
        """A reply that has been paid for is not lost because it cannot be kept."""
        assert self._store is not None
        items = note.items
        if items is None:
            items = _raw(input_items((await flow.body()).get("input")))
        natively = attempt.format == NAME and response.get("store") is True
        kept = KeptResponse(
            id=str(response.get("id")),
            owner=owner(flow),
            items=items,
            response=_raw(response),
            previous=note.continues,
            channel=attempt.target.channel.name if natively else None,
        )
        try:
            await self._store.keep(kept, self._lifetime)
        except Unavailable:
            log.warning("flow %s: its response is not kept", flow.id)


class KeptStream:
    """A stream whose last event goes out when the response in it is kept: the caller may go on from it at once."""

    def __init__(self, events: AsyncIterator[list[bytes]], keep: Keep) -> None:
        self._events = events
        self._keep = keep
        self._items: list[Any] = []

    def __aiter__(self) -> "KeptStream":
        return self

    async def __anext__(self) -> list[bytes]:
        batch = await anext(self._events)
        for event in batch:
            if _ITEM_DONE in event and (data := read_event(event)) is not None:
                self._items.append(data.get("item"))
            elif (last := terminal(event)) is not None and last["type"] != "response.failed":
                # Some vendors leave the output empty here.
                response = last.get("response") or {}
                await self._keep({**response, "output": response.get("output") or self._items})
        return batch

    async def aclose(self) -> None:
        if (close := getattr(self._events, "aclose", None)) is not None:
            await close()


def _refuse(body: JsonObject) -> None:
    """These name what lies at one account of one vendor, where it is nobody's; or need a vendor's queue that nobody watches."""
    for name, why in (
        ("background", "responses are made while their caller waits"),
        ("conversation", f"go on from an earlier response with `{PREVIOUS}`"),
    ):
        if name in body and body.get(name) not in (None, False):
            raise BadRequest(f"`{name}` is not supported here: {why}.", code="unsupported_parameter", param=name)


def _not_kept() -> BadRequest:
    return BadRequest(
        f"`{PREVIOUS}`: this gateway is set to keep no responses. Send the whole conversation as `input`.",
        code="responses_not_kept",
        param=PREVIOUS,
    )


def _not_found(response_id: str) -> BadRequest:
    """OpenAI's words and status."""
    message = f"Previous response with id '{response_id}' not found."
    return BadRequest(message, code="previous_response_not_found", param=PREVIOUS)


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
