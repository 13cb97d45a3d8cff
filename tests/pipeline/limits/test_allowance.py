"""What is read as limits, what is refused, and what goes before what."""

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from pipeline.limits.allowance import MEASURES, Allowance, over, read_allowance, stored_allowance
from pipeline.refusal import reasons


def sizes(allowance: Allowance) -> dict[str, int]:
    return {measure.word: size for measure, size in allowance.sizes}


def test_every_measure_is_read() -> None:
    written = {"rpm": 1, "tpm": 2, "rpd": 3, "tpd": 4, "concurrent": 5}
    assert sizes(read_allowance(written)) == written
    assert list(MEASURES) == list(written)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (5, "expected limits such as {rpm: 60}"),
        ([], "expected limits such as {rpm: 60}"),
        ({}, "this limits nothing: name at least one of rpm, tpm, rpd, tpd, concurrent, or leave it out"),
        ({"rmp": 5}, "rmp.[key]: a limit knows no 'rmp', did you mean 'rpm'?"),
        ({"rpm": "60"}, "rpm: expected an integer, or `unlimited`"),
        ({"rpm": 1.5}, "rpm: expected an integer, or `unlimited`"),
        ({"rpm": True}, "rpm: expected an integer, or `unlimited`"),
        ({"rpm": None}, "rpm: expected an integer, or `unlimited`"),
        ({"tpm": 0}, "tpm: must be at least 1: to allow nothing, disable it instead"),
        ({"tpm": -1}, "tpm: must be at least 1: to allow nothing, disable it instead"),
        ({"tpd": 10**12 + 1}, "tpd: must be at most 1000000000000"),
    ],
)
def test_a_mistake_is_named_at_its_place(value: Any, told: str) -> None:
    with pytest.raises((ValidationError, PydanticCustomError)) as caught:
        read_allowance(value)
    error = caught.value
    assert (reasons(error) if isinstance(error, ValidationError) else error.message()) == told


@pytest.mark.parametrize(
    ("own", "default", "result"),
    [
        ({"rpm": 5}, {"rpm": 60, "tpm": 9}, {"rpm": 5, "tpm": 9}),
        ({"rpm": 100}, {"rpm": 60}, {"rpm": 100}),
        ({"rpm": "unlimited"}, {"rpm": 60, "tpm": 9}, {"tpm": 9}),
        ({"concurrent": 1}, {"rpm": 60}, {"concurrent": 1, "rpm": 60}),
    ],
)
def test_an_own_limit_replaces_the_default_of_the_same_measure(
    own: dict[str, Any], default: dict[str, Any], result: dict[str, int]
) -> None:
    assert sizes(over(read_allowance(own), read_allowance(default))) == result


def test_a_row_that_says_nothing_has_no_allowance() -> None:
    assert stored_allowance({}) is None
    assert sizes(stored_allowance({"rpm": 5}) or Allowance()) == {"rpm": 5}
