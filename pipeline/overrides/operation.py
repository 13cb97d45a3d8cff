"""What all operations have in common: a mode, and conditions."""

from abc import abstractmethod
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator

from pipeline.overrides.conditions import STRICT, Conditions, Logic, hold
from pipeline.overrides.edit import Edit
from pipeline.overrides.paths import Path
from pipeline.refusal import refusal

PROTECTED = {"stream": "how the answer is sent is the caller's choice"}
"""Members that no operation may write, and why."""


def read_body_path(text: Any) -> Path:
    """The path of something that is written."""
    if not isinstance(text, str):
        raise refusal("expected a path such as temperature or messages.0.content")
    path = Path(text)
    refuse_protected(path.top)
    return path


def refuse_protected(member: str) -> None:
    if member in PROTECTED:
        raise refusal(f"{member!r} cannot be changed: {PROTECTED[member]}")


def read_source_path(text: Any) -> Path:
    """The path of one value that is only read."""
    if not isinstance(text, str):
        raise refusal("expected a path such as temperature or messages.0.content")
    path = Path(text)
    if not path.single:
        raise refusal("expected the path of one value, without `*`")
    return path


def read_single_path(text: Any) -> Path:
    """The path of one value that is written."""
    path = read_source_path(text)
    refuse_protected(path.top)
    return path


BodyPath = Annotated[Path, PlainValidator(read_body_path)]
SourcePath = Annotated[Path, PlainValidator(read_source_path)]
SinglePath = Annotated[Path, PlainValidator(read_single_path)]


class Operation(BaseModel):
    """One entry of `operations`. `description` is for whoever reads the file."""

    model_config = ConfigDict(**STRICT, arbitrary_types_allowed=True)

    mode: str
    description: str = ""
    conditions: Conditions = []
    logic: Logic = "or"

    def run(self, edit: Edit) -> None:
        """Raises what a `return_error` says."""
        if hold(self.conditions, self.logic, edit.value):
            self.apply(edit)

    @abstractmethod
    def apply(self, edit: Edit) -> None: ...
