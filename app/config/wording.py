"""What a mistake is called: plain words that say what to write instead, and never show a secret."""

from collections.abc import Callable
from typing import Any

from app.config.mistakes import Mistake
from app.config.problems import Where, suggest
from app.config.scalars import resolve
from pipeline.refusal import REFUSAL, refusal

__all__ = ["refusal", "secret_like", "shown", "worded"]

_SECRET_WORDS = (
    "key", "secret", "password", "passwd", "token", "credential", "authorization", "cookie",
    "database", "redis", "dsn", "url", "endpoint", "proxy",
)  # fmt: skip
_LONGEST_SHOWN = 40

_BOUNDS: dict[str, str] = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must look like {pattern}",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
}


def secret_like(at: Where) -> bool:
    """Whether the field that a value belongs to sounds as if the value must not be shown: `keys[0]`, `redis`."""
    name = next((step.lower() for step in reversed(at) if isinstance(step, str)), "")
    return any(word in name for word in _SECRET_WORDS)


def shown(value: Any) -> str:
    """As the file would have it, shortened; what lists and mappings hold is left out."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def worded(mistake: Mistake, known: Callable[[Where], list[str]], variables: tuple[str, ...]) -> str:
    """`known` gives the fields that a place may have; `variables` are those that the value was read from."""
    kind, value, context = mistake.error["type"], mistake.error["input"], mistake.error.get("ctx", {})
    if mistake.unknown:
        return _unknown(str(mistake.at[-1]), known(mistake.at[:-1]))
    if mistake.missing:
        return f"the field {mistake.at[-1]!r} is missing"
    got = _got(mistake.at, value, variables)
    if mistake.expected:
        return f"expected {' or '.join(mistake.expected)}{got}{_hint(mistake.expected, value, variables)}"
    if kind in ("literal_error", "enum"):
        expected = str(context.get("expected", ""))
        near = suggest(value, expected.split("'")[1::2]) if isinstance(value, str) else ""
        return f"expected {expected}{got}{near}"
    if kind in _BOUNDS:
        numbers = {name: f"{bound:g}" if isinstance(bound, float) else bound for name, bound in context.items()}
        return _BOUNDS[kind].format(**numbers) + got
    if kind == REFUSAL:
        return mistake.error["msg"]
    if secret_like(mistake.at) or variables:
        return f"not accepted here{got}"
    if mistake.foreign:
        return str(context.get("error") or mistake.error["msg"])
    return mistake.error["msg"].replace("Input should", "should") + got


def _unknown(name: str, known: list[str]) -> str:
    near = suggest(name, known)
    if not near and known:
        near = f"; known are {', '.join(known)}"
    return f"unknown field {name!r}{near}"


def _got(at: Where, value: Any, variables: tuple[str, ...]) -> str:
    if variables:
        return f", got the value of {' and '.join(variables)}"
    if secret_like(at) and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return ", got something else (not shown: it may be a secret)"
    return f", got {shown(value)}"


def _hint(expected: tuple[str, ...], value: Any, variables: tuple[str, ...]) -> str:
    if "text" in expected and not isinstance(value, (str, list, dict)):
        return ": put it in quotes"
    if isinstance(value, str) and isinstance(resolve(value), int | float) and expected[0] != "a list":
        return f": write ${{{variables[0]}}} without quotes, on a line of its own" if variables else ": leave out the quotes"
    return ""
