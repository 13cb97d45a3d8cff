"""The script in an echo model's name: `echo:stall=2,status=503`."""

from dataclasses import dataclass, fields
from difflib import get_close_matches


class ScriptError(ValueError):
    """A word of the script is not known, or its value is no number; the text says which."""


@dataclass(frozen=True, slots=True)
class Script:
    """status=N       answer with this error status
    retry_after=N  with a status: the header of that name, in seconds
    stall=S        wait S seconds before the first byte
    pace=S         wait S seconds between the events of a stream
    cut=N          break the connection after N events of a stream
    error=N        send an error inside a stream after N events
    repeat=N       say the message N times
    silent=1       leave the usage out
    html=1         answer with an HTML page, as a broken proxy would
    empty=1        answer 200 with nothing at all
    """

    status: int | None = None
    retry_after: int | None = None
    stall: float = 0
    pace: float = 0
    cut: int | None = None
    error: int | None = None
    repeat: int = 1
    silent: int = 0
    html: int = 0
    empty: int = 0

    @classmethod
    def of(cls, model: str) -> "Script":
        """Raises `ScriptError`."""
        _, _, words = model.partition(":")
        known = [field.name for field in fields(cls)]
        found: dict[str, float] = {}
        for word in filter(None, words.split(",")):
            name, _, value = word.partition("=")
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f", did you mean {near[0]!r}?" if near else f": it is one of {', '.join(known)}"
                raise ScriptError(f"The echo script has the unknown word {name!r}{hint}")
            found[name] = _number(name, value)
        status = found.get("status")
        if status is not None and not 400 <= status <= 599:
            raise ScriptError("The echo script's status must be from 400 to 599.")
        return cls(**found)  # type: ignore[arg-type]


def _number(name: str, value: str) -> float:
    try:
        number = float(value) if name in ("stall", "pace") else int(value)
    except ValueError:
        raise ScriptError(f"The echo script's {name!r} needs a number: `{name}=1`.") from None
    if not 0 <= number <= 3600:
        raise ScriptError(f"The echo script's {name!r} must be from 0 to 3600.")
    return number
