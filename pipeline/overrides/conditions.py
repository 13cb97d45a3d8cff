"""When an operation applies: values compared, one by one, joined by `and` or `or`."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainValidator, model_validator

from pipeline.overrides.edit import ATTEMPT_HEADERS, REQUEST_HEADERS
from pipeline.overrides.paths import MISSING, Path
from pipeline.refusal import near, refusal, refuse_unknown, refused

Lookup = Callable[[Path], Any]
Compare = Callable[[Any, Any], bool]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def _same(found: Any, wanted: Any) -> bool:
    """`True` is not 1 here, as it is not in JSON."""
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


def as_text(value: Any) -> str:
    """A text itself, any other value as its JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _on_numbers(compare: Callable[[Any, Any], bool]) -> Compare:
    return lambda found, wanted: is_number(found) and compare(found, wanted)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


NUMERIC: dict[str, Compare] = {
    "gt": _on_numbers(lambda found, wanted: found > wanted),
    "gte": _on_numbers(lambda found, wanted: found >= wanted),
    "lt": _on_numbers(lambda found, wanted: found < wanted),
    "lte": _on_numbers(lambda found, wanted: found <= wanted),
}
MODES: dict[str, Compare] = {
    "full": _same,
    "prefix": lambda found, wanted: as_text(found).startswith(as_text(wanted)),
    "suffix": lambda found, wanted: as_text(found).endswith(as_text(wanted)),
    "contains": lambda found, wanted: as_text(wanted) in as_text(found),
    **NUMERIC,
}


def _known_mode(mode: str) -> str:
    if mode not in MODES:
        raise refusal(f"no condition is called {mode!r}{near(mode, MODES)}")
    return mode


def read_path(text: Any) -> Path:
    """A condition's path. Names of headers are lower-case, whoever wrote them how."""
    if not isinstance(text, str):
        raise refusal("expected a path such as temperature or messages.0.content")
    first, dot, rest = text.partition(".")
    return Path(first + dot + rest.lower() if first in (REQUEST_HEADERS, ATTEMPT_HEADERS) else text)


class Condition(BaseModel):
    """One comparison. A value that is missing gives `pass_missing_key`, whatever `invert` says."""

    model_config = ConfigDict(**STRICT, arbitrary_types_allowed=True)

    path: Annotated[Path, PlainValidator(read_path)]
    mode: Annotated[str, AfterValidator(_known_mode)] = "full"
    value: Any
    invert: bool = False
    pass_missing_key: bool = False

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: Any) -> Any:
        if isinstance(value, dict):
            refuse_unknown(value, cls.model_fields, "a condition")
        return value

    @model_validator(mode="after")
    def _comparable(self) -> "Condition":
        if self.mode in NUMERIC and not is_number(self.value):
            raise refused(f"{self.mode!r} compares numbers", "value")
        return self

    def holds(self, lookup: Lookup) -> bool:
        found = lookup(self.path)
        if found is MISSING:
            return self.pass_missing_key
        return MODES[self.mode](found, self.value) is not self.invert


def _listed(value: Any) -> Any:
    """`{model: gpt-4}` is short for a list of conditions that compare in full."""
    return [{"path": path, "value": wanted} for path, wanted in value.items()] if isinstance(value, dict) else value


def _logic(value: Any) -> str:
    if not isinstance(value, str) or value.lower() not in ("and", "or"):
        raise refusal("expected 'and' or 'or'")
    return value.lower()


Conditions = Annotated[list[Condition], BeforeValidator(_listed)]
Logic = Annotated[str, PlainValidator(_logic)]


def hold(conditions: list[Condition], logic: str, lookup: Lookup) -> bool:
    """No conditions hold always."""
    if not conditions:
        return True
    combine = all if logic == "and" else any
    return combine(condition.holds(lookup) for condition in conditions)
