"""What the pipeline reads of a row, overrides and limits: kept as it is written, but only if it can make something of it."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator

from app.state.values import Model
from pipeline.channel_options.common import read_common_options
from pipeline.limits.allowance import stored_allowance
from pipeline.model_mapping import ModelMapping
from pipeline.overrides.header_override import read_header_override
from pipeline.overrides.json_text import mapping_of
from pipeline.overrides.param_override import read_param_override
from pipeline.status_codes import read_status_codes

JSON_TEXT = BeforeValidator(mapping_of)


def _readable(read: Callable[[Any], object]) -> AfterValidator:
    """What `read` refuses, with its place, is refused here."""

    def check(value: Any) -> Any:
        read(value)
        return value

    return AfterValidator(check)


Options = Annotated[dict[str, Any], _readable(read_common_options)]
ModelMap = Annotated[dict[Model, Model], JSON_TEXT, _readable(ModelMapping)]
ParamEdits = Annotated[dict[str, Any], JSON_TEXT, _readable(read_param_override)]
HeaderEdits = Annotated[dict[str, Any], JSON_TEXT, _readable(read_header_override)]
Limits = Annotated[dict[str, Any], _readable(stored_allowance)]
StatusMap = Annotated[dict[int, int], PlainValidator(read_status_codes)]
