"""The token's models and the group's, with wildcards."""

import pytest

from pipeline.catalog import Group
from pipeline.flow import Flow, Reply, Route
from pipeline.patterns import Patterns
from pipeline.stages.model_limits import ModelLimits
from pipeline.testing import Playbook, Result, a_caller, a_channel, memory_ports

CHANNELS = [a_channel(name, groups=(name,)) for name in ("one", "two", "three")]


async def asked(model: str, token: list[str], groups: dict[str, list[str]], group: str = "one") -> Result:
    made = tuple(Group(name, Patterns(models), auto=True, usable_by=("*",)) for name, models in groups.items())
    ports = memory_ports(channels=CHANNELS, groups=made)
    play = Playbook(ModelLimits(ports), ports=ports, caller=a_caller(group=group, models=Patterns(token)))
    return await play.request({"model": model, "messages": []})


# The asked model, the token's models, the group's, and whether it may.
ROWS: list[tuple[str, list[str], list[str], bool]] = [
    ("gpt-4", [], [], True),
    ("gpt-4", ["gpt-4"], [], True),
    ("gpt-4", ["gpt-4o", "gpt-*"], [], True),
    ("gpt-4", ["gpt-4o"], [], False),
    ("gpt-4", ["claude-*"], [], False),
    ("gpt-4", [], ["gpt-?"], True),
    ("gpt-4o", [], ["gpt-?"], False),
    ("gpt-4", ["gpt-*"], ["gpt-4"], True),
    ("gpt-4o", ["gpt-*"], ["gpt-4"], False),
    ("GPT-4", ["gpt-4"], [], False),
]


@pytest.mark.parametrize(("model", "token", "group", "allowed"), ROWS)
async def test_a_model_must_be_in_both_lists(model: str, token: list[str], group: list[str], allowed: bool) -> None:
    result = await asked(model, token, {"one": group})
    assert result.status == (200 if allowed else 403)
    assert allowed or result.json()["error"] == {
        "code": "model_not_allowed",
        "message": f"This API key may not use the model {model!r}.",
        "request_id": "req_test",
    }


@pytest.mark.parametrize(
    ("groups", "served"),
    [
        ({"one": ["a"], "two": ["m"], "three": []}, ("two", "three")),
        ({"one": ["m"], "two": ["a"], "three": []}, ("one", "three")),
        ({"one": ["a"], "two": ["a"], "three": ["a"]}, ()),
    ],
)
async def test_of_the_auto_groups_those_remain_that_allow_the_model(
    groups: dict[str, list[str]], served: tuple[str, ...]
) -> None:
    result = await asked("m", [], groups, group="auto")
    assert result.flow.groups == served
    assert result.status == (200 if served else 403)


async def test_a_group_nobody_declared_allows_what_its_channels_serve() -> None:
    assert (await asked("m", [], {}, group="one")).status == 200


async def test_without_a_caller_or_a_model_there_is_nothing_to_limit() -> None:
    ports = memory_ports()
    play = Playbook(ModelLimits(ports), ports=ports)
    assert (await play.request({"model": "m"})).status == 200

    async def models(flow: Flow) -> Reply:
        return Reply(200, {}, b"[]")

    listing = Playbook(ModelLimits(ports), ports=ports, caller=a_caller(models=Patterns(["x"])), local={"models": models})
    assert (await listing.request(route=Route("openai_chat", "models", billable=False, model_in="none"))).status == 200


def test_the_model_asked_for_is_limited_not_the_mapped_one() -> None:
    assert (ModelLimits.after, ModelLimits.before) == (("auth",), ("mapping",))
