"""A real installed package, as pip would leave it behind: modules and a dist-info with entry points."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest


def install(
    site: Path, monkeypatch: pytest.MonkeyPatch, name: str, stages: Mapping[str, str], modules: Mapping[str, str]
) -> None:
    """`stages` maps names to `module:Class`, `modules` names to source; `site` is put on `sys.path` for the test."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    points = "".join(f"{stage} = {place}\n" for stage, place in stages.items())
    (info / "entry_points.txt").write_text(f"[aihub.stages]\n{points}")
    for module, source in modules.items():
        (site / f"{module}.py").write_text(source)
        package = module.partition("/")[0]
        # Set and deleted by the same patch, which so forgets at the test's end whatever is imported in between.
        monkeypatch.setitem(sys.modules, package, ModuleType(package))
        del sys.modules[package]
    monkeypatch.syspath_prepend(site)
