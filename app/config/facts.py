"""Settings as flat facts that can be kept, shown and compared: `routing.attempts` is `4`. Secrets are fingerprints."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.config.document import Document
from app.config.entries import read_entries
from app.config.problems import Where, dotted
from app.config.settings import Settings
from app.config.wording import secret_like

FIXED = ("server", "database", "redis", "telemetry")
"""Sections that only a restart can change."""

HIDDEN = "secret:"
_LONGEST = 80

Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is in force, and what would be; None where there is nothing."""

    what: str
    before: str | None
    after: str | None

    @property
    def needs_restart(self) -> bool:
        return self.what.partition(".")[0] in FIXED

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            return f"{self.what}: {_shown(self.after)}, new" if self.before is None else f"{self.what}: gone"
        if self.before.startswith(HIDDEN) or self.after.startswith(HIDDEN):
            return f"{self.what}: another value"
        return f"{self.what}: {_shown(self.before)} -> {_shown(self.after)}"


def facts_of(settings: Settings, fingerprint: Callable[[str], str]) -> dict[str, str]:
    """Every setting in force, defaults included, and every stage with its options. `fingerprint` hides what may be secret: the
    options of stages and what came from variables, too."""
    document = settings.document
    found = dict(_leaves((), settings.model_dump(mode="json", exclude={"pipeline"}), document, fingerprint))
    entries, _ = read_entries(document)
    found["pipeline"] = ", ".join(entry.name for entry in entries)
    for entry in entries:
        if entry.options or entry.timeout:
            told = orjson.dumps([entry.options, entry.timeout], option=orjson.OPT_SORT_KEYS).decode()
            found[f"pipeline.{entry.name}"] = HIDDEN + fingerprint(told)
    return found


def differences(before: Facts, after: Facts) -> list[Difference]:
    return [
        Difference(what, before.get(what), after.get(what))
        for what in dict.fromkeys((*after, *before))
        if before.get(what) != after.get(what)
    ]


def _leaves(at: Where, value: Any, document: Document, fingerprint: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _leaves((*at, name), item, document, fingerprint)
        return
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    secret = value is not None and (secret_like(at) or bool(document.variables(at)))
    yield dotted(at), HIDDEN + fingerprint(text) if secret else text


def _shown(text: str | None) -> str:
    if not text:
        return "nothing"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
