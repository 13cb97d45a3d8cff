"""What a function returned: `functionResponse.response`, which is an object in any case. `output` and `error` are Google's words
for a text; any other object is the result itself. https://ai.google.dev/api/caching#FunctionResponse"""

from typing import Any

import msgspec

from providers.formats.arguments import is_complete
from providers.formats.fields import json_text, kind


def read_response(response: msgspec.Raw | None) -> tuple[str, bool]:
    """The text, and whether it tells of an error."""
    if response is None:
        return "", False
    members = msgspec.json.decode(response, type=dict[str, msgspec.Raw]) if kind(response) == b"{" else {}
    name = next(iter(members)) if len(members) == 1 else ""
    if name in ("output", "error") and kind(members[name]) == b'"':
        text: str = msgspec.json.decode(members[name])
        if not _is_object(text):
            return text, name == "error"
    return json_text(response), name == "error"


def write_response(text: str, *, error: bool) -> Any:
    if not _is_object(text):
        return {"error" if error else "output": text}
    whole = msgspec.Raw(text.strip().encode())
    if not error or "error" in msgspec.json.decode(whole, type=dict[str, msgspec.Raw]):
        return whole
    return {"error": whole}


def _is_object(text: str) -> bool:
    return text.lstrip().startswith("{") and is_complete(text)
