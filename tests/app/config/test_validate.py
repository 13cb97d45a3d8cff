from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.config.problems import ConfigError
from app.config.validate import Strict, redacted, validate
from app.config.wording import refusal
from tests.app.config.conftest import Write


class Key(Strict):
    name: str
    key: str
    priority: int = Field(0, ge=0)


class Root(Strict):
    host: str = "h"
    port: int = 1
    ratio: float = 1.0
    enabled: bool = True
    mode: Literal["first", "random"] = "first"
    keys: tuple[str | Key, ...] = ()
    codes: dict[int, int] = Field(default_factory=dict)
    password: str = ""
    address: IPv4Address | None = None
    key_address: IPv4Address | None = None

    @field_validator("host", "password")
    @classmethod
    def refuse(cls, value: str) -> str:
        if value.startswith("custom"):
            raise refusal(f"not accepted: {value}")
        if value.startswith("bad"):
            raise ValueError(f"refused {value}")
        return value


@dataclass(frozen=True)
class Plain:
    limit: int
    names: tuple[str, ...] = ()


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")


def problems(write: Write, text: str, model: Any = Root, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        validate(write(text, **environ), model)
    return [str(problem).partition("aihub.yaml:")[2] for problem in error.value.problems]


def test_values_become_what_the_model_says(write: Write) -> None:
    text = "port: 80\nratio: 1\nkeys: [a, {name: b, key: c}]\ncodes: {429: 503}\naddress: 10.0.0.1"
    valid = validate(write(text), Root)
    assert valid.keys == ("a", Key(name="b", key="c"))
    assert valid.codes == {429: 503}
    assert valid.address == IPv4Address("10.0.0.1")


def test_dataclasses_and_parts_of_a_document_are_validated_too(write: Write) -> None:
    assert validate(write("a: [{limit: 1, names: [x]}]"), Plain, ("a", 0)) == Plain(1, ("x",))


def test_a_value_may_stand_in_for_what_is_not_written(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"1:4: a\.limit: the field 'limit' is missing"):
        validate(write("a: word"), Plain, ("a",), value={})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a", "1:1: expected a mapping, got a list"),
        ("port: '80'", "1:7: port: expected an integer, got '80': leave out the quotes"),
        ("port: 80.0", "1:7: port: expected an integer, got 80.0"),
        ("port: true", "1:7: port: expected an integer, got true"),
        ("host: 1", "1:7: host: expected text, got 1: put it in quotes"),
        ("enabled: yes", "1:10: enabled: expected true or false, got 'yes'"),
        ("enabled: 1", "1:10: enabled: expected true or false, got 1"),
        ("ratio: .inf", "1:8: ratio: expected a finite number, got inf"),
        ("ratio: .nan", "1:8: ratio: expected a finite number, got nan"),
        ("port: 1" + "0" * 30, None),
        ("mode: rondom", "1:7: mode: expected 'first' or 'random', got 'rondom', did you mean 'random'?"),
        ("prot: 1", "1:1: prot: unknown field 'prot', did you mean 'port'?"),
        ("keys:\n- {nmae: x, key: k}", "2:4: keys[0].nmae: unknown field 'nmae', did you mean 'name'?"),
        ("keys:\n- {key: k}", "2:3: keys[0].name: the field 'name' is missing"),
        ("keys:\n- {name: a, key: b, priority: -1}", "2:31: keys[0].priority: must be at least 0, got -1"),
        ("codes: {x: 1}", "1:9: codes.x: expected an integer, got 'x'"),
        ("address: nowhere", "1:10: address: Expected 4 octets in 'nowhere'"),
        ("host: bad one", "1:7: host: refused bad one"),
        ("port: &a ${X}\nport: 2", "2:1: port: this key is already on line 1"),
    ],
)
def test_a_mistake_is_told_at_its_place(write: Write, text: str, problem: str | None) -> None:
    if problem is None:
        assert validate(write(text), Root).port == int(text.partition(" ")[2])
    else:
        assert problems(write, text, X="1") == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("keys: [12345678]", "keys[0]: expected text or a mapping, got something else (not shown: it may be a secret)"),
        ("password: 12345678", "password: expected text, got something else (not shown"),
        ("password: bad 12345678", "password: not accepted here, got something else (not shown"),
        ("password: custom 12345678", "password: not accepted: …"),
        ("key_address: '12345678'", "key_address: not accepted here, got something else (not shown"),
        ("port: ${X}", "port: expected an integer, got the value of X"),
        ("host: ${X}${X}", None),
        ("host: bad ${X}", "host: not accepted here, got the value of X"),
        ("host: custom ${X}", "host: not accepted: custom ${X}"),
        ("mode: ${X}", "mode: expected 'first' or 'random', got the value of X"),
    ],
)
def test_no_secret_is_in_a_message(write: Write, text: str, problem: str | None) -> None:
    secret = "sk-12345678"
    if problem is None:
        assert validate(write(text, X=secret), Root).host == secret * 2
        return
    [told] = problems(write, text, X=secret)
    assert problem in told
    assert "12345678" not in told


def test_mistakes_of_reading_and_of_validating_are_told_together(write: Write) -> None:
    assert [told.partition(" ")[2] for told in problems(write, "port: ${X}\nhots: 1\nport: 2\npassword: !x\n")] == [
        "port: the environment variable X is not set: set it, or write ${X:-default}",
        "hots: unknown field 'hots', did you mean 'host'?",
        "port: this key is already on line 1",
        "password: what begins with ! is a tag in YAML: put the value in quotes",
    ]


def test_a_model_that_says_nothing_about_unknown_fields_refuses_them(write: Write) -> None:
    assert problems(write, "limit: 1\nlimt: 2", Plain) == ["2:1: limt: unknown field 'limt', did you mean 'limit'?"]
    assert validate(write("any: 1"), Open).model_extra == {"any": 1}


def test_what_others_say_is_cleared_of_secrets(write: Write) -> None:
    document = write("api_key: abcdefgh\nx: ${X}\nn: {token: [1234]}", X="hunter2")
    assert redacted(document, "no abcdefgh,\n  no hunter2") == "no …, no ${X}"


def test_strict_models_are_frozen_and_show_no_input() -> None:
    with pytest.raises(ValidationError) as error:
        Root.model_validate({"port": "hunter2"})
    assert "hunter2" not in str(error.value)
    with pytest.raises(ValidationError):
        Root().port = 2  # type: ignore[misc]
