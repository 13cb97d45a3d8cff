from pathlib import Path

import pytest

from app.config.problems import ConfigError
from app.config.syntax import MAX_NODES, compose

FILE = Path("x.yaml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: b: c", "1:5: not valid YAML: mapping values are not allowed"),
        ("a:\n  - 'x\n", "2:5: not valid YAML: found unexpected end of stream"),
        ("a: [1\nb: 2", "2:2: not valid YAML: "),
        ("a:\n\tb: 1", "2:1: a tab cannot indent in YAML: use spaces"),
        ("a: {p: ${P}}", '1:8: inside {…} and […] put "${NAME}" in quotes'),
        ("a: [1, ${P}]", '1:8: inside {…} and […] put "${NAME}" in quotes'),
        ("a: *nowhere", "1:4: not valid YAML: found undefined alias"),
        ("a: 1\n--- \nb: 2", "2:1: a second document begins here"),
        ("a: 1\nb: \x07", "2:4: a control character is not allowed"),
        ("[" * 200_000, "1:101: nested deeper than 100 levels"),
        ("a:\n- " + "- " * 200, "nested deeper than 100 levels"),
    ],
)
def test_what_is_not_yaml_is_refused_at_its_place(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        compose(FILE, text)
    assert len(error.value.problems) == 1
    assert problem in str(error.value)


@pytest.mark.parametrize("text", ["password: *hunter2", "password: !hunter2!x y", "password: {a: hunter2", "password: @hunter2"])
def test_a_syntax_error_quotes_nothing_of_the_file(text: str) -> None:
    with pytest.raises(ConfigError) as error:
        compose(FILE, text)
    assert "hunter2" not in str(error.value)


def test_too_many_values_are_refused_before_they_take_memory() -> None:
    with pytest.raises(ConfigError, match="more than 1,000,000 values"):
        compose(FILE, "[" + "1," * (MAX_NODES + 1) + "]")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_an_empty_file_has_no_root(text: str) -> None:
    assert compose(FILE, text) is None
