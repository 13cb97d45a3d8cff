"""The options themselves, read once."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator

from pipeline.channel_options.fields import read_strippable
from pipeline.overrides.paths import Path
from pipeline.refusal import refused


class CommonOptions(BaseModel):
    """`system_prompt_mode`: `add` puts the prompt before the caller's own, `override` in its place, `default` only where there is
    none. `strip_fields` are paths that never go up; `allow_fields`, if there are any, are the only members that do, beside
    the ones a request is made of. See docs/overrides.md.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True, arbitrary_types_allowed=True)

    system_prompt: Annotated[str, Field(min_length=1)] | None = None
    system_prompt_mode: Literal["add", "override", "default"] = "add"
    strip_fields: list[Annotated[Path, PlainValidator(read_strippable)]] = []
    allow_fields: Annotated[list[str], Field(min_length=1)] | None = None
    thinking_to_content: bool = False
    model_suffixes: bool = False

    @model_validator(mode="after")
    def _mode_of_something(self) -> "CommonOptions":
        if "system_prompt_mode" in self.model_fields_set and self.system_prompt is None:
            raise refused("there is no `system_prompt` that this could be about", "system_prompt_mode")
        return self


NAMES = tuple(CommonOptions.model_fields)


def read_common_options(options: Mapping[str, Any]) -> CommonOptions | None:
    """None if the channel has none of them. Other options are its vendor's. Raises a `ValidationError`."""
    return CommonOptions.model_validate(options) if any(name in options for name in NAMES) else None
