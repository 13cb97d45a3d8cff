"""From a stage's name, or what `use:` says, to its class. Nothing is imported that is not asked for."""

import importlib
import importlib.util
import sys
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from app.config.entries import Entry
from app.config.problems import suggest
from pipeline.stages import BUILTIN

GROUP = "aihub.stages"


class StageNotFound(Exception):
    """The message says what was looked for, and why it was not found."""


class StageLookup:
    """The lookups of one compilation: a file that several entries use is executed once, and anew by the next one."""

    def __init__(self, base_dir: Path) -> None:
        self._base_dir = base_dir
        self._files: dict[Path, ModuleType] = {}

    def find(self, entry: Entry) -> type:
        """Raises `StageNotFound`."""
        module_name, _, class_name = (entry.use or registered(entry.name)).rpartition(":")
        try:
            module = self._module(module_name)
        except (Exception, SystemExit) as error:
            # Whatever a module does while it is imported, `sys.exit` included.
            reason = next(iter(str(error).splitlines()), "")
            raise StageNotFound(f"cannot import {module_name}: {type(error).__name__}: {reason}") from error
        found: object = module
        for name in class_name.split("."):
            found = getattr(found, name, None)
        if not isinstance(found, type):
            classes = [name for name, member in vars(module).items() if isinstance(member, type)]
            raise StageNotFound(f"{module_name} has no class {class_name!r}{suggest(class_name, classes)}")
        return found

    def _module(self, name: str) -> ModuleType:
        if not name.endswith(".py"):
            return importlib.import_module(name)
        file = (self._base_dir / name).resolve()
        if file not in self._files:
            self._files[file] = _execute(file)
        return self._files[file]


def registered(name: str) -> str:
    """`module:Class` of a stage called by its name: a built-in one, else one that an installed package announces.

    Reads the packages' metadata only. Raises `StageNotFound`.
    """
    if name in BUILTIN:
        return BUILTIN[name]
    installed = {(point.name, point.value) for point in entry_points(group=GROUP)}
    places = sorted(value for known, value in installed if known == name)
    if len(places) > 1:
        raise StageNotFound(f"several packages offer a stage {name!r}: write `use:` with {' or '.join(places)}")
    if not places:
        known = [*BUILTIN, *sorted(known for known, _ in installed)]
        near = suggest(name, known) or f"; known are {', '.join(known)}"
        raise StageNotFound(f"no stage is called {name!r}{near}")
    return places[0]


def _execute(file: Path) -> ModuleType:
    # Under a name of its own in `sys.modules`, where dataclasses and annotations look their module up.
    name = f"aihub_stage_{file.stem}_{sha256(str(file).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
