"""Names with `*` and `?`."""

import pytest

from pipeline.patterns import Patterns

ROWS: list[tuple[list[str], str, bool]] = [
    (["gpt-4"], "gpt-4", True),
    (["gpt-4"], "gpt-4o", False),
    (["gpt-4"], "GPT-4", False),
    (["gpt-*"], "gpt-", True),
    (["gpt-*"], "gpt-4o", True),
    (["gpt-*"], "my-gpt-4", False),
    (["gpt-?"], "gpt-4", True),
    (["gpt-?"], "gpt-4o", False),
    (["*"], "anything/at:all", True),
    (["*"], "", True),
    (["*-mini"], "o1-mini", True),
    (["a", "b*"], "bb", True),
    (["a", "b*"], "ab", False),
    (["gpt.4*"], "gpt-4o", False),
    (["m[1]*"], "m[1]x", True),
    (["m[1]*"], "m1x", False),
    (["m[!a]?"], "m[!a]z", True),
    (["a|b*"], "a", False),
    (["(a)*"], "(a)b", True),
    ([], "x", False),
    ([], "", False),
]


@pytest.mark.parametrize(("names", "name", "matches"), ROWS)
def test_what_matches(names: list[str], name: str, matches: bool) -> None:
    assert (name in Patterns(names)) is matches


@pytest.mark.parametrize(("names", "empty"), [([], True), (["a"], False), (["*"], False)])
def test_an_empty_list_is_false(names: list[str], empty: bool) -> None:
    assert bool(Patterns(names)) is not empty


def test_names_are_listed_exact_ones_first_and_once() -> None:
    assert list(Patterns(["z*", "b", "a", "b", "y?"])) == ["a", "b", "z*", "y?"]
    assert repr(Patterns(["b", "*"])) == "Patterns(['b', '*'])"
