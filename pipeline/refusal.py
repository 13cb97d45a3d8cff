"""Refusing what an operator wrote, while it is read: at its place in the file, in words that say what to write instead."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Read = TypeVar("Read")

REFUSAL = "refusal"
"""The type of these errors: their words are ours and repeat no secret, so they are shown wherever they occur."""

KEY = "[key]"
"""The last step of a place that means a mapping's key, not its value."""


def refusal(message: str) -> PydanticCustomError:
    """What a validator raises to be quoted even where the value is a secret; a `ValueError` would not be, there."""
    # The template is formatted with the context: a brace in the message must not look like a field of it.
    return PydanticCustomError(REFUSAL, "{message}", {"message": message})


def refused(message: str, *place: str | int) -> ValidationError:
    """The same for something inside of the value that is being validated."""
    error = InitErrorDetails(type=refusal(message), loc=place, input=None)
    return ValidationError.from_exception_data("refused", [error], hide_input=True)


def placed(place: tuple[str | int, ...], read: Callable[..., Read], *arguments: Any) -> Read:
    """What `read` gives; what it refuses is refused at `place`, or inside of it."""
    try:
        return read(*arguments)
    except PydanticCustomError as problem:
        raise refused(problem.message(), *place) from None
    except ValidationError as problem:
        found = problem.errors(include_url=False, include_input=False, include_context=False)
        if any(error["type"] != REFUSAL for error in found):
            raise
        moved = [InitErrorDetails(type=refusal(error["msg"]), loc=(*place, *error["loc"]), input=None) for error in found]
        raise ValidationError.from_exception_data("refused", moved, hide_input=True) from None


def refuse_unknown(value: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raises a refusal at the first word that is not among the known ones."""
    words = list(known)
    for word in value:
        if word not in words:
            raise refused(f"{what} knows no {word!r}{near(word, words)}", word, KEY)


def reasons(error: ValidationError) -> str:
    """All that is wrong, in one line, for a log: places and our own words, no values."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found)


def near(word: Any, known: Iterable[str]) -> str:
    """`, did you mean 'set'?`, or else all that is known."""
    names = list(known)
    found = get_close_matches(str(word), names, n=1)
    return f", did you mean {found[0]!r}?" if found else f"; known are {', '.join(names)}"
