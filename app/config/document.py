"""A YAML file as plain values, each with its place in the file, so that whatever is wrong can be pointed at."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.config.nodes import MAX_ALIASED, Nodes, Place, TooManyAliases
from app.config.problems import ConfigError, Problem, Where, dotted
from app.config.syntax import compose

MAX_BYTES = 4 * 1024 * 1024


class Document:
    """Plain values (dict, list, str, int, float, bool, None) and their places. Keys of mappings are always text.

    `file` is None for values that Python code made.

    Reading goes on after a mistake: `problems` has those found so far, and `app.config.validate.validate` raises them
    together with its own.
    """

    def __init__(self, file: Path | None, value: Any) -> None:
        self.file = file
        self.value = value
        self.secrets: dict[str, str] = {}
        """What `${NAME}` stood for, by name."""
        self._places: dict[Where, Place] = {}
        self._variables: dict[Where, str] = {}
        self._problems: list[tuple[Where, Problem]] = []

    @classmethod
    def of(cls, file: Path, nodes: Nodes, value: Any) -> "Document":
        document = cls(file, value)
        document.secrets = nodes.secrets
        document._places = nodes.places
        document._problems = [
            (where, Problem(str(file), line, column, dotted(where), message)) for where, (line, column), message in nodes.mistakes
        ]
        return document

    @property
    def base_dir(self) -> Path:
        """What relative paths in the file are relative to."""
        return self.file.absolute().parent if self.file else Path.cwd()

    def get(self, at: Where) -> Any:
        """The value at `at`; None if there is nothing."""
        value = self.value
        for step in at:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def position(self, at: Where, *, key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `at` (or of its key), else of what it would stand in."""
        for end in range(len(at), -1, -1):
            place = self._places.get(at[:end])
            if place is not None:
                return place.key if key and end == len(at) else place.value
        return 1, 1

    def variables(self, at: Where) -> tuple[str, ...]:
        """The variables that `${…}` in this scalar read: its value is not to be shown."""
        place = self._places.get(at)
        return place.variables if place else ()

    def problem(self, at: Where, message: str, *, key: bool = False) -> Problem:
        """A mistake at `at`, or in the environment variable that replaced it."""
        for end in range(len(at), 0, -1):
            if variable := self._variables.get(at[:end]):
                return Problem("environment", 0, 0, variable, message)
        if self.file is None:
            return Problem("settings", 0, 0, dotted(at), message)
        line, column = self.position(at, key=key)
        return Problem(str(self.file), line, column, dotted(at), message)

    def problems(self, at: Where = ()) -> list[Problem]:
        """What was wrong while reading `at` and what it contains."""
        return [problem for where, problem in self._problems if where[: len(at)] == at]

    def misread(self, at: Where) -> bool:
        """Whether the value at `at` is only a stand-in for one that could not be read."""
        return any(where == at[: len(where)] for where, _ in self._problems)

    def report(self, problem: Problem) -> None:
        """Add a mistake that was found around the document, not at one of its values."""
        self._problems.append(((problem.path,), problem))

    def override(self, at: Where, value: Any, variable: str) -> None:
        """Put an environment variable's value at `at`; a parent that is no mapping is left for validation to refuse."""
        parent = self.value
        for step in at[:-1]:
            if isinstance(parent, dict) and parent.get(step) is None:
                parent[step] = {}
            parent = parent[step] if isinstance(parent, dict) else None
        if not isinstance(parent, dict):
            return
        parent[at[-1]] = value
        self._variables[at] = variable
        self._places = {where: place for where, place in self._places.items() if where[: len(at)] != at}
        self._problems = [(where, problem) for where, problem in self._problems if where[: len(at)] != at]


def read_document(file: Path, environ: Mapping[str, str]) -> Document:
    """Read a file and fill in its variables; an empty one is an empty mapping.

    Raises `ConfigError` for a file that cannot be read or is not YAML. What is merely wrong inside it (a variable that is
    not set, a duplicate key) waits in `Document.problems`.
    """
    text = _text(file)
    root = compose(file, text)
    if root is None:
        return Document(file, {})
    nodes = Nodes(text, environ)
    try:
        value = nodes.read(root)
    except TooManyAliases as error:
        message = f"aliases of this stand for more than {MAX_ALIASED:,} values"
        raise ConfigError([Problem(str(file), *error.position, "", message)]) from None
    return Document.of(file, nodes, {} if value is None else value)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ConfigError([Problem(str(file), 1, 1, "", reason)]) from None
    if len(data) > MAX_BYTES:
        raise ConfigError([Problem(str(file), 1, 1, "", f"larger than {MAX_BYTES // 1024**2} MiB")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise ConfigError([Problem(str(file), line, column, "", "not UTF-8 text")]) from None
