"""A document's values as a typed model, or every mistake in them at once."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

from app.config.document import Document
from app.config.fields import known_fields
from app.config.mistakes import Mistake, mistakes
from app.config.problems import ConfigError, Problem, Where, nearest
from app.config.wording import secret_like, worded

Model = TypeVar("Model")
_WRITTEN: Any = object()


class Strict(BaseModel):
    """A model that takes only what it names, as what it is: no `"8080"` for 8080, no 1 for true, no infinity.

    In Python, too: a tuple field takes a tuple.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, hide_input_in_errors=True)


def validate(document: Document, model: type[Model], at: Where = (), *, value: Any = _WRITTEN) -> Model:
    """The value at `at` as `model`: a pydantic model, a dataclass or any type that pydantic knows.

    `value` replaces what is written at `at`, for options that are left out. A field that the model does not name is a
    mistake unless the model's own config says `extra`. Raises `ConfigError`, with what reading found as well.
    """
    if value is _WRITTEN:
        value = document.get(at)
    problems = document.problems(at)
    try:
        # As JSON: pydantic is then strict about scalars, but makes tuples, paths or addresses of what a file can write.
        valid = TypeAdapter(model).validate_json(to_json(value, inf_nan_mode="constants"), strict=True, extra=_extra(model))
    except ValidationError as error:
        found = mistakes(error.errors(include_url=False), value)
        problems += _problems(document, model, at, found)
    if problems:
        raise ConfigError(problems)
    return valid


def redacted(document: Document, message: str) -> str:
    """`message`, whose words are not ours, in one line and without values from the environment or of secret fields."""
    for name, secret in document.secrets.items():
        message = message.replace(secret, f"${{{name}}}") if secret else message
    for secret in _secrets(document.value, ()):
        message = message.replace(secret, "…")
    return " ".join(message.split())


def _problems(document: Document, model: Any, at: Where, found: list[Mistake]) -> Iterator[Problem]:
    misspelt = {
        (*mistake.at[:-1], nearest(str(mistake.at[-1]), known_fields(model, mistake.at[:-1])))
        for mistake in found
        if mistake.unknown
    }
    for mistake in found:
        where = at + mistake.at
        if document.misread(where) or (mistake.missing and mistake.at in misspelt):
            continue
        message = worded(mistake, lambda inner: known_fields(model, inner), document.variables(where))
        if mistake.foreign:
            message = redacted(document, message)
        yield document.problem(where, message, key=mistake.key or mistake.unknown)


def _extra(model: Any) -> Any:
    config = getattr(model, "model_config", None) or getattr(model, "__pydantic_config__", {})
    return config.get("extra", "forbid")


def _secrets(value: Any, at: Where) -> Iterator[str]:
    """Texts of four characters or more: replacing shorter ones would only garble the message."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inside:
        yield from _secrets(item, (*at, step))
    if isinstance(value, str) and len(value) >= 4 and secret_like(at):
        yield value
