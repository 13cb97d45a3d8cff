"""Holding and settling, rehearsed: what `rate_limit` and `billing` will rely on."""

from dataclasses import dataclass
from typing import Any

import pytest

from pipeline.attempts import RetryPolicy
from pipeline.errors import OutOfCredit
from pipeline.flow import Attempt, Flow, Outcome, Reply
from pipeline.testing import Answer, Playbook, a_channel, broken, reply, silent, status, stream
from pipeline.usage import Usage
from tests.pipeline.recorder import BODY, crashing, rejecting

USED = Usage(input=9, output=3)


@dataclass
class Hold:
    """What is held for one flow."""

    amount: int


@dataclass
class Slot:
    """A place at one target, for one attempt."""

    channel: str


class Ledger:
    """Holds at `admit`, takes a slot for each attempt, settles what was used, once."""

    def __init__(self, balance: int = 100) -> None:
        self.balance = balance
        self.slots: list[str] = []
        self.settled: list[int] = []
        self.seen_in_response: list[Usage | None] = []

    async def admit(self, flow: Flow) -> None:
        amount = 20 * max(len(target.channel.name) for target in flow.candidates)
        if amount > self.balance:
            raise OutOfCredit("The balance is used up.")
        self.balance -= amount
        flow.notes[Hold] = Hold(amount)

    async def target(self, flow: Flow, attempt: Attempt) -> None:
        self.slots.append(attempt.target.channel.name)
        attempt.notes[Slot] = Slot(attempt.target.channel.name)

    async def response(self, flow: Flow, reply: Reply) -> None:
        self.seen_in_response.append(flow.usage)

    async def attempt_done(self, flow: Flow, attempt: Attempt) -> None:
        slot = attempt.notes.pop(Slot)
        assert slot is not None
        self.slots.remove(slot.channel)

    async def done(self, flow: Flow) -> None:
        hold = flow.notes.pop(Hold)
        if hold is not None:
            cost = flow.usage.input + flow.usage.output if flow.usage is not None else 0
            self.balance += hold.amount - cost
            self.settled.append(cost)


# The vendor's answers, when the caller leaves, and what the flow costs in the end; None: nothing was ever held.
WAYS: dict[str, tuple[list[Answer], int | None, int | None]] = {
    "a reply": ([reply({}, usage=USED)], None, 12),
    "a stream": ([stream([1, 2], usage=USED)], None, 12),
    "a second try": ([status(503), reply({}, usage=USED)], None, 12),
    "a refusal": ([status(400)], None, 0),
    "no answer": ([broken()], None, 0),
    "a stream cut before its usage": ([stream([1, 2], usage=None, cut=True)], None, 0),
    "a unary call nobody waits for": ([reply({}, usage=USED)], 0, 12),
    "a stream left at once": ([silent()], 0, 0),
    "a stream left before its usage": ([stream([1, 2, 3], usage=USED)], 1, 0),
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_was_held_is_settled_once_and_every_slot_is_free(way: str) -> None:
    answers, leaves_after, cost = WAYS[way]
    ledger = Ledger()
    play = Playbook(ledger, channels=[a_channel("a"), a_channel("bb")], policy=RetryPolicy(attempts=2))
    play.upstream(*answers)
    streaming = answers[0].events is not None or answers[0].never
    await play.request(BODY, stream=streaming, leaves_after=leaves_after)
    assert (ledger.settled, ledger.balance, ledger.slots) == ([cost], 100 - (cost or 0), [])


@pytest.mark.parametrize("hook", ["admit", "target", "upstream_request", "upstream_response", "response", "chunk", "done"])
@pytest.mark.parametrize("breaking", [crashing, rejecting])
async def test_whatever_another_stage_breaks_the_hold_is_settled(hook: str, breaking: Any) -> None:
    ledger = Ledger()
    play = Playbook(ledger, breaking(hook))
    play.upstream(reply({}, usage=USED))
    await play.request(BODY)
    answered = hook in ("upstream_response", "response", "chunk", "done")
    assert (ledger.settled, ledger.slots) == ([12 if answered else 0], [])


async def test_nothing_is_held_before_every_request_hook_agreed() -> None:
    ledger = Ledger()
    await Playbook(ledger, rejecting("request")).request(BODY)
    assert (ledger.settled, ledger.balance) == ([], 100)


async def test_an_empty_balance_is_refused_before_anything_goes_up() -> None:
    play = Playbook(Ledger(balance=5))
    result = await play.request(BODY)
    assert (result.status, play.sent, result.flow.outcome) == (402, [], Outcome.REJECTED)


async def test_usage_is_known_in_response_for_a_unary_reply_and_in_done_for_a_stream() -> None:
    for answer, early in ((reply({}, usage=USED), USED), (stream([1], usage=USED), None)):
        ledger = Ledger()
        play = Playbook(ledger)
        play.upstream(answer)
        await play.request(BODY, stream=early is None)
        assert (ledger.seen_in_response, ledger.settled) == ([early], [12])
