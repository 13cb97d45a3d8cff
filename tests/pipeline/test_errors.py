"""The tree that the page draws is the tree there is."""

import inspect
import re

import pytest

from pipeline import errors
from pipeline.errors import BadRequest, GatewayError, MethodNotAllowed

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, GatewayError)]
DRAWN = dict(re.findall(r"^ {4,}(\w+) +(\d{3}|\w)", errors.__doc__ or "", re.MULTILINE))


def test_every_error_is_drawn() -> None:
    assert {kind.__name__ for kind in KINDS} - {"GatewayError"} == set(DRAWN)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_has_the_status_that_is_drawn_and_a_code(kind: type[GatewayError]) -> None:
    drawn = DRAWN.get(kind.__name__, "")
    assert drawn.isdecimal() is (kind.__name__ not in ("GatewayError", "Rejected"))
    assert str(kind.status) == drawn or not drawn.isdecimal()
    assert re.fullmatch(r"[a-z_]+", kind.code)


def test_only_wrong_and_unknown_keys_are_401_and_an_empty_account_no_429() -> None:
    assert [kind.__name__ for kind in KINDS if kind.status == 401] == ["Unauthenticated"]
    assert (errors.OutOfCredit.status, errors.OutOfCredit.code) == (402, "insufficient_quota")


def test_a_code_is_one_error_s_own() -> None:
    assert BadRequest("x", code="special", param="p", retry_after=2).code == "special"
    assert BadRequest("x").code == "invalid_request"
    assert (str(BadRequest("words")), MethodNotAllowed("x", "GET, POST").allow) == ("words", "GET, POST")
