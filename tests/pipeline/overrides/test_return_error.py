"""The operator's own refusal."""

from typing import Any

import pytest

from pipeline.errors import Rejected
from pipeline.overrides.param_override import read_param_override
from tests.pipeline.overrides.acting import operated, refusal_of


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("not here", ("not here", 400, "invalid_request", "invalid_request_error")),
        (
            {"message": "no", "status": 422, "code": "model_not_allowed", "type": "policy"},
            ("no", 422, "model_not_allowed", "policy"),
        ),
        ({"message": "no", "status_code": 451, "skip_retry": True}, ("no", 451, "invalid_request", "invalid_request_error")),
    ],
)
def test_the_caller_is_told_what_the_operator_wrote(value: Any, told: tuple[str, int, str, str]) -> None:
    with pytest.raises(Rejected) as raised:
        operated({}, {"mode": "return_error", "value": value})
    error = raised.value
    assert (error.message, error.status, error.code, error.kind) == told


def test_only_where_its_conditions_hold() -> None:
    refuse = {"mode": "return_error", "value": "no", "conditions": {"model": "other"}}
    assert operated({"model": "served"}, refuse).body == {"model": "served"}


def test_one_refusal_does_not_colour_another() -> None:
    with pytest.raises(Rejected):
        operated({}, {"mode": "return_error", "value": {"message": "no", "status": 451, "type": "policy"}})
    assert (Rejected.status, Rejected.kind) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"message": "no", "status": 200}, "operations.0.value.status: "),
        ({"status": 400}, "operations.0.value.message: Field required"),
        ({"message": "no", "skip_retry": False}, "operations.0.value.skip_retry: only true is possible"),
        (7, "operations.0.value: expected the message"),
    ],
)
def test_what_is_no_error_is_refused_while_it_is_read(value: Any, said: str) -> None:
    assert refusal_of(read_param_override, {"operations": [{"mode": "return_error", "value": value}]}).startswith(said)
