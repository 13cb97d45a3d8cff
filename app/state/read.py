"""A state file, read as far as it makes sense: what is wrong with one entry does not hide what is wrong with the next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.config.document import Document, read_document
from app.config.problems import ConfigError, Problem, Where
from app.config.validate import Strict, validate
from app.state.model import ChannelSpec, GroupSpec, State, TokenSpec, UserSpec
from app.state.prices import PriceSpec

Spec = TypeVar("Spec", bound=Strict)


@dataclass(frozen=True, slots=True)
class Declared:
    """The entries that are well-formed, by their place in their list, and the problems of those that are not."""

    document: Document
    groups: Mapping[int, GroupSpec]
    users: Mapping[int, UserSpec]
    channels: Mapping[int, ChannelSpec]
    tokens: Mapping[int, TokenSpec]
    prices: Mapping[int, PriceSpec]
    problems: list[Problem] = field(default_factory=list)

    def entries(self, section: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries as they are written, ill-formed ones too, each with its place."""
        written = self.document.get((section,))
        for place, entry in enumerate(written if isinstance(written, list) else ()):
            if isinstance(entry, dict):
                yield place, entry

    def texts(self, section: str, word: str) -> Iterator[tuple[Where, str]]:
        """Each text that a section's entries have for a word, or in the list they have for it, with where it stands."""
        for place, entry in self.entries(section):
            value = entry.get(word)
            several = enumerate(value) if isinstance(value, list) else ()
            if isinstance(value, str):
                yield (section, place, word), value
            yield from (((section, place, word, index), text) for index, text in several if isinstance(text, str))


def read_state(file: Path, environ: Mapping[str, str]) -> Declared:
    """Raises `ConfigError` for a file that is no YAML; all else that is wrong is in the result's `problems`."""
    return declare(read_document(file, environ))


def declare(document: Document) -> Declared:
    problems: list[Problem] = []
    try:
        validate(document, State)
    except ConfigError as error:
        problems = error.problems
    return Declared(
        document,
        groups=_well_formed(document, "groups", GroupSpec),
        users=_well_formed(document, "users", UserSpec),
        channels=_well_formed(document, "channels", ChannelSpec),
        tokens=_well_formed(document, "tokens", TokenSpec),
        prices=_well_formed(document, "prices", PriceSpec),
        problems=problems,
    )


def _well_formed(document: Document, section: str, spec: type[Spec]) -> dict[int, Spec]:
    entries: Any = document.get((section,))
    found: dict[int, Spec] = {}
    for place in range(len(entries) if isinstance(entries, list) else 0):
        try:
            found[place] = validate(document, spec, (section, place))
        except ConfigError:
            # Among the problems of the whole already.
            continue
    return found
