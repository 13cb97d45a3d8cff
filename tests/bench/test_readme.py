"""The method's page has every server and every load by its name."""

import shlex

import pytest

from bench.compare import SERVERS, parser
from bench.loads import LOADS
from tests.docs.pages import Page, names

PAGE = Page("bench/README.md")


@pytest.mark.parametrize(("heading", "rows"), [("Servers", SERVERS), ("Loads", LOADS)])
def test_the_table_has_what_there_is_in_its_order(heading: str, rows: tuple[object, ...]) -> None:
    named = [names(first)[0] for first, *_ in PAGE.table(heading)]
    assert named == [row.name for row in rows]  # type: ignore[attr-defined]


def test_the_command_it_shows_is_understood() -> None:
    [command] = [block for block in PAGE.code("sh") if "compare.py" in block]
    options = parser().parse_args(shlex.split(command)[2:])
    assert ([spec.name for spec in options.only], [load.name for load in options.load]) == (["floor", "aihub"], ["unary"])


def test_an_unknown_name_is_answered_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--load", "unray"])
    said = capsys.readouterr().err
    assert "unray" in said
    assert all(load.name in said for load in LOADS)
