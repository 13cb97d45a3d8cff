import sys
from pathlib import Path

import pytest

from app.config.entries import Entry
from app.config.lookup import StageLookup, StageNotFound, registered
from pipeline.stages import BUILTIN
from tests.app.config.packages import install

STAGE = """\
class Mine:
    async def request(self, flow): ...

class Other:
    async def request(self, flow): ...

not_a_class = 5
"""


def entry(use: str | None = None, name: str = "mine") -> Entry:
    return Entry(name, ("pipeline", 0), {}, ("pipeline", 0), use)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_built_in_stage_is_found_by_its_name(name: str, tmp_path: Path) -> None:
    assert isinstance(StageLookup(tmp_path).find(entry(name=name)), type)


def test_a_file_is_found_beside_the_configuration_and_run_once(tmp_path: Path) -> None:
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages" / "mine.py").write_text(STAGE)
    lookup = StageLookup(tmp_path)
    mine, other = (lookup.find(entry(f"./stages/mine.py:{name}")) for name in ("Mine", "Other"))
    assert (mine.__name__, other.__name__) == ("Mine", "Other")
    assert sys.modules[mine.__module__] is sys.modules[other.__module__]


def test_the_next_compilation_runs_the_file_anew(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(STAGE)
    first = StageLookup(tmp_path).find(entry("./mine.py:Mine"))
    file.write_text(STAGE.replace("Mine:", "Mine:\n    version = 'the second one'"))
    second = StageLookup(tmp_path).find(entry("./mine.py:Mine"))
    assert not hasattr(first, "version")
    assert hasattr(second, "version")


def test_a_module_is_found_by_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_by_use.py").write_text(STAGE)
    monkeypatch.syspath_prepend(tmp_path)
    assert StageLookup(Path("/nowhere")).find(entry("acme_by_use:Mine")).__module__ == "acme_by_use"


def test_an_installed_package_s_stage_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "acme", {"mine": "acme_installed:Mine"}, {"acme_installed": STAGE})
    assert "acme_installed" not in sys.modules
    assert StageLookup(tmp_path).find(entry()).__module__ == "acme_installed"


def test_looking_names_up_imports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "acme", {"region_pin": "acme_untouched:Mine"}, {"acme_untouched": "raise SystemExit"})
    with pytest.raises(StageNotFound, match="no stage is called 'regionpin', did you mean 'region_pin'"):
        registered("regionpin")
    assert registered("region_pin") == "acme_untouched:Mine"
    assert "acme_untouched" not in sys.modules


def test_two_packages_that_offer_one_name_are_a_question_to_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        install(tmp_path / name, monkeypatch, name, {"pin": f"{name}:Pin"}, {})
    with pytest.raises(StageNotFound, match="write `use:` with one:Pin or two:Pin"):
        registered("pin")


@pytest.mark.parametrize(
    ("source", "use", "message"),
    [
        ("", "./none.py:Mine", r"cannot import ./none\.py: FileNotFoundError"),
        ("", "no_such_package.stages:Mine", "cannot import no_such_package.stages: ModuleNotFoundError: No module named"),
        ("import no_such_thing", "./mine.py:Mine", "cannot import ./mine.py: ModuleNotFoundError: No module named"),
        ("raise ValueError('one\\ntwo')", "./mine.py:Mine", "cannot import ./mine.py: ValueError: one$"),
        ("def (", "./mine.py:Mine", "cannot import ./mine.py: SyntaxError: "),
        ("raise SystemExit(3)", "./mine.py:Mine", "cannot import ./mine.py: SystemExit: 3"),
        (STAGE, "./mine.py:Mien", "./mine.py has no class 'Mien', did you mean 'Mine'?"),
        (STAGE, "./mine.py:not_a_class", "./mine.py has no class 'not_a_class'"),
    ],
)
def test_what_cannot_be_found_says_why(tmp_path: Path, source: str, use: str, message: str) -> None:
    (tmp_path / "mine.py").write_text(source)
    with pytest.raises(StageNotFound, match=message):
        StageLookup(tmp_path).find(entry(use))


def test_an_unknown_name_without_a_likeness_lists_the_known_ones() -> None:
    with pytest.raises(StageNotFound, match="no stage is called 'zzz'; known are auth, ip_allowlist"):
        registered("zzz")
