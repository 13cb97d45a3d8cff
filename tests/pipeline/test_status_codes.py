"""Statuses for statuses, as they are written."""

from typing import Any

import pytest

from pipeline.status_codes import read_status_codes
from tests.pipeline.overrides.acting import refusal_of


@pytest.mark.parametrize(
    "written", [{429: 503, 500: 502}, {"429": 503, "500": 502}, {"429": "503", "500": "502"}, '{"429": "503", "500": 502}']
)
def test_every_way_to_write_them_means_the_same(written: Any) -> None:
    assert read_status_codes(written) == {429: 503, 500: 502}


@pytest.mark.parametrize("written", [{}, "", "{}"])
def test_nothing_is_nothing(written: Any) -> None:
    assert read_status_codes(written) == {}


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({200: 503}, "200.[key]"),
        ({"x": 503}, "x.[key]"),
        ({429: 200}, "429"),
        ({429: True}, "429"),
        ({429: 600}, "429"),
        ({429: 5.5}, "429"),
    ],
)
def test_only_errors_have_a_status_to_change(written: Any, place: str) -> None:
    assert refusal_of(read_status_codes, written) == f"{place}: expected the status of an error, from 400 to 599"
