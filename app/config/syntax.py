"""YAML text to PyYAML's node tree; what is not YAML, or too much of it, is refused with its place."""

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

from app.config.problems import ConfigError, Problem

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

PLAIN = "?"
"""The tag of an unquoted, untagged scalar: what it means is decided by `app.config.scalars`."""

MAX_DEPTH = 100
MAX_NODES = 1_000_000


class _PlainLoader(_Loader):  # type: ignore[misc]
    """Leaves unquoted scalars unresolved, where PyYAML would apply YAML 1.1."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: Any) -> Any:
        if kind is yaml.ScalarNode and implicit[0]:
            return PLAIN
        return super().resolve(kind, value, implicit)


def compose(file: Path, text: str) -> yaml.Node | None:
    """The root node; None if there is nothing but comments. Raises `ConfigError` with one problem."""
    try:
        _refuse_excess(file, text)
        root: yaml.Node | None = yaml.compose(text, _PlainLoader)
    except MarkedYAMLError as error:
        raise ConfigError([_explained(file, text, error)]) from None
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        raise ConfigError([Problem(str(file), line, column, "", "a control character is not allowed in YAML")]) from None
    return root


def _refuse_excess(file: Path, text: str) -> None:
    """Reads events only, which takes no stack: composing 200,000 nested lists ends the process."""
    depth = nodes = documents = 0
    for event in yaml.parse(text, _Loader):
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        excess = (
            (depth > MAX_DEPTH and f"nested deeper than {MAX_DEPTH} levels")
            or (nodes > MAX_NODES and f"more than {MAX_NODES:,} values in one file")
            or (documents > 1 and "a second document begins here: write one document in a file")
        )
        if excess:
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise ConfigError([Problem(str(file), line, column, "", excess)])


def _explained(file: Path, text: str, error: MarkedYAMLError) -> Problem:
    problem = error.problem or "this cannot be read"
    marks = (error.problem_mark, error.context_mark)
    # A quote that is never closed is found at the end of the file; where it opens is more use.
    mark = next(filter(None, reversed(marks) if problem.endswith("end of stream") else marks), None)
    lines = text.split("\n")
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1])
    reference = lines[line].find("${", max(0, column - 1), column + 1)
    if reference >= 0:
        column = reference
        message = 'inside {…} and […] put "${NAME}" in quotes; for a number, write it on a line of its own'
    elif "\t" in lines[line][: len(lines[line]) - len(lines[line].lstrip())]:
        message = "a tab cannot indent in YAML: use spaces"
    else:
        # PyYAML without libyaml quotes an unknown alias or tag, which may be a password that was not put in quotes.
        problem = re.sub(r"^(found (?:undefined|duplicate)[a-z ]*) '.*", r"\1", problem)
        message = f"not valid YAML: {problem}" + (f", {error.context}" if error.context else "")
    return Problem(str(file), line + 1, column + 1, "", message)
