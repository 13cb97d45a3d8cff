"""`${NAME}` and `${NAME:-default}` inside a scalar, read from the environment; `$$` is a dollar sign."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_REFERENCE = re.compile(
    r"\$(?:(?P<escaped>\$)"
    r"|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>(?:(?!\$\{)[^}])*))?\}"
    r"|(?P<malformed>\{))"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`start` is how the reference begins in the file, so that its place can be found there."""

    start: str
    message: str


@dataclass(slots=True)
class Filled:
    """`read` maps each variable that was used to its value: no message may show that."""

    text: str = ""
    read: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def fill(text: str, environ: Mapping[str, str]) -> Filled:
    """As in a shell, `:-` also replaces a variable that is set to nothing."""
    filled = Filled()

    def replacement(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        if match["malformed"]:
            filled.faults.append(Fault("${", "write ${NAME} or ${NAME:-default}; a plain dollar sign is $$"))
            return ""
        name, default = match["name"], match["default"]
        value = environ.get(name, "")
        if not value and default is not None:
            return default.replace("$$", "$")
        if name not in environ:
            problem = f"the environment variable {name} is not set: set it, or write ${{{name}:-default}}"
        elif not is_text(value):
            problem = f"the environment variable {name} is not UTF-8"
        else:
            filled.read[name] = value
            return value
        filled.faults.append(Fault("${" + name, problem))
        return ""

    filled.text = _REFERENCE.sub(replacement, text)
    return filled


def is_text(value: str) -> bool:
    """False for bytes that the system could not decode: Python keeps them as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
