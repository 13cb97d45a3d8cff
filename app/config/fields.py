"""The fields of a model, as far as they can be read from its annotations."""

import dataclasses
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from app.config.problems import Where


def fields_of(model: Any) -> dict[str, Any]:
    """Name and annotation of each field of a pydantic model or a dataclass; empty for anything else."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        hints = get_type_hints(model)
        return {field.name: hints[field.name] for field in dataclasses.fields(model) if field.init}
    return {}


def members(annotation: Any) -> Iterator[Any]:
    """What a value may be: the members of a union, without `Annotated`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from members(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from members(member)
    else:
        yield annotation


def known_fields(model: Any, at: Where) -> list[str]:
    """The names that a mapping at `at` inside `model` may have."""
    found = list(members(model))
    for step in at:
        found = [inner for outer in found for inner in _inside(outer, step)]
    return [name for member in found for name in fields_of(member)]


def _inside(annotation: Any, step: str | int) -> Iterator[Any]:
    fields, arguments = fields_of(annotation), get_args(annotation)
    if isinstance(step, str) and step in fields:
        yield from members(fields[step])
    elif isinstance(step, str) and len(arguments) == 2:
        yield from members(arguments[1])
    elif isinstance(step, int):
        for argument in arguments:
            yield from members(argument)
