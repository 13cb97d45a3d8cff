"""How a list of models, and one of them, look in each format."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    vendor: str


@dataclass(frozen=True, slots=True)
class Shape:
    all: Callable[[Sequence[Model]], dict[str, Any]]
    one: Callable[[Model], dict[str, Any]]


def _openai_all(models: Sequence[Model]) -> dict[str, Any]:
    return {"object": "list", "data": [_openai_one(model) for model in models]}


def _openai_one(model: Model) -> dict[str, Any]:
    """`created` has no meaning here; the SDKs require a number."""
    return {"id": model.name, "object": "model", "created": 0, "owned_by": model.vendor}


def _anthropic_all(models: Sequence[Model]) -> dict[str, Any]:
    """On one page, whatever `limit` says: names are small."""
    return {
        "data": [_anthropic_one(model) for model in models],
        "has_more": False,
        "first_id": models[0].name if models else None,
        "last_id": models[-1].name if models else None,
    }


def _anthropic_one(model: Model) -> dict[str, Any]:
    """The vendor's own word for a time of release that it does not know is the epoch."""
    return {"type": "model", "id": model.name, "display_name": model.name, "created_at": "1970-01-01T00:00:00Z"}


SHAPES: Mapping[str, Shape] = {
    "openai_chat": Shape(_openai_all, _openai_one),
    "anthropic_messages": Shape(_anthropic_all, _anthropic_one),
}
