"""Operations on values of any kind. What is not there, or is of another kind, is left alone; `set` and `default` make it."""

from typing import Annotated, Any

from pydantic import Field

from pipeline.overrides.edit import Edit
from pipeline.overrides.operation import BodyPath, Operation, SinglePath, SourcePath
from pipeline.overrides.paths import MISSING


class Set(Operation):
    path: BodyPath
    value: Any
    keep_origin: bool = False

    def apply(self, edit: Edit) -> None:
        edit.draft.put(self.path, self.value, keep=self.keep_origin)


class Default(Operation):
    """Set where nothing is; null is something."""

    path: BodyPath
    value: Any

    def apply(self, edit: Edit) -> None:
        edit.draft.put(self.path, self.value, keep=True)


class Delete(Operation):
    path: BodyPath

    def apply(self, edit: Edit) -> None:
        edit.draft.remove(self.path)


class Copy(Operation):
    source: Annotated[SourcePath, Field(alias="from")]
    to: SinglePath

    def apply(self, edit: Edit) -> None:
        if (value := edit.draft.value(self.source)) is not MISSING:
            edit.draft.put(self.to, value)


class Move(Operation):
    source: Annotated[SinglePath, Field(alias="from")]
    to: SinglePath

    def apply(self, edit: Edit) -> None:
        if (value := edit.draft.value(self.source)) is not MISSING:
            edit.draft.remove(self.source)
            edit.draft.put(self.to, value)


class Append(Operation):
    """A text grows by a text, a list by an element or by those of a list, an object by members."""

    path: BodyPath
    value: Any
    keep_origin: bool = False

    def apply(self, edit: Edit) -> None:
        edit.draft.change(self.path, self._grown)

    def _grown(self, value: Any) -> Any:
        if isinstance(value, str) and isinstance(self.value, str):
            return self._joined(value, self.value)
        if isinstance(value, list):
            return self._joined(value, self.value if isinstance(self.value, list) else [self.value])
        if isinstance(value, dict) and isinstance(self.value, dict):
            return {**self.value, **value} if self.keep_origin else {**value, **self.value}
        return value

    def _joined(self, value: Any, more: Any) -> Any:
        return value + more


class Prepend(Append):
    """The same at the other end; an object has none."""

    def _joined(self, value: Any, more: Any) -> Any:
        return more + value
