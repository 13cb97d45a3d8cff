"""pydantic's errors, each laid on its place in a document; of a union's alternatives only the nearest one speaks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, get_args

from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from app.config.problems import Where

KINDS = {
    "string_type": "text",
    "int_type": "an integer",
    "int_parsing": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "none_required": "nothing",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
}
"""Errors that only say that a value is of the wrong kind."""

_BUILT_IN = frozenset(get_args(ErrorType))


@dataclass(frozen=True, slots=True)
class Mistake:
    """`labels` name the union members on the way, each with where the union stands."""

    at: Where
    error: ErrorDetails
    key: bool = False
    labels: tuple[tuple[Where, str | int], ...] = ()
    expected: tuple[str, ...] = ()

    @property
    def unknown(self) -> bool:
        """A field that the model does not name."""
        return self.error["type"] in ("extra_forbidden", "unexpected_keyword_argument")

    @property
    def missing(self) -> bool:
        return self.error["type"].startswith("missing")

    @property
    def foreign(self) -> bool:
        """Told in words that may repeat the value: a validator's `ValueError` or `PydanticCustomError`."""
        return self.error["type"] not in _BUILT_IN or self.error["type"] in ("value_error", "assertion_error")


def mistakes(errors: Iterable[ErrorDetails], value: Any) -> list[Mistake]:
    """`value` is what was validated: steps of an error's `loc` that it does not have are pydantic's names of types."""
    return _nearest([_placed(error, value) for error in errors], 0)


def _placed(error: ErrorDetails, value: Any) -> Mistake:
    at: Where = ()
    labels: list[tuple[Where, str | int]] = []
    kind = KINDS.get(error["type"])
    expected = (kind,) if kind else ()
    for index, step in enumerate(error["loc"]):
        last = index == len(error["loc"]) - 1
        if step == "[key]" and last:
            return Mistake(at, error, True, tuple(labels), expected)
        if _has(value, step):
            value = value[step]
            at += (step,)
        elif last and error["type"].startswith("missing"):
            at += (step,)
        else:
            labels.append((at, step))
    return Mistake(at, error, False, tuple(labels), expected)


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _nearest(found: list[Mistake], depth: int) -> list[Mistake]:
    """At each union, `depth` unions deep, keep the member that the writer most likely meant."""
    certain = [mistake for mistake in found if len(mistake.labels) <= depth]
    doubtful = [mistake for mistake in found if len(mistake.labels) > depth]
    for at, in_union in groupby(doubtful, key=lambda mistake: mistake.labels[depth][0]):
        by_member = groupby(in_union, key=lambda mistake: mistake.labels[depth][1])
        certain += _meant(at, [_nearest(list(group), depth + 1) for _, group in by_member])
    return certain


def _meant(at: Where, alternatives: list[list[Mistake]]) -> Iterator[Mistake] | list[Mistake]:
    of_its_kind = [group for group in alternatives if not _wrong_kind(at, group)]
    if of_its_kind:
        return min(of_its_kind, key=len)
    expected = [kind for group in alternatives for mistake in group for kind in mistake.expected]
    return [replace(alternatives[0][0], expected=tuple(dict.fromkeys(expected)))]


def _wrong_kind(at: Where, group: list[Mistake]) -> bool:
    return all(mistake.at == at and mistake.expected for mistake in group)
