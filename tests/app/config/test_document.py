from pathlib import Path

import pytest

from app.config.document import MAX_BYTES, Document, read_document
from app.config.problems import ConfigError, Where
from tests.app.config.conftest import Write

TEXT = """\
server:
  port: 80
  list: [a, bb]
pipeline:
  - auth
  - limit: {user: 1}
"""
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))


@pytest.mark.parametrize(
    ("at", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("server",), (2, 3), (1, 1)),
        (("server", "port"), (2, 9), (2, 3)),
        (("server", "list", 1), (3, 13), (3, 13)),
        (("pipeline", 1, "limit", "user"), (6, 19), (6, 13)),
        (("server", "nothing"), (2, 3), (2, 3)),
        (("server", "nothing", "below"), (2, 3), (2, 3)),
        (("nothing",), (1, 1), (1, 1)),
    ],
)
def test_positions_of_values_keys_and_what_is_missing(
    write: Write, at: Where, value: tuple[int, int], key: tuple[int, int]
) -> None:
    document = write(TEXT)
    assert document.position(at) == value
    assert document.position(at, key=True) == key


def test_a_byte_order_mark_moves_nothing(write: Write) -> None:
    assert write("\ufeffa: 1").position(("a",)) == (1, 4)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null"])
def test_an_empty_file_is_an_empty_mapping(write: Write, text: str) -> None:
    assert write(text).value == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\nb: \xc3\xa9 \xff", "2:6: not UTF-8 text"),
        (b"#" * (MAX_BYTES + 1), "1:1: larger than 4 MiB"),
        (LAUGHS.encode(), "aliases of this stand for more than 100,000 values"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_document(file, {})


def test_a_missing_file_and_a_directory_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml:1:1: no such file"):
        read_document(tmp_path / "none.yaml", {})
    with pytest.raises(ConfigError, match="1:1: is a directory"):
        read_document(tmp_path, {})


def test_a_document_knows_which_variables_are_in_a_value(write: Write) -> None:
    document = write("a: x${A}${B:-b}\nb: 1", A="aaaa")
    assert document.variables(("a",)) == ("A",)
    assert document.variables(("b",)) == ()
    assert document.secrets == {"A": "aaaa"}


def test_an_override_replaces_the_value_its_place_and_its_mistakes(write: Write) -> None:
    document = write("server: {port: 1}\ndatabase: ${NOPE}")
    document.override(("server", "port"), 2, "AIHUB_PORT")
    document.override(("database",), "sqlite:///x", "AIHUB_DATABASE")
    document.override(("routing", "attempts"), 3, "AIHUB_ROUTING_ATTEMPTS")
    assert document.value == {"server": {"port": 2}, "database": "sqlite:///x", "routing": {"attempts": 3}}
    assert document.problems() == []
    assert str(document.problem(("server", "port"), "wrong")) == "environment: AIHUB_PORT: wrong"


def test_an_override_leaves_a_parent_that_is_no_mapping_alone(write: Write) -> None:
    document = write("server: 5")
    document.override(("server", "port"), 2, "AIHUB_PORT")
    assert document.value == {"server": 5}


def test_values_made_in_python_have_no_lines() -> None:
    assert str(Document(None, {"a": 1}).problem(("a",), "wrong")) == "settings: a: wrong"


@pytest.mark.parametrize(
    ("at", "value"), [(("pipeline", 0), "auth"), (("pipeline", 9), None), (("server", "port", "x"), None), (("no",), None)]
)
def test_getting_what_is_not_there_gives_none(write: Write, at: Where, value: object) -> None:
    assert write(TEXT).get(at) == value
