"""What holds for every example of a whole installation."""

import re

import pytest

from tests.examples.running import EXAMPLES

NAMES = sorted(file.name.removesuffix(".state.yaml") for file in EXAMPLES.glob("*.state.yaml"))


def test_each_is_a_pair_and_is_run_by_a_test_of_its_name() -> None:
    assert {file.name for file in EXAMPLES.glob("*.yaml")} == {
        f"{name}{end}" for name in NAMES for end in (".yaml", ".state.yaml")
    }
    tests = {file.name for file in (EXAMPLES.parent / "tests" / "examples").glob("test_*.py")}
    assert {f"test_{name}.py" for name in NAMES} <= tests


@pytest.mark.parametrize("name", NAMES)
def test_its_first_lines_set_each_variable_that_has_no_default(name: str) -> None:
    text = (EXAMPLES / f"{name}.yaml").read_text() + (EXAMPLES / f"{name}.state.yaml").read_text()
    first = text.partition("\n\n")[0]
    assert [variable for variable in re.findall(r"\$\{(\w+)\}", text) if f"{variable}=" not in first] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_key_stands_in_it(name: str) -> None:
    for file in (f"{name}.yaml", f"{name}.state.yaml"):
        assert re.findall(r"\bsk-\w+", (EXAMPLES / file).read_text()) == []
