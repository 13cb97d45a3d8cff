"""The stage's options: which scope allows whom how much, and what is wrong with the others."""

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from pipeline.body import Body
from pipeline.catalog import Target
from pipeline.expected import Expected
from pipeline.flow import Attempt, Flow, Headers, Request, Route
from pipeline.json_object import JsonObject
from pipeline.limits.reservation import Reservation
from pipeline.limits.rules import read_rules
from pipeline.refusal import reasons
from pipeline.testing import a_caller, a_channel


def a_flow(model: str = "gpt-4", ip: str | None = "10.0.0.1", **caller: Any) -> Flow:
    request = Request("POST", "/", "", Headers(), Body(aiter_nothing()), client_ip=ip)
    flow = Flow("req_1", request, Route("openai_chat", "chat"))
    flow.asked_model = model
    flow.caller = a_caller(**caller)
    return flow


async def aiter_nothing() -> Any:
    yield b"{}"


def claimed(written: Any, flow: Flow) -> list[tuple[str, str, int]]:
    """Whose counter, which measure, how much."""
    rules = read_rules(written)
    channel = a_channel("main")
    attempt = Attempt(1, Target(channel, channel.keys[0], flow.asked_model), None)
    reserved = Reservation(Expected(JsonObject.parse(b"{}"), b"{}", "m"), 9)
    before = [claim for scope in rules.admit for claim in scope.claims(flow, None, None, reserved)]
    at_target = [claim for scope in rules.target for claim in scope.claims(flow, attempt, None, reserved)]
    return [(claim.subject.replace("\x1f", ":"), claim.measure.word, claim.limit) for claim in before + at_target]


CHOICE = {"gpt-4*": {"rpm": 10}, "gpt-4": {"rpm": 1}, "*": {"rpm": 100}}


@pytest.mark.parametrize(
    ("written", "flow", "claims"),
    [
        ({}, a_flow(), []),
        ({"user": {"rpm": 5}}, a_flow(), [("user:u1", "rpm", 5)]),
        ({"token": {"rpm": 5, "concurrent": 2}}, a_flow(), [("token:t1", "rpm", 5), ("token:t1", "concurrent", 2)]),
        ({"group": {"vip": {"rpm": 5}}}, a_flow(group="vip"), [("group:vip", "rpm", 5)]),
        ({"group": {"vip": {"rpm": 5}}}, a_flow(group="other"), []),
        ({"group": {"rpm": 5}}, a_flow(group="auto", user_group="home"), [("group:home", "rpm", 5)]),
        ({"user": {"alice": {"rpm": 5}}}, a_flow(), [("user:u1", "rpm", 5)]),
        ({"token": {"ci-*": {"rpm": 5}}}, a_flow(token_name="ci-7"), [("token:t1", "rpm", 5)]),
        ({"model": CHOICE}, a_flow("gpt-4"), [("model:gpt-4", "rpm", 1)]),
        ({"model": CHOICE}, a_flow("gpt-4o"), [("model:gpt-4o", "rpm", 10)]),
        ({"model": CHOICE}, a_flow("o3"), [("model:o3", "rpm", 100)]),
        ({"model": {"a+b": {"rpm": 1}}}, a_flow("a+b"), [("model:a+b", "rpm", 1)]),
        ({"user+model": CHOICE}, a_flow("gpt-4"), [("user+model:u1:gpt-4", "rpm", 1)]),
        ({"model+user": {"alice": {"rpm": 3}}}, a_flow("m"), [("model+user:m:u1", "rpm", 3)]),
        ({"user+group": {"trial": {"rpm": 3}}}, a_flow(group="trial"), [("user+group:u1:trial", "rpm", 3)]),
        ({"group+model": {"trial+gpt-*": {"rpm": 3}}}, a_flow(group="trial"), [("group+model:trial:gpt-4", "rpm", 3)]),
        ({"group+model": {"trial+gpt-*": {"rpm": 3}}}, a_flow(group="vip"), []),
        ({"ip": {"rpm": 3}}, a_flow(ip="10.0.0.1"), [("ip:10.0.0.1", "rpm", 3)]),
        ({"ip": {"rpm": 3}}, a_flow(ip="::ffff:10.0.0.1"), [("ip:10.0.0.1", "rpm", 3)]),
        ({"ip": {"rpm": 3}}, a_flow(ip="2001:db8:1:2:3::4"), [("ip:2001:db8:1:2::/64", "rpm", 3)]),
        ({"ip": {"rpm": 3}}, a_flow(ip="somewhere"), [("ip:somewhere", "rpm", 3)]),
        ({"ip": {"rpm": 3}}, a_flow(ip=None), []),
        ({"channel": {"rpm": 3}}, a_flow(), [("channel:main", "rpm", 3)]),
        ({"key": {"main/*": {"rpm": 3}}}, a_flow(), [("key:main/key", "rpm", 3)]),
        ({"user+channel": {"rpm": 3}}, a_flow(), [("user+channel:u1:main", "rpm", 3)]),
        ({"user": {"rpm": 2}, "ip": {"rpd": 3}}, a_flow(), [("user:u1", "rpm", 2), ("ip:10.0.0.1", "rpd", 3)]),
    ],
)
def test_a_scope_counts_each_of_its_own_apart(written: Any, flow: Flow, claims: list[tuple[str, str, int]]) -> None:
    assert claimed(written, flow) == claims


def test_without_a_caller_only_models_and_addresses_count() -> None:
    flow = a_flow()
    flow.caller = None
    every = {scope: {"rpm": 1} for scope in ("user", "token", "group", "model", "ip", "user+model")}
    assert [subject for subject, *_ in claimed(every, flow)] == ["model:gpt-4", "ip:10.0.0.1"]


SCOPES = "known are assume_output, user, token, group, model, ip, channel, key"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ([], "expected scopes with their limits, such as {user: {rpm: 600}}"),
        ({"usr": {"rpm": 1}}, "usr.[key]: no such scope: 'usr', did you mean 'user'? (several are joined by `+`)"),
        (
            {"user_model": {"rpm": 1}},
            "user_model.[key]: no such scope: 'user_model', did you mean 'user+model'? (several are joined by `+`)",
        ),
        ({"zz+user": {"rpm": 1}}, f"zz+user.[key]: no such scope: 'zz'; {SCOPES} (several are joined by `+`)"),
        ({"user+user": {"rpm": 1}}, "user+user.[key]: a scope names each of its parts once"),
        (
            {"user+model": {"rpm": 1}, "model+user": {"rpm": 1}},
            "model+user.[key]: this is 'user+model' in another order: say it all there",
        ),
        ({"user": 5}, "user: expected limits such as {rpm: 60}"),
        ({"user": {}}, "user: this limits nothing: name at least one of rpm, tpm, rpd, tpd, concurrent, or leave it out"),
        ({"user": {"rmp": 5}}, "user.rmp.[key]: a limit knows no 'rmp', did you mean 'rpm'?"),
        ({"user": {"rpm": "x"}}, "user.rpm: expected an integer, or `unlimited`"),
        ({"model": {"gpt-4": {"rpm": 0}}}, "model.gpt-4.rpm: must be at least 1: to allow nothing, disable it instead"),
        ({"model": {"gpt-4": {"rpm": 5}, "o3": 5}}, "model.o3: expected limits such as {rpm: 60}"),
        (
            {"model": {"gpt-4": {"rpm": 5}, "rpm": 5}},
            'model.rpm.[key]: a scope has limits or names, not both: write "*": {rpm: …} for everyone else',
        ),
        (
            {"user+group+model": {"a+b": {"rpm": 5}}},
            "user+group+model.a+b.[key]: expected one name, or 3 joined by `+` (`*` is every name), got 'a+b'",
        ),
        (
            {"group+model": {"a+": {"rpm": 5}}},
            "group+model.a+.[key]: expected one name, or 2 joined by `+` (`*` is every name), got 'a+'",
        ),
        ({"assume_output": 0}, "assume_output: expected a number of tokens, from 1 to 10000000"),
        ({"assume_output": True}, "assume_output: expected a number of tokens, from 1 to 10000000"),
    ],
)
def test_a_mistake_is_named_at_its_place(written: Any, told: str) -> None:
    with pytest.raises((ValidationError, PydanticCustomError)) as caught:
        read_rules(written)
    error = caught.value
    assert (reasons(error) if isinstance(error, ValidationError) else error.message()) == told
