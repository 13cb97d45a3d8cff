"""The `pipeline:` list as ready stages: found, checked, given their options, and built."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from app.config.document import Document
from app.config.entries import Entry, read_entries
from app.config.load import open_document, read_settings
from app.config.lookup import StageLookup, StageNotFound
from app.config.options import read_options
from app.config.problems import ConfigError, Problem
from app.config.settings import Settings
from app.config.validate import redacted
from pipeline.compile import Pipeline, build, hook_problems, order_problems
from pipeline.ports import Ports
from pipeline.stages import content_log


class NoPorts:
    """Stands in for every port while a file is only checked: a stage may keep what it finds here, not call it."""

    def __getattr__(self, name: str) -> "NoPorts":
        if name.startswith("__"):
            raise AttributeError(name)
        return self


NO_PORTS = cast("Ports", NoPorts())


def compile_stages(settings: Settings, ports: Ports = NO_PORTS, innermost: Sequence[tuple[str, Any]] = ()) -> Pipeline:
    """With the `innermost` stages after those of the list. Raises `ConfigError` with everything that is wrong with the list.
    Without ports the result is only to be looked at."""
    making = _Making(settings.document, ports)
    stages = making.stages()
    if making.problems:
        raise ConfigError(making.problems)
    if settings.log.content:
        stages = [(content_log.NAME, content_log.ContentLog(ports)), *stages]
    return Pipeline([*stages, *innermost], _limits(making.entries, stages, settings.routing.timeouts.stage))


def _limits(entries: list[Entry], stages: list[tuple[str, Any]], default: float) -> dict[str, float]:
    """Seconds for each call of a hook. A stage that never waits has no limit unless its entry gives one."""
    waits = {name: getattr(stage, "waits", True) for name, stage in stages}
    return {entry.name: entry.timeout or default for entry in entries if entry.timeout or waits[entry.name]}


def check(config: Path | None, environ: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with the settings and with the stages; empty if the gateway would start."""
    try:
        document = open_document(config, environ)
    except ConfigError as error:
        return error.problems
    making = _Making(document, NO_PORTS)
    making.stages()
    _, problems = read_settings(document)
    if problems or making.problems:
        return ConfigError([*problems, *making.problems]).problems
    return []


class _Making:
    """One compilation: goes on after a mistake, so that all of them are found."""

    def __init__(self, document: Document, ports: Ports) -> None:
        self.document = document
        self.ports = ports
        self.entries, self.problems = read_entries(document)

    def stages(self) -> list[tuple[str, Any]]:
        found = self._found()
        for index, message in order_problems([(entry.name, stage) for entry, stage in found]):
            self._report(found[index][0], message)
        made = []
        for entry, stage in found:
            before = len(self.problems)
            for message in hook_problems(stage):
                self._report(entry, message)
            try:
                options = read_options(self.document, entry, stage)
            except ConfigError as error:
                self.problems += error.problems
            if len(self.problems) == before:
                made.append((entry.name, self._built(entry, stage, options)))
        return made

    def _found(self) -> list[tuple[Entry, type]]:
        lookup = StageLookup(self.document.base_dir)
        first: dict[str, Entry] = {}
        found = []
        for entry in self.entries:
            if entry.name in first:
                line, _ = self.document.position(first[entry.name].at)
                self._report(entry, f"{entry.name!r} is already in the list, on line {line}")
                continue
            first[entry.name] = entry
            try:
                found.append((entry, lookup.find(entry)))
            except StageNotFound as error:
                self._report(entry, redacted(self.document, str(error)))
        return found

    def _built(self, entry: Entry, stage: type, options: Any) -> Any:
        try:
            return build(stage, options, self.ports)
        except Exception as error:  # noqa: BLE001 - a stage may do anything while it is built
            if isinstance(error, ValueError) and not isinstance(error, ValidationError):
                self._report(entry, redacted(self.document, str(error)))
            else:
                # Only its type: what else a crash says was not written to be shown.
                self._report(entry, f"{stage.__name__} cannot be built: it raised {type(error).__name__}")
        return None

    def _report(self, entry: Entry, message: str) -> None:
        self.problems.append(self.document.problem(entry.at, message))
