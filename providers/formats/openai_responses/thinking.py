"""Reasoning items, of this format's vendors and of others.

`encrypted_content` is the thoughts themselves, for their vendor alone. What another vendor signed or encrypted goes into the same
place sealed, so that it comes back with the items: the caller needs no memory of ours.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from providers.canonical import Extras, Opaque, Thinking, seal, unseal
from providers.formats.fields import Fields
from providers.formats.openai_responses.name import NAME

BETWEEN = "\n\n"
"""Between the summaries of one item."""

_ENCRYPTED = "*"
"""Ends the owner's name where the value is not a signature but the thoughts themselves."""


def read_thinking(item: Fields) -> Thinking:
    """The text is the summary, or what open models show of their thoughts. Several summaries stay apart in the extras."""
    sealed = item.text("encrypted_content")
    summary, content = item.raw("summary"), item.raw("content")
    texts = [*_texts(summary), *_texts(content)]
    extras = item.rest(NAME)
    kept = dict(extras.members) if extras is not None else {}
    if content is not None and _texts(content):
        kept["content"] = content
    if len(_texts(summary)) > 1 or (kept.get("content") is not None and summary is not None):
        kept["summary"] = summary or msgspec.Raw(b"[]")
    found = _unsealed(sealed) if sealed else Thinking()
    return msgspec.structs.replace(found, text=BETWEEN.join(texts), extras=Extras(NAME, kept) if kept else None)


def write_thinking(thinking: Thinking, *, kept: bool) -> dict[str, Any] | None:
    """As an input item. None for what this format's vendors did not encrypt: they refuse it, as they do the id of an item that
    they have not `kept`."""
    encrypted = thinking.encrypted
    if encrypted is None or encrypted.owner != NAME:
        return None
    own = {name: value for name, value in own_members(thinking).items() if kept or name != "id"}
    return {"type": "reasoning", "summary": summary(thinking.text), **own, "encrypted_content": encrypted.value}


def summary(text: str) -> list[dict[str, str]]:
    return [{"type": "summary_text", "text": text}] if text else []


def sealed_content(thinking: Thinking) -> str | None:
    """What an answer's reasoning item has as `encrypted_content`."""
    if thinking.encrypted is not None:
        return sealed_thoughts(thinking.encrypted)
    return None if thinking.signature is None else seal(thinking.signature, NAME)


def sealed_thoughts(encrypted: Opaque) -> str:
    if encrypted.owner == NAME:
        return encrypted.value
    return seal(Opaque(encrypted.owner + _ENCRYPTED, encrypted.value), NAME)


def own_members(part: Any) -> Mapping[str, msgspec.Raw]:
    """Of a part that came in this format, what only it has a place for."""
    return part.extras.of(NAME) if part.extras is not None else {}


def _unsealed(sealed: str) -> Thinking:
    found = unseal(sealed, NAME)
    if found.owner == NAME:
        return Thinking(encrypted=found)
    if found.owner.endswith(_ENCRYPTED):
        return Thinking(encrypted=Opaque(found.owner.removesuffix(_ENCRYPTED), found.value))
    return Thinking(signature=found)


def _texts(raw: msgspec.Raw | None) -> list[str]:
    if raw is None:
        return []
    found = msgspec.json.decode(raw)
    return [str(each.get("text") or "") for each in found if isinstance(each, dict)] if isinstance(found, list) else []
