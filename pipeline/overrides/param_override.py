"""A whole override of a body, ready to act: members to set, and operations, in that order."""

from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, PlainValidator

from pipeline.errors import BadRequest
from pipeline.flow import Attempt, Flow
from pipeline.overrides.draft import Draft
from pipeline.overrides.edit import Edit
from pipeline.overrides.json_text import mapping_of
from pipeline.overrides.operation import Operation, refuse_protected
from pipeline.overrides.operations import read_operation
from pipeline.refusal import KEY, placed


class ParamOverride:
    """`members` are set as they are: their names are no paths."""

    __slots__ = ("_members", "_operations")

    def __init__(self, members: dict[str, Any], operations: list[Operation]) -> None:
        self._members = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in members.items()}
        self._operations = operations

    def apply(self, flow: Flow, attempt: Attempt) -> None:
        """Raises what a `return_error` says. A changed `model` is the attempt's model from here on."""
        body = attempt.body
        if body is None:
            return
        for name, value in self._members.items():
            body.set(name, value)
        changed = "model" in self._members
        if self._operations:
            draft = Draft(body)
            edit = Edit(flow, attempt, draft)
            try:
                for operation in self._operations:
                    operation.run(edit)
                changed |= "model" in draft.write_back()
            except RecursionError as problem:
                raise BadRequest("The body's JSON is nested too deeply.", code="invalid_json") from problem
        if changed and isinstance(model := body.get("model"), str):
            attempt.model = model


class _Operations(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    operations: list[Annotated[Any, PlainValidator(read_operation)]] = []


def read_param_override(value: Any) -> ParamOverride | None:
    """From a mapping (`{temperature: 0}`, `{operations: […]}`, or both), or from its JSON as New-API keeps it; None if it does
    nothing. Raises a `ValidationError`."""
    value = mapping_of(value)
    members = {name: member for name, member in value.items() if name != "operations"}
    for name in members:
        placed((name, KEY), refuse_protected, name)
    written = _Operations.model_validate({"operations": value.get("operations", [])})
    return ParamOverride(members, written.operations) if members or written.operations else None
