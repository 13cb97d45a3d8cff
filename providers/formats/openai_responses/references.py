"""`item_reference`: an item of an earlier response's output, named instead of sent again, as some SDKs do by default.

The gateway's own item ids tell which response they are of; others are their vendor's affair.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from pipeline.ports import Responses
from providers.formats.openai_responses.kept_items import replayed
from providers.formats.openai_responses.write_response import PREFIX

REFERENCE = b'"item_reference"'

_OWN_ID = re.compile(r"[a-z]+_([0-9a-f]{48})_\d+")


async def resolved(items: Sequence[Any], store: Responses, owner: str) -> list[Any]:
    """With every item that the gateway keeps in its reference's place; thoughts that nobody can read again are left out."""
    outputs: dict[str, list[Any]] = {}
    found: list[Any] = []
    for item in items:
        response_id = _response_of(item)
        if response_id is None:
            found.append(item)
            continue
        if response_id not in outputs:
            chain = await store.chain(owner, response_id)
            outputs[response_id] = msgspec.json.decode(chain[-1].response).get("output", []) if chain else []
        named = [each for each in outputs[response_id] if each.get("id") == item["id"]]
        found += replayed(named) if named else [item]
    return found


def _response_of(item: Any) -> str | None:
    if not isinstance(item, dict) or item.get("type") != "item_reference" or not isinstance(item.get("id"), str):
        return None
    own = _OWN_ID.fullmatch(item["id"])
    return PREFIX + own[1] if own is not None else None
