"""Responses that the gateway keeps, so that a caller can go on from one by its id."""

from dataclasses import dataclass

import msgspec


class KeptResponse(msgspec.Struct, frozen=True, kw_only=True):
    """`items` are those of its own request, a JSON list; `response` is what the caller got, a JSON object. `previous` is the one
    that it went on from. `channel` is the name of the channel whose vendor keeps it too, under the same id; None: only we do."""

    id: str
    owner: str
    items: msgspec.Raw
    response: msgspec.Raw
    previous: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """A flow's note. `reply_id` is the id that its answer gets where the gateway makes one, None if it shall not be kept;
    `continues` the response that it goes on from; `items` the request's own, where the body has more by now."""

    reply_id: str | None
    continues: str | None = None
    items: msgspec.Raw | None = None
