"""Lists for people and for programs."""

import pytest

from app.cli.output import print_json, print_table


def test_a_table_is_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(
        [{"name": "long name", "on": True, "list": ["a", "b"]}, {"name": "n", "on": False, "list": None}], ("name", "on", "list")
    )
    assert capsys.readouterr().out == "name       on   list\nlong name  yes  a,b\nn          no   -\n"


def test_an_empty_table_has_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([], ("name", "on"))
    assert capsys.readouterr().out == "name  on\n"


def test_json_keeps_the_order(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"b": 1, "a": "ключ"})
    assert capsys.readouterr().out == '{\n  "b": 1,\n  "a": "ключ"\n}\n'
