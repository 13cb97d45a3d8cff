"""Ids where there are none."""

from providers.canonical import ToolCall
from providers.formats.gemini.call_ids import Pending, is_made, made


def pending(*calls: tuple[str, str]) -> Pending:
    found = Pending()
    for call_id, name in calls:
        found.called(ToolCall(call_id, name, "{}"))
    return found


def test_a_result_is_for_the_call_that_it_names() -> None:
    calls = pending(("a", "f"), ("b", "f"))
    assert [calls.answered("b", "f"), calls.answered("a", "f")] == ["b", "a"]


def test_without_an_id_it_is_for_the_first_of_that_name() -> None:
    calls = pending(("a", "f"), ("b", "g"), ("c", "f"))
    assert [calls.answered(None, name) for name in ("g", "f", "f")] == ["b", "a", "c"]


def test_an_id_that_the_call_did_not_have_is_overlooked() -> None:
    own = made("history", 1)
    assert pending((own, "f")).answered("xyz", "f") == own


def test_a_result_of_no_call_keeps_its_id_or_gets_one() -> None:
    assert pending(("a", "f")).answered("z", "g") == "z"
    assert is_made(pending().answered(None, "f"))


def test_made_ids_are_the_same_at_every_turn_and_differ_within() -> None:
    assert made("x", 1) == made("x", 1)
    assert len({made("x", 1), made("x", 2), made("y", 1)}) == 3
    assert len(made("x", 1)) <= 40
