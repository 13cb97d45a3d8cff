import pytest

from app.config.variables import fill

ENVIRON = {"HOST": "db", "EMPTY": "", "BROKEN": "a\udcff", "MONEY": "$$5 ${HOST}"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("${HOST}", "db"),
        ("a ${HOST}:${HOST}", "a db:db"),
        ("${EMPTY}", ""),
        ("${EMPTY:-x}", "x"),
        ("${NOPE:-x y}", "x y"),
        ("${NOPE:-}", ""),
        ("$$", "$"),
        ("$${HOST}", "${HOST}"),
        ("${NOPE:-a$$b}", "a$b"),
        ("$argon2id$v=19", "$argon2id$v=19"),
        ("${MONEY}", "$$5 ${HOST}"),
    ],
)
def test_references_are_replaced_once(text: str, filled: str) -> None:
    result = fill(text, ENVIRON)
    assert (result.text, result.faults) == (filled, [])


@pytest.mark.parametrize(
    ("text", "start", "message"),
    [
        ("${NOPE}", "${NOPE", "NOPE is not set: set it, or write ${NOPE:-default}"),
        ("${BROKEN}", "${BROKEN", "BROKEN is not UTF-8"),
        ("${", "${", "write ${NAME} or ${NAME:-default}"),
        ("${1A}", "${", "write ${NAME} or ${NAME:-default}"),
        ("${A:-${B}}", "${", "write ${NAME} or ${NAME:-default}"),
        ("${A-x}", "${", "write ${NAME} or ${NAME:-default}"),
    ],
)
def test_references_that_cannot_be_replaced(text: str, start: str, message: str) -> None:
    fault = fill(text, ENVIRON).faults[0]
    assert fault.start == start
    assert message in fault.message


def test_what_was_read_is_known_so_that_it_can_be_hidden() -> None:
    assert fill("${HOST} ${EMPTY:-x} ${NOPE:-y}", ENVIRON).read == {"HOST": "db"}
