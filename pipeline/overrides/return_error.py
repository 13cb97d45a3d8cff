"""`return_error`: the operator's own refusal, told to the caller in its format. Final: no other channel is tried."""

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, Field, PlainValidator

from pipeline.errors import Rejected
from pipeline.overrides.conditions import STRICT
from pipeline.overrides.edit import Edit
from pipeline.overrides.operation import Operation
from pipeline.refusal import refusal, refused


class Refusal(BaseModel):
    """What the caller sees."""

    model_config = STRICT

    message: Annotated[str, Field(min_length=1)]
    status: Annotated[int, Field(ge=400, le=599, validation_alias=AliasChoices("status", "status_code"))] = 400
    code: str = "invalid_request"
    type: str = "invalid_request_error"
    skip_retry: bool = True


def read_refusal(value: Any) -> Refusal:
    """A text is the message. Raises a refusal."""
    if isinstance(value, str):
        value = {"message": value}
    if not isinstance(value, dict):
        raise refusal("expected the message, or `{message: …, status: …, code: …}`")
    read = Refusal.model_validate(value)
    if not read.skip_retry:
        raise refused("only true is possible: a request that the operator refuses is not tried elsewhere", "skip_retry")
    return read


class ReturnError(Operation):
    said: Annotated[Refusal, PlainValidator(read_refusal), Field(alias="value")]

    def apply(self, edit: Edit) -> None:  # noqa: ARG002  # the same signature for every operation
        error = Rejected(self.said.message, code=self.said.code)
        error.status, error.kind = self.said.status, self.said.type
        raise error
