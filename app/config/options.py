"""A stage's options: what its class calls `Config`, filled from its entry in the file."""

import dataclasses
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError

from app.config.document import Document
from app.config.entries import Entry
from app.config.problems import ConfigError
from app.config.validate import validate


def read_options(document: Document, entry: Entry, stage: type) -> Any:
    """An instance of `stage.Config`, a pydantic model or a dataclass; None for a stage without one.

    Raises `ConfigError`.
    """
    config = getattr(stage, "Config", None)
    if config is None:
        if entry.options:
            raise ConfigError([document.problem(entry.options_at, f"{entry.name!r} takes no options")])
        return None
    if not isinstance(config, type) or not (issubclass(config, BaseModel) or dataclasses.is_dataclass(config)):
        message = f"{stage.__name__}.Config must be a pydantic model or a dataclass"
        raise ConfigError([document.problem(entry.at, message)])
    try:
        return validate(document, config, entry.options_at, value=entry.options)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        reason = str(error).splitlines()[0]
        message = f"{stage.__name__}.Config has a field that cannot be read from a file: {reason}"
        raise ConfigError([document.problem(entry.at, message)]) from error
