"""Every mode an operation may have, and reading one from what an operator wrote."""

from typing import Any

from pipeline.overrides.headers import CopyHeader, DeleteHeader, MoveHeader, PassHeaders, SetHeader, SyncFields
from pipeline.overrides.operation import Operation
from pipeline.overrides.prune import PruneObjects
from pipeline.overrides.return_error import ReturnError
from pipeline.overrides.texts import (
    EnsurePrefix,
    EnsureSuffix,
    RegexReplace,
    Replace,
    ToLower,
    ToUpper,
    TrimPrefix,
    TrimSpace,
    TrimSuffix,
)
from pipeline.overrides.values import Append, Copy, Default, Delete, Move, Prepend, Set
from pipeline.refusal import near, refusal, refuse_unknown, refused

MODES: dict[str, type[Operation]] = {
    "set": Set,
    "default": Default,
    "delete": Delete,
    "move": Move,
    "copy": Copy,
    "append": Append,
    "prepend": Prepend,
    "prune_objects": PruneObjects,
    "trim_prefix": TrimPrefix,
    "trim_suffix": TrimSuffix,
    "ensure_prefix": EnsurePrefix,
    "ensure_suffix": EnsureSuffix,
    "trim_space": TrimSpace,
    "to_lower": ToLower,
    "to_upper": ToUpper,
    "replace": Replace,
    "regex_replace": RegexReplace,
    "set_header": SetHeader,
    "delete_header": DeleteHeader,
    "copy_header": CopyHeader,
    "move_header": MoveHeader,
    "pass_headers": PassHeaders,
    "sync_fields": SyncFields,
    "return_error": ReturnError,
}


WORDS = ("mode", "path", "value", "from", "to", "keep_origin", "conditions", "logic", "description")
"""An editor may write each of them for every mode, blank where the mode has no use for it."""

OPTIONAL = ("conditions", "logic", "description")


def read_operation(value: Any) -> Operation:
    """Raises pydantic's `ValidationError` with everything that is wrong."""
    if not isinstance(value, dict):
        raise refusal("expected an operation: `{mode: set, path: temperature, value: 0}`")
    mode = value.get("mode")
    kind = MODES.get(mode) if isinstance(mode, str) else None
    if kind is None and "mode" in value:
        raise refused(f"no mode is called {mode!r}{near(mode, MODES)}", "mode")
    if kind is None:
        raise refusal("an operation needs a `mode`, such as set or delete")
    used = [field.alias or name for name, field in kind.model_fields.items()]
    blank = [word for word in WORDS if (word in OPTIONAL or word not in used) and _is_blank(value.get(word))]
    written = {word: given for word, given in value.items() if word not in blank}
    refuse_unknown(written, used, repr(mode))
    return kind.model_validate(written)


def _is_blank(value: Any) -> bool:
    return value is None or value is False or value in ("", [])
