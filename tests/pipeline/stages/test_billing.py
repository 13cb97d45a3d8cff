"""Money is held before a call, and settled once, by what became of it."""

from fractions import Fraction
from typing import Any

import pytest

from pipeline.attempts import RetryPolicy
from pipeline.billing.memory import MemoryLedger
from pipeline.catalog import Channel, Group
from pipeline.estimate import estimate_input
from pipeline.flow import Attempt, Flow
from pipeline.patterns import Patterns
from pipeline.pricing.book import Entry, PriceBook
from pipeline.pricing.price import Rates, Tier
from pipeline.record import Record
from pipeline.retry import Verdict
from pipeline.stages.billing import Billing
from pipeline.stand_ins import MemoryLog
from pipeline.testing import Answer, Playbook, Result, a_caller, a_channel, broken, memory_ports, reply, silent, status, stream
from pipeline.usage import Usage
from tests.pipeline.pricing.prices import price
from tests.pipeline.recorder import BODY, crashing, rejecting, stage

USAGE = Usage(input=1000, output=100)
PRICE = price("1", "2")
"""A dollar for a million tokens in, two for a million out: 1,000 and 2,000 nano-dollars a token."""

BILL = 1000 * 1000 + 100 * 2000


def chunk(text: str) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}}]}


def playbook(
    *others: Any,
    balance: int | None = None,
    prices: list[Entry] | None = None,
    channels: list[Channel] | None = None,
    groups: list[Group] | None = None,
    **options: Any,
) -> Playbook:
    book = PriceBook([Entry("*", PRICE)] if prices is None else prices)
    ports = memory_ports(channels=channels, groups=groups or (), prices=book, ledger=MemoryLedger(balance))
    stages = [("above", stage(done=_nothing)), *others, ("billing", Billing(Billing.Config(**options), ports))]
    return Playbook.of(stages, ports=ports, caller=a_caller())


async def _nothing(flow: Flow) -> None: ...


def ledger(play: Playbook) -> MemoryLedger:
    assert isinstance(play.ports.ledger, MemoryLedger)
    return play.ports.ledger


def settled(play: Playbook) -> tuple[str, int]:
    """Why, and how much; there is exactly one settlement, and nothing is held any more."""
    [settlement] = ledger(play).settled.values()
    assert ledger(play).held == {}
    return settlement.reason, settlement.amount


async def test_the_dearest_candidate_is_held_before_anything_goes_up() -> None:
    held: list[int] = []

    async def look(flow: Flow, attempt: Attempt) -> None:
        held.extend(ledger(play).held.values())

    channels = [a_channel("cheap"), a_channel("dear", priority=-1)]
    prices = [Entry("*", PRICE), Entry("*", price("10", "20"), channel="dear")]
    play = playbook(("look", stage(target=look)), channels=channels, prices=prices)
    play.upstream(reply({}, usage=USAGE))
    await play.request({**BODY, "max_tokens": 100})
    estimate = estimate_input(b'{"model":"gpt-x","messages":[],"max_tokens":100}', "gpt-x")
    assert held == [estimate * 10_000 + 100 * 20_000]
    assert settled(play) == ("completed", BILL)


async def test_a_caller_without_the_money_gets_a_402_and_nothing_goes_up() -> None:
    play = playbook(balance=5)
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["code"], play.sent) == (402, "insufficient_quota", [])
    assert settled(play) == ("rejected", 0)


@pytest.mark.parametrize(("body", "held"), [({}, 4096), ({"max_tokens": 7}, 7), ({"max_tokens": 7, "n": 3}, 21)])
async def test_the_output_that_is_held_is_what_the_caller_allows(body: dict[str, Any], held: int) -> None:
    amounts: list[int] = []

    async def look(flow: Flow, attempt: Attempt) -> None:
        amounts.extend(ledger(play).held.values())

    play = playbook(("look", stage(target=look)), prices=[Entry("*", price("0", "2"))])
    await play.request(BODY | body)
    assert amounts == [held * 2000]


async def test_an_override_that_allows_more_output_holds_the_difference() -> None:
    amounts: list[int] = []

    async def raise_bound(flow: Flow, attempt: Attempt) -> None:
        assert attempt.body is not None
        attempt.body.set("max_tokens", 1000)

    play = playbook(("override", stage(upstream_request=raise_bound)), balance=3_000_000, prices=[Entry("*", price("0", "2"))])
    ledger_hold = ledger(play).hold

    async def hold(charge: Any, amount: int) -> None:
        amounts.append(amount)
        await ledger_hold(charge, amount)

    ledger(play).hold = hold  # type: ignore[method-assign]
    play.upstream(reply({}, usage=USAGE))
    assert (await play.request({**BODY, "max_tokens": 10})).status == 200
    assert amounts == [20_000, 2_000_000]


async def test_an_override_that_allows_more_than_there_is_sends_nothing() -> None:
    async def raise_bound(flow: Flow, attempt: Attempt) -> None:
        assert attempt.body is not None
        attempt.body.set("max_tokens", 1000)

    play = playbook(("override", stage(upstream_request=raise_bound)), balance=30_000, prices=[Entry("*", price("0", "2"))])
    result = await play.request({**BODY, "max_tokens": 10})
    assert (result.status, play.sent) == (402, [])
    assert settled(play)[1] == 0


async def test_a_model_without_a_price_is_refused_and_never_free() -> None:
    play = playbook(prices=[Entry("another", PRICE)])
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["code"], play.sent) == (403, "model_not_priced", [])
    assert ledger(play).settled == {}


async def test_a_group_may_say_what_a_model_without_a_price_costs() -> None:
    groups = [Group("default", Patterns([]), unpriced=price("3", "3"))]
    play = playbook(prices=[], groups=groups)
    play.upstream(reply({}, usage=USAGE))
    await play.request(BODY)
    assert settled(play) == ("completed", 1100 * 3000)


async def test_a_channel_without_a_price_is_passed_over_for_one_that_has_one() -> None:
    channels = [a_channel("unpriced", priority=1), a_channel("priced")]
    play = playbook(channels=channels, prices=[Entry("*", PRICE, channel="priced")])
    play.upstream(reply({}, usage=USAGE))
    assert (await play.request(BODY)).status == 200
    assert [sent.url for sent in play.sent] == ["https://priced.example/v1/chat/completions"]


async def test_the_groups_ratio_multiplies_and_a_user_group_s_own_goes_before_it() -> None:
    for groups, ratio in (
        ([Group("default", Patterns([]), ratio=Fraction(3, 2))], Fraction(3, 2)),
        ([Group("default", Patterns([]), ratio=Fraction(3, 2), ratios={"default": Fraction(1, 2)})], Fraction(1, 2)),
    ):
        play = playbook(groups=groups)
        play.upstream(reply({}, usage=USAGE))
        await play.request(BODY)
        assert settled(play) == ("completed", int(BILL * ratio))


async def test_the_price_is_that_of_the_model_asked_whatever_it_is_served_as() -> None:
    async def rename(flow: Flow) -> None:
        await flow.body()
        flow.model = "served"

    play = playbook(("mapping", stage(request=rename)), prices=[Entry("gpt-x", PRICE), Entry("served", price("9", "9"))])
    play.upstream(reply({}, usage=USAGE))
    await play.request(BODY)
    assert settled(play) == ("completed", BILL)


async def test_a_fallback_is_billed_at_its_own_price() -> None:
    book = PriceBook([Entry("gpt-x", PRICE), Entry("long", price("9", "9"))])
    channels = [a_channel("a", models=["gpt-x"]), a_channel("b", models=["long"])]
    ports = memory_ports(channels=channels, prices=book)
    policy = RetryPolicy(fallbacks={"gpt-x": ["long"]})
    play = Playbook.of([("billing", Billing(Billing.Config(), ports))], ports=ports, caller=a_caller(), policy=policy)
    play.upstream(status(400, verdict=Verdict.FALLBACK), reply({}, usage=USAGE))
    await play.request(BODY)
    assert settled(play) == ("completed", 1100 * 9000)


async def test_the_caller_sees_the_cost_of_a_unary_reply_and_of_a_stream_if_it_asks() -> None:
    play = playbook()
    play.upstream(reply({}, usage=USAGE))
    assert (await play.request(BODY)).headers["x-aihub-cost-usd"] == "0.0012"
    play.upstream(stream([chunk("hello")], usage=USAGE))
    plain = await play.request(BODY, stream=True)
    told = await play.request(BODY, stream=True, headers={"x-aihub-cost-event": "1"})
    assert b"cost" not in plain.body
    assert told.body == plain.body + b": cost_usd=0.0012\n\n"


async def test_nobody_pays_without_an_account() -> None:
    ports = memory_ports()
    play = Playbook.of([("billing", Billing(Billing.Config(), ports))], ports=ports)
    assert (await play.request(BODY)).status == 200
    assert ledger(play).settled == {}


async def test_who_served_and_what_the_vendor_lists_are_told() -> None:
    listed = PriceBook([Entry("gpt-x", price("0.5", "1"))])
    ports = memory_ports(prices=PriceBook([Entry("*", PRICE)], below=listed))
    play = Playbook.of([("billing", Billing(Billing.Config(), ports))], ports=ports, caller=a_caller())
    play.upstream(reply({}, usage=USAGE))
    await play.request(BODY)
    [settlement] = ledger(play).settled.values()
    assert (settlement.cost, settlement.amount, settlement.served_by) == (BILL // 2, BILL, ("main", "main/key"))


INPUT = estimate_input(b'{"model":"gpt-x","messages":[],"stream":true}', "gpt-x") * 1000
"""What the estimate of the request's input costs."""

SAID = len(b'{"choices":[{"delta":{"content":"hello"}}]}') // 4 * 2000

# What happens, how the caller behaves, what the flow's charge comes to.
STREAMED: dict[str, tuple[list[Answer], dict[str, Any], tuple[str, int]]] = {
    "to its end": ([stream([chunk("hello")], usage=USAGE)], {}, ("completed", BILL)),
    "to its end, unreported": ([stream([chunk("hello")])], {}, ("completed", INPUT + SAID)),
    "hostile report": ([stream([chunk("hello")], usage=Usage(input=-5, output=2**60))], {}, ("completed", INPUT + SAID)),
    "cached beyond its input": (
        [stream([chunk("hello")], usage=Usage(input=1000, output=100, cache_read=5000))], {}, ("completed", BILL),
    ),
    "failed and then answered": ([status(503), stream([chunk("hello")], usage=USAGE)], {}, ("completed", BILL)),
    "failed everywhere": ([status(503)], {}, ("upstream_failed", 0)),
    "refused by the vendor": ([status(400)], {}, ("upstream_failed", 0)),
    "our account refused": ([status(401)], {}, ("upstream_failed", 0)),
    "unreachable": ([broken()], {}, ("upstream_failed", 0)),
    "too slow": ([broken(timed_out=True)], {}, ("upstream_failed", 0)),
    "cut in its middle": ([stream([chunk("hello")], cut=True)], {}, ("cut", INPUT + SAID)),
    "cut before its first event": ([stream([], cut=True)], {}, ("cut", 0)),
    "left in its middle": ([stream([chunk("hello")] * 3, usage=USAGE)], {"leaves_after": 1}, ("caller_left", INPUT + SAID)),
    "left before its first event": ([silent()], {"leaves_after": 0}, ("caller_left", INPUT)),
}  # fmt: skip


@pytest.mark.parametrize("case", STREAMED)
async def test_who_pays_for_how_a_stream_ended(case: str) -> None:
    answers, behaviour, expected = STREAMED[case]
    play = playbook()
    play.upstream(*answers)
    await play.request(BODY, stream=True, **behaviour)
    assert settled(play) == expected


async def test_a_stream_that_is_drained_is_paid_exactly() -> None:
    play = playbook(on_disconnect="drain")
    play.upstream(stream([chunk("hello")] * 3, usage=USAGE))
    await play.request(BODY, stream=True, leaves_after=1)
    assert settled(play) == ("caller_left", BILL)


UNARY: dict[str, tuple[list[Answer], dict[str, Any], tuple[str, int]]] = {
    "answered": ([reply({}, usage=USAGE)], {}, ("completed", BILL)),
    "left and read to its end": ([reply({}, usage=USAGE)], {"leaves_after": 0}, ("caller_left", BILL)),
    "failed": ([status(500)], {}, ("upstream_failed", 0)),
    "nothing consumed": ([reply({}, usage=Usage())], {}, ("completed", 0)),
}


@pytest.mark.parametrize("case", UNARY)
async def test_who_pays_for_how_a_whole_reply_ended(case: str) -> None:
    answers, behaviour, expected = UNARY[case]
    play = playbook()
    play.upstream(*answers)
    await play.request(BODY, **behaviour)
    assert settled(play) == expected


@pytest.mark.parametrize("hook", ["target", "upstream_request", "upstream_response", "response", "chunk"])
async def test_what_breaks_in_the_gateway_is_the_gateway_s_to_pay(hook: str) -> None:
    play = playbook(("faulty", crashing(hook)))
    play.upstream(reply({}, usage=USAGE))
    result: Result = await play.request(BODY)
    assert result.status == 500
    reason, amount = settled(play)
    assert (reason in ("gateway_failed", "rejected"), amount) == (True, 0)


async def test_a_refusal_above_costs_nothing_and_holds_nothing() -> None:
    play = playbook(("no", crashing("request")))
    await play.request(BODY)
    assert ledger(play).settled == {}


async def test_the_deadline_s_end_before_an_answer_is_free() -> None:
    async def late(flow: Flow, attempt: Attempt) -> None:
        play.deadline_passes()

    play = playbook(("late", stage(upstream_request=late)))
    play.upstream(silent())
    result = await play.request(BODY)
    assert (result.status, settled(play)) == (504, ("gateway_failed", 0))


def records(play: Playbook) -> list[str]:
    assert isinstance(play.ports.log, MemoryLog)
    return [record.content for record in play.ports.log.records if isinstance(record, Record)]


async def test_a_paid_call_s_record_goes_with_its_settlement_and_not_beside_it() -> None:
    play = playbook()
    play.upstream(reply({}, usage=USAGE))
    await play.request(BODY)
    [settlement] = ledger(play).settled.values()
    assert settlement.record is not None
    assert (settlement.record.amount_nano, settlement.record.type) == (settlement.amount, "consume")
    assert records(play) == []


async def test_a_call_that_nobody_pays_for_leaves_a_record_of_why() -> None:
    play = playbook()
    play.upstream(status(422))
    await play.request(BODY)
    [settlement] = ledger(play).settled.values()
    assert settlement.record is None
    assert records(play) == ["upstream_error: The upstream answered with status 422."]


async def test_a_refused_call_leaves_a_record_and_one_of_nobody_none() -> None:
    play = playbook(balance=5)
    await play.request(BODY)
    assert records(play) == ["insufficient_quota: Your balance does not cover this request."]
    ports = memory_ports()
    play = Playbook.of([("no", rejecting("request")), ("billing", Billing(Billing.Config(), ports))], ports=ports)
    await play.request(BODY)
    assert records(play) == []


async def test_a_bill_that_cannot_be_written_leaves_nothing_held(caplog: pytest.LogCaptureFixture) -> None:
    beyond = price("1", "2", tiers=(Tier(1_000_000, Rates(input=2**62)),))
    play = playbook(prices=[Entry("*", beyond)])
    play.upstream(stream([chunk("hello")], usage=Usage(input=10_000_000)))
    assert (await play.request(BODY, stream=True)).status == 200
    assert settled(play) == ("gateway_failed", 0)
    assert "stage billing crashed" in caplog.text
