"""`strip_fields` and `allow_fields`: what of a caller's body does not go up, a `service_tier` that costs double, say."""

from collections.abc import Sequence
from typing import Any

from pipeline.json_object import JsonObject
from pipeline.overrides.draft import Draft
from pipeline.overrides.paths import Path
from pipeline.refusal import refusal

# Without these a request is none, or not the one that was authorised and counted.
ESSENTIAL = frozenset({"model", "stream", "stream_options", "messages", "input", "contents", "prompt"})

ESSENTIAL_BY_FORMAT = {"anthropic_messages": frozenset({"system", "max_tokens"})}
"""What a request of one wire format is made of, beside those; elsewhere the same name may be a mere wish."""


def read_strippable(text: Any) -> Path:
    """Raises a refusal for what a request is made of; a member of it may be named."""
    if not isinstance(text, str):
        raise refusal("expected a field's name, such as service_tier")
    path = Path(text)
    if len(path.steps) == 1 and path.top in ESSENTIAL:
        raise refusal(f"{text!r} cannot be stripped: a request is made of it")
    return path


def strip(body: JsonObject, paths: Sequence[Path]) -> None:
    """The paths that are there go."""
    if any(path.top in body for path in paths):
        draft = Draft(body)
        for path in paths:
            draft.remove(path)
        draft.write_back()


def keep_only(body: JsonObject, names: Sequence[str], wire_format: str) -> None:
    kept = {*names, *ESSENTIAL, *ESSENTIAL_BY_FORMAT.get(wire_format, ())}
    for name in [name for name in body if name not in kept]:
        body.delete(name)
