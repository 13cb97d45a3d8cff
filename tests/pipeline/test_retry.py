"""The default verdicts, as a table."""

import pytest

from pipeline.retry import Failure, Verdict, verdict

NEXT, NEXT_ONLY, FINAL = Verdict.NEXT, Verdict.NEXT_ONLY, Verdict.FINAL

TABLE = {
    NEXT: [None, 408, 429, 500, 501, 502, 503, 504, 520, 529, 599],
    NEXT_ONLY: [404],
    FINAL: [400, 401, 402, 403, 405, 409, 410, 413, 415, 422, 451],
}


@pytest.mark.parametrize(("status", "expected"), [(status, row) for row, statuses in TABLE.items() for status in statuses])
def test_the_vendor_s_status_decides(status: int | None, expected: Verdict) -> None:
    assert verdict(Failure("x", status=status)) is expected


@pytest.mark.parametrize("status", [None, 400, 401, 402, 403, 429, 503])
def test_a_fault_of_our_account_moves_on_and_never_comes_back(status: int | None) -> None:
    assert verdict(Failure("x", status=status, ours=True)) is NEXT_ONLY


def test_a_connection_that_had_gone_before_the_first_byte_is_tried_again_at_once() -> None:
    assert verdict(Failure("x", unsent=True)) is Verdict.SAME_ONCE


def test_a_request_that_does_not_suit_the_model_falls_back_to_another() -> None:
    assert verdict(Failure("x", status=400, unfit=True)) is Verdict.FALLBACK


def test_a_timeout_may_pass() -> None:
    assert verdict(Failure("x", timed_out=True)) is NEXT
