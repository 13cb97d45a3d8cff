"""A flow that has ended, as the log tells of it."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from pipeline.billing.owed import COMPLETED, REJECTED, UPSTREAM_FAILED, Owed
from pipeline.billing.record import consume_record, error_record
from pipeline.flow import Flow
from pipeline.pricing.bill import Bill, Line
from pipeline.record import Record
from pipeline.testing import Playbook, Result, a_caller, a_channel, broken, reply, status, stream
from pipeline.usage import Usage
from tests.pipeline.recorder import BODY, rejecting, stage

USAGE = Usage(input=1000, output=100, cache_read=400)
BILL = Bill((Line("input", 600, 10**9, Fraction(3, 2), 900), Line("output", 100, 2 * 10**9, Fraction(3, 2), 300)), 1200)


def consumed(flow: Flow, *, estimated: bool = False, cost: int | None = 700) -> Record:
    owed = Owed(COMPLETED, USAGE, estimated=estimated)
    return consume_record(flow, owed, BILL, cost, at=1_800_000_000.0, ended=flow.started + 2.5)


def failed(result: Result, reason: str = REJECTED) -> Record | None:
    return error_record(result.flow, reason, at=1_800_000_000.0, ended=result.flow.started + 2.5)


async def played(body: Any = BODY, *stages: Any, headers: dict[str, str] | None = None) -> Result:
    play = Playbook(*stages, caller=a_caller(group="vip"), channels=[a_channel("main", groups=("vip",))])
    play.upstream(status(503), reply({}, usage=USAGE))
    return await play.request(body, headers=headers, client_ip="203.0.113.9")


async def test_a_call_that_is_paid() -> None:
    record = consumed((await played()).flow)
    assert (record.type, record.at, record.ending, record.status, record.duration_ms) == (
        "consume",
        1_800_000_000.0,
        "completed",
        200,
        2500,
    )
    assert record.content == "1000 tokens in, 100 out: 0.0000012 USD, completed"
    assert (record.user, record.token, record.group) == ("alice", "laptop", "vip")
    assert (record.channel, record.key, record.vendor) == ("main", "key", "scripted")
    assert (record.model, record.model_sent, record.request_id) == ("gpt-x", "gpt-x", "req_test")
    assert (record.input_tokens, record.output_tokens, record.amount_nano, record.cost_nano) == (1000, 100, 1200, 700)
    assert (record.ip, record.trace_id, record.end_user) == ("203.0.113.9", "", "")
    assert record.first_byte_ms is not None


async def test_its_lines_add_up_and_each_try_is_told() -> None:
    record = consumed((await played()).flow)
    detail: Any = record.detail
    assert detail["tokens"] == {"input": 1000, "output": 100, "cache_read": 400}
    assert detail["lines"][0] == {"kind": "input", "quantity": 600, "rate": 10**9, "ratio": "3/2", "amount_nano": 900}
    assert sum(line["amount_nano"] for line in detail["lines"]) == record.amount_nano
    assert [(each["channel"], each["status"], each.get("code")) for each in detail["attempts"]] == [
        ("main", 503, "upstream_error"),
        ("main", 200, None),
    ]
    assert (detail["operation"], detail["format"], detail["stream"]) == ("chat", "openai_chat", False)


async def test_it_is_plain_json_so_that_a_spool_can_keep_it() -> None:
    record = consumed((await played(headers={"x-aihub-tags": "a"})).flow)
    kept = msgspec.json.decode(msgspec.json.encode(record), type=Record)
    assert msgspec.json.encode(kept) == msgspec.json.encode(record)


async def test_an_estimate_says_so() -> None:
    record = consumed((await played()).flow, estimated=True, cost=None)
    assert record.content.startswith("about 1000 tokens in")
    assert (record.detail["estimated"], record.cost_nano) == (True, None)


async def test_a_mapped_model_is_told_beside_the_one_that_was_asked_for() -> None:
    async def other(flow: Flow) -> None:
        await flow.body()
        flow.model = "gpt-y"

    record = consumed((await played(BODY, stage(request=other))).flow)
    assert (record.model, record.model_sent) == ("gpt-x", "gpt-y")


async def test_the_time_of_a_stream_s_first_byte() -> None:
    play = Playbook(caller=a_caller(), channels=[a_channel()])
    play.upstream(stream([{"a": 1}, {"b": 2}], usage=USAGE))
    flow = (await play.request(BODY, stream=True)).flow
    assert flow.first_byte is not None
    flow.first_byte = flow.started + 0.25
    record = consumed(flow)
    assert (record.first_byte_ms, record.detail["stream"]) == (250, True)


@pytest.mark.parametrize(
    ("members", "end_user"),
    [
        ({"user": "u-1"}, "u-1"),
        ({"user": "u-1", "safety_identifier": "s-1"}, "s-1"),
        ({"metadata": {"user_id": "m-1"}}, "m-1"),
        ({"metadata": {"topic": "x"}}, ""),
        ({"user": 7}, ""),
        ({"user": "a\x00b\n" + "c" * 200}, "ab" + "c" * 96),
    ],
)
async def test_the_end_user_is_the_one_that_the_body_names(members: dict[str, Any], end_user: str) -> None:
    assert consumed((await played({**BODY, **members})).flow).end_user == end_user


async def test_tags_are_the_caller_s_words() -> None:
    many = ",".join(f"t{number}" for number in range(30))
    record = consumed((await played(headers={"x-aihub-tags": " team:search, ,nightly\t"})).flow)
    assert record.detail["tags"] == ["team:search", "nightly"]
    assert len(consumed((await played(headers={"x-aihub-tags": many})).flow).detail["tags"]) == 16  # type: ignore[arg-type]
    assert "tags" not in consumed((await played()).flow).detail


async def test_a_call_that_was_refused() -> None:
    result = await played(BODY, ("mine", rejecting("request")))
    record = failed(result)
    assert record is not None
    assert (record.type, record.status, record.content, record.detail["code"]) == (
        "error",
        403,
        "not_today: not today",
        "not_today",
    )
    assert (record.user, record.channel, record.model, record.ending) == ("alice", "", "", "rejected")


async def test_a_failure_that_went_through_as_the_vendor_said_it() -> None:
    play = Playbook(caller=a_caller())
    play.upstream(status(422))
    record = failed(await play.request(BODY), UPSTREAM_FAILED)
    assert record is not None
    assert (record.status, record.channel) == (422, "main")
    assert record.content == "upstream_error: The upstream answered with status 422."


async def test_a_vendor_that_cannot_be_reached() -> None:
    play = Playbook(caller=a_caller())
    play.upstream(broken())
    record = failed(await play.request(BODY), UPSTREAM_FAILED)
    assert record is not None
    assert record.content == "upstream_unreachable: The upstream cannot be reached."
    assert len(record.detail["attempts"]) == 4  # type: ignore[arg-type]


async def test_a_caller_that_did_not_wait() -> None:
    play = Playbook(caller=a_caller())
    play.upstream(stream([{"a": 1}]))
    record = failed(await play.request(BODY, stream=True, leaves_after=0), "caller_left")
    assert record is not None
    assert (record.content, record.status) == ("caller_left: The caller left before there was an answer.", None)


async def test_what_went_well_is_no_error() -> None:
    assert failed(await played()) is None
