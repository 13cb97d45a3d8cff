"""What is ill-formed does not hide what is well-formed."""

from pathlib import Path

import pytest

from app.config.problems import ConfigError
from app.state.read import read_state

MIXED = """\
users:
  - {username: alice}
  - {username: bob, rle: admin}
  - carol
channels: not a list
tokens: [{name: t, user: alice, models: [a, b]}]
"""


def test_well_formed_entries_keep_their_places(tmp_path: Path) -> None:
    file = tmp_path / "state.yaml"
    file.write_text(MIXED)
    declared = read_state(file, {})
    assert list(declared.users) == [0]
    assert list(declared.tokens) == [0]
    assert declared.channels == {}
    assert [problem.line for problem in declared.problems] == [3, 4, 5]


def test_texts_are_found_where_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "state.yaml"
    file.write_text(MIXED)
    declared = read_state(file, {})
    assert list(declared.texts("users", "username")) == [
        (("users", 0, "username"), "alice"),
        (("users", 1, "username"), "bob"),
    ]
    assert [where for where, _ in declared.texts("tokens", "models")] == [("tokens", 0, "models", 0), ("tokens", 0, "models", 1)]
    assert list(declared.texts("channels", "name")) == []


@pytest.mark.parametrize("text", ["users: [", "a: 1\n  b: 2", "\tusers: []"])
def test_what_is_no_yaml_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "state.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        read_state(file, {})


@pytest.mark.parametrize("text", ["[]", "just text", "3"])
def test_a_state_is_a_mapping(tmp_path: Path, text: str) -> None:
    file = tmp_path / "state.yaml"
    file.write_text(text)
    (problem,) = read_state(file, {}).problems
    assert "expected a mapping" in problem.message
