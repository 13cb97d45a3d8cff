"""examples/team.yaml"""

from collections.abc import AsyncIterator

import pytest

from tests.examples.running import RunningExample, running_example
from tests.support.chat import completion, request
from tests.support.collector import Collector
from tests.support.standin import StandIn, json_answer

OFFICE, SERVER_ROOM, ELSEWHERE = "10.1.1.1", "10.20.30.7", "203.0.113.9"
ENGINEERING, SUPPORT = "Bearer sk-of-engineering", "Bearer sk-of-support"


@pytest.fixture(scope="module")
async def collector() -> AsyncIterator[Collector]:
    running = Collector()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture(scope="module")
async def example(
    standin: StandIn, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningExample]:
    for model in ("gpt-5", "gpt-5-mini"):
        standin.on(model, json_answer(completion()), at="team")
    variables = {
        "OPENAI_KEY_ENGINEERING": "sk-of-engineering",
        "OPENAI_KEY_SUPPORT": "sk-of-support",
        "OPENAI_URL": standin.at("team"),
        "OTLP_ENDPOINT": collector.endpoint,
        "CONTRACT_ENDS": "2024-06-30",
    }
    async with running_example("team", tmp_path_factory.mktemp("team"), **variables) as running:
        yield running


# Who asks from where for what; as which model it goes up, and with whose key.
ANSWERED = [
    ("alice-laptop", OFFICE, "gpt-5", "gpt-5", ENGINEERING),
    ("alice-laptop", OFFICE, "gpt-4o", "gpt-5", ENGINEERING),
    ("helpdesk-server", SERVER_ROOM, "gpt-5-mini", "gpt-5-mini", SUPPORT),
    ("helpdesk-server", SERVER_ROOM, "gpt-4o-mini", "gpt-5-mini", SUPPORT),
]


@pytest.mark.parametrize(("token", "address", "asked", "model", "key"), ANSWERED)
async def test_each_team_is_answered_by_its_own_project(
    example: RunningExample, standin: StandIn, token: str, address: str, asked: str, model: str, key: str
) -> None:
    assert (await example.post(token, request(asked), address)).status_code == 200
    received = standin.received[-1]
    assert (received.json()["model"], received.headers["authorization"]) == (model, key)
    assert received.json()["store"] is False


REFUSED = [
    ("alice-laptop", ELSEWHERE, "gpt-5", "ip_not_allowed"),
    ("helpdesk-server", OFFICE, "gpt-5-mini", "ip_not_allowed"),
    ("helpdesk-server", SERVER_ROOM, "gpt-5", "model_not_allowed"),
    ("carol-laptop", OFFICE, "gpt-5", "token_expired"),
]


@pytest.mark.parametrize(("token", "address", "asked", "code"), REFUSED)
async def test_what_a_team_was_not_granted_is_refused(
    example: RunningExample, token: str, address: str, asked: str, code: str
) -> None:
    reply = await example.post(token, request(asked), address)
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, code)


async def test_a_team_s_limit_is_shared_by_its_people_and_a_person_s_by_his_keys(example: RunningExample) -> None:
    alice, helpdesk = (
        await example.post("alice-laptop", request("gpt-5"), OFFICE),
        await example.post("helpdesk-server", request("gpt-5-mini"), SERVER_ROOM),
    )
    assert [reply.headers["x-ratelimit-limit-requests"] for reply in (alice, helpdesk)] == ["120", "60"]


async def test_a_call_is_traced_with_who_asked_and_without_what(example: RunningExample, collector: Collector) -> None:
    reply = await example.post("alice-laptop", request("gpt-5", "a secret plan"), OFFICE)
    tree = await collector.tree(reply.headers["x-request-id"])
    about = tree.server.attributes
    assert (about["aihub.user"], about["aihub.group"], about["client.address"]) == ("alice", "engineering", OFFICE)
    assert b"a secret plan" not in b"".join(collector.bodies)
