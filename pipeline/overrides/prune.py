"""`prune_objects`: takes objects out of the lists and objects that hold them, such as all content parts of some type."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, PlainValidator, model_validator

from pipeline.overrides.conditions import STRICT, Condition, Conditions, Logic, hold
from pipeline.overrides.edit import Edit
from pipeline.overrides.operation import Operation, read_body_path
from pipeline.overrides.paths import Path
from pipeline.refusal import refusal, refused


class _Written(BaseModel):
    """`where` is the short form: `{type: thinking}`."""

    model_config = STRICT

    where: Conditions = []
    conditions: Conditions = []
    logic: Logic = "and"
    recursive: bool = True

    @model_validator(mode="after")
    def _something(self) -> "_Written":
        if not self.where and not self.conditions:
            raise refused("say which objects to remove: `where: {type: thinking}`")
        return self


@dataclass(frozen=True, slots=True)
class Rule:
    """Which objects go. Their own members are what the conditions compare."""

    conditions: list[Condition]
    logic: str
    recursive: bool

    def cleaned(self, value: Any) -> Any:
        """`value` without them: itself, if there are none. It is never one of them itself."""
        if isinstance(value, list):
            kept = [self._inside(item) for item in value if not self._goes(item)]
            return kept if _differ(kept, value) else value
        if isinstance(value, dict):
            members = {name: self._inside(item) for name, item in value.items() if not self._goes(item)}
            return members if len(members) < len(value) or _differ(list(members.values()), list(value.values())) else value
        return value

    def _inside(self, item: Any) -> Any:
        return self.cleaned(item) if self.recursive else item

    def _goes(self, item: Any) -> bool:
        return isinstance(item, dict) and hold(self.conditions, self.logic, lambda path: path.value(item))


def _differ(kept: list[Any], before: list[Any]) -> bool:
    return len(kept) != len(before) or any(new is not old for new, old in zip(kept, before, strict=True))


def read_rule(value: Any) -> Rule:
    """A text is a `type`. Raises a refusal."""
    if isinstance(value, str) and value:
        value = {"where": {"type": value}}
    if not isinstance(value, dict):
        raise refusal("expected the `type` of the objects to remove, or `where: {…}`")
    written = _Written.model_validate(value)
    return Rule([*written.where, *written.conditions], written.logic, written.recursive)


def _read_place(text: Any) -> Path | None:
    return None if text in (None, "") else read_body_path(text)


class PruneObjects(Operation):
    """Everywhere in the body if there is no `path`."""

    path: Annotated[Path | None, PlainValidator(_read_place)] = None
    rule: Annotated[Rule, PlainValidator(read_rule), Field(alias="value")]

    def apply(self, edit: Edit) -> None:
        if self.path is None:
            edit.draft.change_all(self.rule.cleaned)
        else:
            edit.draft.change(self.path, self.rule.cleaned)
