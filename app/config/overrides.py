"""`AIHUB_*` environment variables, one for each setting: `AIHUB_PORT`, `AIHUB_DATABASE`, `AIHUB_ROUTING_TIMEOUTS_TOTAL`.

The names follow from `Settings`; the server's own fields do without a `SERVER_`. An empty variable counts as unset. Lists
are written with commas.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, get_origin

from app.config.document import Document
from app.config.fields import fields_of, members
from app.config.problems import Problem, Where
from app.config.scalars import resolve
from app.config.settings import Settings
from app.config.variables import is_text

PREFIX = "AIHUB_"
ELSEWHERE = ("AIHUB_SECRET_KEY", "AIHUB_CONFIG", "AIHUB_RECORDINGS", "AIHUB_KEY")
"""Variables that are no settings: the key of stored secrets, the file's name, and what tests and clients read."""
_CLOSE = 0.75
_SERVICE_LINKS = ("tcp://", "udp://")
"""Kubernetes sets AIHUB_PORT=tcp://10.0.0.1:80 in every pod beside a Service called `aihub`: no operator's choice.
https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"""


def variables(model: Any = Settings, at: Where = ()) -> Iterator[tuple[str, Where, Any]]:
    """Name, place and annotation of each setting that a variable can replace."""
    for name, annotation in fields_of(model).items():
        where = (*at, name)
        if where == ("pipeline",):
            continue
        if fields_of(annotation):
            yield from variables(annotation, where)
        else:
            words = where[1:] if where[0] == "server" else where
            yield PREFIX + "_".join(map(str, words)).upper(), where, annotation


def apply_overrides(document: Document, environ: Mapping[str, str]) -> None:
    """Put the variables' values into the document, and report names that look like a misspelt one."""
    known = {name: (where, annotation) for name, where, annotation in variables()}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or not text or name in ELSEWHERE:
            continue
        if name not in known:
            _report_misspelt(document, name, (*known, *ELSEWHERE))
        elif not is_text(text):
            document.report(Problem("environment", 0, 0, name, "not UTF-8 text"))
        elif not text.startswith(_SERVICE_LINKS):
            where, annotation = known[name]
            document.override(where, _value(annotation, text), name)


def _report_misspelt(document: Document, name: str, known: Iterable[str]) -> None:
    # Without the prefix, which would make any two names alike.
    bare = {other.removeprefix(PREFIX) for other in known}
    if near := get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=_CLOSE):
        message = f"no such setting, did you mean {PREFIX + near[0]!r}?"
        document.report(Problem("environment", 0, 0, name, message))


def _value(annotation: Any, text: str) -> Any:
    kinds = list(members(annotation))
    if any(get_origin(kind) is tuple for kind in kinds):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text if str in kinds else resolve(text)
