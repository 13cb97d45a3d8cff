from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from app.config.fields import fields_of, known_fields, members
from app.config.problems import Where


@dataclass
class Key:
    name: str
    limit: "Limit | None" = None
    hidden: int = field(default=0, init=False)


class Limit(BaseModel):
    rpm: int = 0
    tpm: int = Field(0, alias="tokens")


class Root(BaseModel):
    keys: tuple[str | Key, ...] = ()
    limits: Annotated[dict[str, Limit] | None, "why"] = None


def test_fields_are_those_a_file_can_give() -> None:
    assert list(fields_of(Key)) == ["name", "limit"]
    assert list(fields_of(Limit)) == ["rpm", "tokens"]
    assert fields_of(int) == fields_of(list[Limit]) == {}


def test_members_are_what_a_value_may_be() -> None:
    assert list(members(Annotated[int | None, "why"] | str)) == [int, type(None), str]


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ((), ["keys", "limits"]),
        (("keys", 3), ["name", "limit"]),
        (("keys", 3, "limit"), ["rpm", "tokens"]),
        (("limits", "any"), ["rpm", "tokens"]),
        (("limits",), []),
        (("nothing", 1), []),
    ],
)
def test_known_fields_are_found_through_lists_mappings_and_unions(at: Where, names: list[str]) -> None:
    assert known_fields(Root, at) == names


def test_an_unknown_type_has_no_known_fields() -> None:
    assert known_fields(Any, ("a", 0)) == []
