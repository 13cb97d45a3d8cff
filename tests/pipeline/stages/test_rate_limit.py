"""Who is let through, what is told to the others, and that everything taken is given back."""

from typing import Any

import pytest

from pipeline.catalog import Group
from pipeline.errors import Forbidden
from pipeline.estimate import estimate_input
from pipeline.flow import Attempt, Flow, Outcome
from pipeline.limits.allowance import Allowance, read_allowance
from pipeline.limits.memory import MemoryLimits
from pipeline.patterns import Patterns
from pipeline.ports import Ports
from pipeline.stage import SkipTarget
from pipeline.stages.rate_limit import RateLimit
from pipeline.testing import Playbook, a_caller, a_channel, broken, memory_ports, reply, silent, status, stream
from pipeline.usage import Usage
from tests.pipeline.limits.claiming import Clock

BODY = {"model": "m", "messages": [], "max_tokens": 100}
USED = Usage(input=7, output=3)


class Stand:
    """A playbook with the stage under test, its counters and their clock."""

    def __init__(self, written: Any, *others: Any, channels: Any = None, groups: Any = (), **caller: Any) -> None:
        self.clock = Clock()
        self.limits = MemoryLimits(self.clock)
        ports = memory_ports(channels=channels, groups=groups)
        self.ports = Ports(ports.callers, ports.catalogs, self.limits, ports.ledger)
        self.stage = RateLimit(RateLimit.Config.model_validate(written), self.ports)
        self.play = Playbook(self.stage, *others, ports=self.ports, channels=channels, caller=a_caller(**caller))

    async def statuses(self, times: int, **how: Any) -> list[int | None]:
        return [(await self.play.request(BODY, **how)).status for _ in range(times)]

    def counted(self, word: str) -> dict[str, int]:
        """What counts now, by subject."""
        totals: dict[str, int] = {}
        for measure, subject, _, amount in self.limits.cells():
            if measure.word == word and amount:
                totals[subject.replace("\x1f", ":")] = totals.get(subject.replace("\x1f", ":"), 0) + amount
        return totals


def allowed(**words: Any) -> Allowance:
    return read_allowance(words)


async def test_the_exact_number_is_admitted_and_again_after_a_minute() -> None:
    stand = Stand({"token": {"rpm": 3}})
    assert await stand.statuses(5) == [200, 200, 200, 429, 429]
    stand.clock.sleep(59.9)
    assert await stand.statuses(1) == [429]
    stand.clock.sleep(0.1)
    assert await stand.statuses(4) == [200, 200, 200, 429]


async def test_the_refusal_says_which_limit_its_size_and_when_to_come_back() -> None:
    stand = Stand({"token": {"rpm": 1}})
    await stand.statuses(1)
    stand.clock.sleep(20)
    result = await stand.play.request(BODY)
    assert result.json()["error"] == {
        "code": "rate_limit_exceeded",
        "message": "Rate limit reached: 1 request per minute for this API key. Try again in 40 seconds.",
        "request_id": "req_test",
    }
    assert {name: value for name, value in result.headers.items() if name != "content-type"} == {
        "retry-after": "40",
        "x-ratelimit-limit-requests": "1",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "40s",
    }
    assert not stand.play.sent
    assert result.flow.outcome is Outcome.REJECTED


async def test_a_reply_tells_how_the_limits_stand_and_nothing_of_the_vendors() -> None:
    stand = Stand({"token": {"rpm": 5, "tpm": 1000}})

    class Vendor:
        async def upstream_response(self, flow: Flow, attempt: Attempt) -> None:
            assert attempt.reply is not None
            attempt.reply.headers["x-ratelimit-limit-requests"] = "99"
            attempt.reply.headers["x-ratelimit-limit-project"] = "99"

    stand.play = Playbook(stand.stage, Vendor(), ports=stand.ports, caller=a_caller())
    headers = (await stand.play.request(BODY)).headers
    assert {name: value for name, value in headers.items() if name.startswith("x-ratelimit-")} == {
        "x-ratelimit-limit-requests": "5",
        "x-ratelimit-remaining-requests": "4",
        "x-ratelimit-reset-requests": "1m0s",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": str(1000 - 100 - estimate_input(b'{"model":"m","messages":[],"max_tokens":100}', "m")),
        "x-ratelimit-reset-tokens": "1m0s",
    }
    unlimited = Stand({})
    unlimited.play = Playbook(unlimited.stage, Vendor(), ports=unlimited.ports, caller=a_caller())
    assert (await unlimited.play.request(BODY)).headers["x-ratelimit-limit-project"] == "99"


async def test_tokens_are_reserved_and_then_corrected_by_the_usage() -> None:
    stand = Stand({"token": {"tpm": 200}})
    stand.play.upstream(reply({}, usage=USED))
    assert await stand.statuses(5) == [200] * 5
    assert stand.counted("tpm") == {"token:t1": 50}


async def test_a_request_larger_than_the_whole_limit_is_not_to_be_sent_again() -> None:
    result = await Stand({"token": {"tpm": 50}}).play.request(BODY)
    assert (result.status, result.json()["error"]["code"]) == (429, "request_exceeds_limit")
    assert result.headers["x-should-retry"] == "false"
    assert "retry-after" not in result.headers


ENDINGS = [
    ([reply({}, usage=USED)], {}, 10),
    ([reply({})], {}, None),
    ([stream([{}], usage=USED)], {"stream": True}, 10),
    ([stream([{}, {}], usage=USED)], {"stream": True, "leaves_after": 1}, None),
    ([stream([{}], cut=True)], {"stream": True}, None),
    ([silent()], {"stream": True, "leaves_after": 0}, None),
    ([status(400)], {}, 0),
    ([status(503), reply({}, usage=USED)], {}, 10),
    ([broken()], {}, 0),
]


@pytest.mark.parametrize(("answers", "how", "tokens"), ENDINGS)
async def test_slots_are_free_and_tokens_right_however_it_ends(answers: Any, how: Any, tokens: int | None) -> None:
    stand = Stand({"token": {"concurrent": 1, "tpm": 1000}, "channel": {"concurrent": 1}, "key": {"tpd": 1000}})
    stand.play.upstream(*answers)
    result = await stand.play.request(BODY, **how)
    assert not stand.limits.slots
    reserved = 100 + estimate_input(memoryview(await result.flow.request.body.buffer()), "m")
    expected = reserved if tokens is None else tokens
    assert stand.counted("tpm") == ({"token:t1": expected} if expected else {})
    assert stand.counted("tpd") == ({"key:main/key": expected} if expected else {})


async def test_a_slot_is_held_while_the_flow_lasts() -> None:
    stand = Stand({"user": {"concurrent": 2}})
    seen: list[int] = []

    class Looks:
        async def upstream_request(self, flow: Flow, attempt: Attempt) -> None:
            seen.append(stand.limits.slots["user\x1fu1"])

    stand.play = Playbook(stand.stage, Looks(), ports=stand.ports, caller=a_caller())
    assert await stand.statuses(3) == [200, 200, 200]
    assert seen == [1, 1, 1]


@pytest.mark.parametrize("problem", [Forbidden("no"), RuntimeError("crash")])
async def test_what_a_stage_below_refuses_has_used_a_request_but_no_token_and_no_slot(problem: Exception) -> None:
    class Refuses:
        async def admit(self, flow: Flow) -> None:
            raise problem

    stand = Stand({"user": {"rpm": 5, "tpm": 500, "concurrent": 1}}, Refuses())
    await stand.statuses(2)
    assert (stand.counted("rpm"), stand.counted("tpm"), dict(stand.limits.slots)) == ({"user:u1": 2}, {}, {})


async def test_limits_of_the_database_replace_the_files_for_the_same_measure() -> None:
    stand = Stand({"token": {"rpm": 1, "rpd": 4}}, limits=allowed(rpm=3))
    assert await stand.statuses(4) == [200, 200, 200, 429]
    stand.clock.sleep(60)
    assert await stand.statuses(2) == [200, 429]


@pytest.mark.parametrize(
    ("caller", "groups"),
    [
        ({"limits": allowed(rpm=1)}, ()),
        ({"user_limits": allowed(rpm=1)}, ()),
        ({"group": "vip"}, (Group("vip", Patterns(()), limits=allowed(rpm=1)),)),
        ({"group": "auto", "user_group": "vip"}, (Group("vip", Patterns(()), auto=True, limits=allowed(rpm=1)),)),
    ],
)
async def test_tokens_users_and_groups_have_limits_of_their_own(caller: Any, groups: Any) -> None:
    stand = Stand({}, channels=[a_channel(groups=("vip", "default"))], groups=groups, **caller)
    assert await stand.statuses(2) == [200, 429]


async def test_a_limit_can_be_lifted_for_one() -> None:
    assert await Stand({"token": {"rpm": 1}}, limits=allowed(rpm="unlimited")).statuses(3) == [200, 200, 200]


async def test_a_channel_over_its_limit_is_passed_over_and_not_blamed() -> None:
    channels = [a_channel("first", priority=2, limits=allowed(rpm=1)), a_channel("spare")]
    stand = Stand({}, channels=channels)
    urls = []
    for _ in range(2):
        result = await stand.play.request(BODY)
        urls += [sent.url for sent in stand.play.sent]
        assert (result.status, len(result.flow.attempts)) == (200, 1)
    assert urls == ["https://first.example/v1/chat/completions", "https://spare.example/v1/chat/completions"]


async def test_when_every_channel_is_full_the_caller_is_told_so_and_when_to_come_back() -> None:
    stand = Stand({"channel": {"rpm": 1}}, channels=[a_channel("one"), a_channel("two")])
    assert await stand.statuses(2) == [200, 200]
    stand.clock.sleep(15)
    result = await stand.play.request(BODY)
    assert result.status == 503
    assert result.json()["error"] == {
        "code": "channel_limits_reached",
        "message": "Every channel that serves the model 'm' is at its rate limit. Try again in 45 seconds.",
        "request_id": "req_test",
    }
    assert result.headers["retry-after"] == "45"


async def test_another_failure_is_not_taken_for_a_full_channel() -> None:
    stand = Stand({"channel": {"one": {"rpm": 1}}}, channels=[a_channel("one"), a_channel("two", priority=-1)])
    await stand.statuses(1)
    stand.play.upstream(status(400))
    assert (await stand.play.request(BODY)).status == 400

    class Refuses:
        async def target(self, flow: Flow, attempt: Attempt) -> None:
            raise Forbidden("not there")

    stand.play = Playbook(stand.stage, Refuses(), ports=stand.ports, caller=a_caller())
    assert (await stand.play.request(BODY)).status == 403


async def test_a_target_that_a_later_stage_skips_keeps_no_slot() -> None:
    class Skips:
        async def target(self, flow: Flow, attempt: Attempt) -> None:
            raise SkipTarget

    stand = Stand({"channel": {"concurrent": 1}}, Skips())
    assert (await stand.play.request(BODY)).json()["error"]["code"] == "no_available_channel"
    assert not stand.limits.slots


async def test_each_attempt_counts_at_its_own_key() -> None:
    channels = [a_channel("main", keys=("a", "b"))]
    stand = Stand({"key": {"rpm": 9}}, channels=channels)
    stand.play.upstream(status(503), reply({}))
    await stand.statuses(1)
    assert stand.counted("rpm") == {"key:main/a": 1, "key:main/b": 1}


async def test_where_nothing_is_limited_nothing_is_counted() -> None:
    stand = Stand({}, limits=None)
    assert await stand.statuses(2) == [200, 200]
    assert len(stand.limits) == 0


async def test_a_changed_configuration_goes_on_counting() -> None:
    stand = Stand({"token": {"rpm": 2}})
    assert await stand.statuses(3) == [200, 200, 429]
    raised = RateLimit(RateLimit.Config.model_validate({"token": {"rpm": 3}}), stand.ports)
    stand.play = Playbook(raised, ports=stand.ports, caller=a_caller())
    assert await stand.statuses(2) == [200, 429]


class Noted:
    """Traces the flow, and keeps what is noted."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    async def request(self, flow: Flow) -> None:
        flow.trace = self  # type: ignore[assignment]

    async def call(self, stage: str, hook: Any, *arguments: Any) -> None:
        await hook(*arguments)

    def note(self, what: str, **facts: Any) -> None:
        self.told.append((what, facts))

    def prepared(self, attempt: Attempt) -> None: ...

    def settled(self, flow: Flow) -> None: ...


@pytest.mark.parametrize(("scope", "status"), [("token", 429), ("channel", 503)])
async def test_a_limit_that_was_met_is_on_the_trace(scope: str, status: int) -> None:
    stand, noted = Stand({scope: {"rpm": 1}}), Noted()
    stand.play = Playbook(noted, stand.stage, ports=stand.ports, caller=a_caller())
    assert await stand.statuses(2) == [200, status]
    assert [each for each in noted.told if each[0] == "limit met"] == [("limit met", {"scope": scope, "limit": "rpm", "size": 1})]
