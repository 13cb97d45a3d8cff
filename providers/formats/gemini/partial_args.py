"""A call's arguments that come in pieces: `partialArgs: [{jsonPath, stringValue | numberValue | boolValue | nullValue}]`. Google
streams values, not JSON text, so the object is put together here. https://cloud.google.com/vertex-ai/generative-ai/docs"""

import re
from itertools import pairwise
from typing import Any

import msgspec

from providers.formats.counts import parts

_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d{1,4})\]|\[['"]([^'"]*)['"]\]""")
_VALUES = ("stringValue", "numberValue", "boolValue", "nullValue")


class PartialArgs:
    """`feed` every `functionCall` of one call; `text` is the whole object's JSON."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}
        self._growing: str | None = None

    def feed(self, call: dict[str, Any]) -> None:
        if isinstance(whole := call.get("args"), dict):
            self._root |= whole
        for piece in parts(call, "partialArgs"):
            path, name = str(piece.get("jsonPath", "")), next((name for name in _VALUES if name in piece), None)
            if name is None:
                continue
            value = None if name == "nullValue" else piece[name]
            self._put(path, value, grows=isinstance(value, str) and path == self._growing)
            self._growing = path if piece.get("willContinue") is True else None

    def text(self) -> str:
        return msgspec.json.encode(self._root).decode()

    def _put(self, path: str, value: Any, *, grows: bool) -> None:
        steps = [found[1] or found[3] or int(found[2]) for found in _STEP.finditer(path)]
        if not steps:
            return
        place: Any = self._root
        for step, following in pairwise(steps):
            place = _inner(place, step, [] if isinstance(following, int) else {})
        before = _inner(place, steps[-1], "") if grows else None
        _set(place, steps[-1], before + value if isinstance(before, str) else value)


def _inner(place: Any, step: str | int, fresh: Any) -> Any:
    """What lies there, made if nothing does."""
    known = place[step] if isinstance(place, list) and isinstance(step, int) and step < len(place) else None
    if isinstance(place, dict):
        known = place.get(str(step))
    if known is None:
        _set(place, step, fresh)
        return fresh
    return known


def _set(place: Any, step: str | int, value: Any) -> None:
    if isinstance(place, dict):
        place[str(step)] = value
    elif isinstance(place, list) and isinstance(step, int):
        place += [None] * (step + 1 - len(place))
        place[step] = value
