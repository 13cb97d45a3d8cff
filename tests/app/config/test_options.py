from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from app.config.entries import Entry, read_entries
from app.config.options import read_options
from app.config.problems import ConfigError
from app.config.validate import Strict
from tests.app.config.conftest import Write


class Limit(BaseModel):
    rpm: int = 60


class Model:
    class Config(Strict):
        user: Limit = Limit()
        name: str = "x"


class Plain:
    @dataclass(frozen=True)
    class Config:
        limit: int

        def __post_init__(self) -> None:
            if self.limit > 9:
                raise ValueError("at most 9")


class Optionless:
    pass


class Odd:
    Config = 5


class Unreadable:
    @dataclass
    class Config:
        thing: Optionless


def entry(write: Write, text: str) -> tuple[Any, Entry]:
    document = write(f"pipeline:\n- {text}\n")
    [found], _ = read_entries(document)
    return document, found


@pytest.mark.parametrize(
    ("stage", "text", "config"),
    [
        (Model, "a: {user: {rpm: 5}}", Model.Config(user=Limit(rpm=5))),
        (Model, "a", Model.Config()),
        (Plain, "{use: m:C, config: {limit: 3}}", Plain.Config(3)),
        (Optionless, "a", None),
        (Optionless, "a: {}", None),
    ],
)
def test_options_become_the_stage_s_config(write: Write, stage: type, text: str, config: object) -> None:
    document, found = entry(write, text)
    assert read_options(document, found, stage) == config


@pytest.mark.parametrize(
    ("stage", "text", "problem"),
    [
        (Model, "a: {user: {rmp: 5}}", "2:14: pipeline[0].a.user.rmp: unknown field 'rmp', did you mean 'rpm'?"),
        (Model, "a: 5", "2:6: pipeline[0].a: expected a mapping, got 5"),
        (Plain, "a", "2:3: pipeline[0].limit: the field 'limit' is missing"),
        (Plain, "a: {limit: 10}", "2:6: pipeline[0].a: at most 9"),
        (Plain, "{use: m:C, config: {limit: x}}", "2:30: pipeline[0].config.limit: expected an integer, got 'x'"),
        (Optionless, "a: {limit: 1}", "2:6: pipeline[0].a: 'a' takes no options"),
        (Odd, "a", "2:3: pipeline[0]: Odd.Config must be a pydantic model or a dataclass"),
        (Unreadable, "a: {thing: 1}", "2:3: pipeline[0]: Unreadable.Config has a field that cannot be read from a file"),
    ],
)
def test_wrong_options_are_told_at_their_place(write: Write, stage: type, text: str, problem: str) -> None:
    document, found = entry(write, text)
    with pytest.raises(ConfigError) as error:
        read_options(document, found, stage)
    assert problem in str(error.value)
