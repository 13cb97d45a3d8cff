"""Items as the gateway keeps them: a request's own, an answer's, and both again as another request's input."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from pipeline.errors import BadRequest
from pipeline.flow import Flow
from pipeline.kept import KeptResponse

Item = dict[str, Any]

_LOOSE = ("message", "function_call", "custom_tool_call", "reasoning")
"""Types whose id is not required, and means nothing to a vendor that did not make it."""

FOREIGN = b'"aihub.'
"""How thoughts begin that another format's vendor encrypted."""


def owner(flow: Flow) -> str:
    """Whose responses a flow may see."""
    return flow.caller.user_id if flow.caller is not None else ""


def input_items(given: Any) -> list[Any]:
    """A request's `input`: a string is one message of the user's. Raises `BadRequest`."""
    if given is None or isinstance(given, list):
        return given or []
    if not isinstance(given, str):
        raise BadRequest("`input` must be a string or a list of items.", code="invalid_value", param="input")
    return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": given}]}]


def conversation(chain: Sequence[KeptResponse]) -> Iterator[Any]:
    """All items of kept responses, as input: the oldest first. Thoughts that nobody can read again are left out."""
    for kept in chain:
        yield from msgspec.json.decode(kept.items)
        yield from replayed(msgspec.json.decode(kept.response).get("output") or [])


def without_foreign(items: Iterable[Item]) -> list[Item]:
    """Without the thoughts that another format's vendor encrypted: OpenAI's refuse the whole request for them."""
    return [item for item in items if not _is_foreign(item)]


def listed(items: Sequence[Item], response_id: str) -> list[Item]:
    """A request's items as they are listed, where each must have an id."""
    return [{"id": f"item_{response_id}_{number}", "type": "message", **item} for number, item in enumerate(items)]


def replayed(output: Iterable[Item]) -> Iterator[Item]:
    """An answer's items as input."""
    for item in output:
        if item.get("type") == "reasoning" and not item.get("encrypted_content"):
            continue
        if item.get("type") in _LOOSE:
            yield {name: value for name, value in item.items() if name not in ("id", "status")}
        else:
            yield item


def _is_foreign(item: Mapping[str, Any]) -> bool:
    sealed = item.get("encrypted_content")
    return item.get("type") == "reasoning" and isinstance(sealed, str) and sealed.startswith("aihub.")
