from typing import Any

import pytest

from tests.app.config.conftest import Write


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("model: no\nport: 1_000", {"model": "no", "port": 1000}),
        ("no: 1\n1.5: 2\nnull: 3", {"no": 1, "1.5": 2, "null": 3}),
        ("a: '8080'\nb: !!str 8080\nc: !!int '8080'", {"a": "8080", "b": "8080", "c": 8080}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x {b: 1, c: 1}\nd: {<<: *x, c: 2}", {"a": {"b": 1, "c": 1}, "d": {"b": 1, "c": 2}}),
        ("a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}", {"a": {"k": 1}, "b": {"k": 2, "l": 2}, "c": {"k": 1, "l": 2}}),
        ("a: &x {k: 1}\nb: &y {<<: *x}\nc: {<<: *y}", {"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1}}),
        ("'<<': 1", {"<<": 1}),
        ("a: ${PORT}\nb: '${PORT}'\nc: x${PORT}", {"a": 8080, "b": "8080", "c": "x8080"}),
        ("a: ${FLAG}\nb: ${NOPE:-1_000}\nc: ${NOPE:-}", {"a": True, "b": 1000, "c": None}),
        ("${PORT}: 1", {"${PORT}": 1}),
    ],
)
def test_values(write: Write, text: str, value: Any) -> None:
    document = write(text, PORT="8080", FLAG="true")
    assert document.value == value
    assert document.problems() == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3", "3:1: a: this key is already on line 1"),
        ("s:\n  a: 1\n  'a': 3", "3:3: s.a: this key is already on line 2"),
        ("x: !!python/object:os.system {}", "1:4: x: the tag `!!python/object:os.system` is not supported"),
        ("x: !!timestamp 2024-01-01", "1:4: x: the tag `!!timestamp` is not supported"),
        ("x: !hunter2", "1:4: x: what begins with ! is a tag in YAML: put the value in quotes"),
        ("x: !!int abc", "1:4: x: this is no `!!int`"),
        ("? [a]\n: 1", "1:3: ?: a key must be one word or a quoted text"),
        ("a: {<<: 5}", "1:9: a.<<: `<<` takes another mapping"),
        ("a: &a [*a]", "1:4: a[0]: this alias contains itself"),
        ("a: &a {<<: *a}", "a.<<: `<<` takes another mapping"),
        ("a: ${X}", "1:4: a: the environment variable X is not set"),
        ("a: 'it''s ${X}'", "1:11: a: the environment variable X is not set"),
        ('a: "é\\n ${X}"', "1:9: a: the environment variable X is not set"),
        ("a: |\n  one\n  two ${X}\n", "3:7: a: the environment variable X is not set"),
        ("a: one\n  ${X}", "2:3: a: the environment variable X is not set"),
        ("a:\r\n  b: 1\r\n  c: ${X}\r\n", "3:6: a.c: the environment variable X is not set"),
        ('a: "\\x24{X}"', "1:4: a: the environment variable X is not set"),
        ("a: ${", "1:4: a: write ${NAME} or ${NAME:-default}"),
    ],
)
def test_mistakes(write: Write, text: str, problem: str) -> None:
    [found] = write(text).problems()
    assert problem in str(found)


def test_two_unset_variables_in_one_text_are_two_problems(write: Write) -> None:
    found = write("a: ${X} ${Y} ${X}").problems()
    assert [(problem.line, problem.column) for problem in found] == [(1, 4), (1, 9), (1, 14)]
