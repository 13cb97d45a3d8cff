"""Counts out of JSON that nobody vouches for."""

from typing import Any

import pytest

from providers.formats.counts import LIMIT, count, member, part, parts, tells, total

ANYTHING = [None, True, 0, -1, 1.5, float("nan"), "9", "text", [], [1], {}, 10**30]


@pytest.mark.parametrize("hostile", [*ANYTHING, False, -(2**63), 9.0, float("inf"), LIMIT + 1])
def test_what_is_no_whole_number_within_the_limit_counts_as_zero(hostile: Any) -> None:
    assert count({"tokens": hostile}, "tokens") == 0


@pytest.mark.parametrize("number", [1, 9, LIMIT])
def test_a_whole_number_within_the_limit_counts(number: int) -> None:
    assert count({"tokens": number}, "tokens") == number


def test_the_first_name_that_counts_something_counts() -> None:
    assert count({"a": 0, "b": "9", "c": 7, "d": 8}, "a", "b", "c", "d") == 7


def test_a_total_stays_within_the_limit() -> None:
    assert total() == 0
    assert total(1, 2, 3) == 6
    assert total(LIMIT, LIMIT) == LIMIT


@pytest.mark.parametrize("value", ANYTHING)
def test_what_is_no_object_has_no_members(value: Any) -> None:
    assert member(value, "a") is None
    assert part(value, "a") == {}
    assert parts(value, "a") == []
    assert part({"a": value}, "a") == {}


def test_the_first_member_that_is_an_object_is_the_part() -> None:
    assert part({"a": None, "b": [], "c": {"d": 1}, "e": {"f": 2}}, "a", "b", "c", "e") == {"d": 1}


def test_what_is_no_object_is_left_out_of_a_list() -> None:
    assert parts({"a": [1, {"b": 1}, None, [{"c": 1}], {}]}, "a") == [{"b": 1}, {}]


@pytest.mark.parametrize(("value", "told"), [({}, False), ({"a": None}, False), ({"a": 0}, True), ({"b": None, "a": "x"}, True)])
def test_a_null_tells_nothing(value: dict[str, Any], told: bool) -> None:
    assert tells(value, "a", "b") is told
