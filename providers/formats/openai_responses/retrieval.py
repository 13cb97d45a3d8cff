"""What can be asked about a kept response: `GET`, `DELETE`, `/input_items`, `/cancel`."""

from typing import Any
from urllib.parse import parse_qs

import msgspec

from pipeline.errors import BadRequest, NotFound
from pipeline.flow import Flow, Reply
from pipeline.kept import KeptResponse
from pipeline.ports import Responses
from providers.formats.openai_responses.kept_items import listed, owner

PAGE, LONGEST_PAGE = 20, 100


class Retrieval:
    """Answers from the gateway's own store, whichever vendor made the response; `store` is None where nothing is kept."""

    def __init__(self, store: Responses | None) -> None:
        self._store = store

    async def get(self, flow: Flow) -> Reply:
        """The response as its caller got it, or the items of its request."""
        response_id, _, rest = flow.request.rest.partition("/")
        query = parse_qs(flow.request.query)
        if rest not in ("", "input_items"):
            raise NotFound(f"There is nothing at {flow.request.path}.", code="unknown_route")
        if query.get("stream") == ["true"]:
            raise BadRequest(
                "`stream`: a kept response is not told again as a stream.", code="unsupported_parameter", param="stream"
            )
        kept = await self._found(flow, response_id)
        return _json(_page(kept, query)) if rest else _json(kept.response)

    async def delete(self, flow: Flow) -> Reply:
        response_id = flow.request.rest
        if not await self._kept().delete(owner(flow), response_id):
            raise _not_found(response_id)
        return _json({"id": response_id, "object": "response", "deleted": True})

    async def act(self, flow: Flow) -> Reply:
        """Nothing that is kept is still being made, so there is nothing to cancel."""
        response_id, _, action = flow.request.rest.partition("/")
        if action != "cancel":
            raise BadRequest(f"POST {flow.request.path} is not supported here.", code="unsupported_operation")
        await self._found(flow, response_id)
        raise BadRequest("Only a response that was created with `background` can be cancelled.", code="unsupported_operation")

    async def _found(self, flow: Flow, response_id: str) -> KeptResponse:
        chain = await self._kept().chain(owner(flow), response_id)
        if not chain:
            raise _not_found(response_id)
        return chain[-1]

    def _kept(self) -> Responses:
        if self._store is None:
            raise BadRequest("This gateway is set to keep no responses.", code="responses_not_kept")
        return self._store


def _page(kept: KeptResponse, query: dict[str, list[str]]) -> dict[str, Any]:
    """The newest first unless asked otherwise."""
    items = listed(msgspec.json.decode(kept.items), kept.id.removeprefix("resp_"))
    if query.get("order") != ["asc"]:
        items.reverse()
    if (after := query.get("after")) is not None:
        places = [number for number, item in enumerate(items) if item["id"] == after[0]]
        if not places:
            raise BadRequest(f"`after`: there is no item {after[0]!r}.", code="invalid_value", param="after")
        items = items[places[0] + 1 :]
    limit = _limit(query.get("limit", [str(PAGE)])[0])
    page = items[:limit]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(items) > limit,
    }


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_PAGE:
        raise BadRequest(f"`limit` must be from 1 to {LONGEST_PAGE}.", code="invalid_value", param="limit")
    return int(text)


def _not_found(response_id: str) -> NotFound:
    return NotFound(f"Response with id '{response_id}' not found.")


def _json(value: Any) -> Reply:
    return Reply(200, {"content-type": "application/json"}, msgspec.json.encode(value))
