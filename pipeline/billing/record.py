"""A flow that has ended, as the record that the log keeps of it. Pure: nothing is asked or written here."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline.billing.cost_events import usd
from pipeline.billing.owed import Owed
from pipeline.errors import BadRequest
from pipeline.flow import Attempt, Flow, Outcome
from pipeline.pricing.bill import Bill, Line
from pipeline.record import Record

TAGS_HEADER = "x-aihub-tags"
"""Words of the caller's own, with commas between them, by which its calls can be told apart later: `team:search,nightly`."""

MOST_TAGS = 16
LONGEST_WORD = 100


def consume_record(flow: Flow, owed: Owed, bill: Bill, cost: int | None, *, at: float, ended: float) -> Record:
    """Of a call that is paid: something was consumed. `at` is the end in Unix seconds, `ended` the same in monotonic ones."""
    assert owed.usage is not None
    usage = owed.usage
    tokens = {kind: number for kind, number in asdict(usage).items() if number}
    detail = {"tokens": tokens, "lines": [_line(line) for line in bill.lines], "estimated": owed.estimated, "faults": owed.faults}
    about = "about " if owed.estimated else ""
    content = f"{about}{usage.input} tokens in, {usage.output} out: {usd(bill.total_nano)} USD, {owed.reason}"
    return Record(
        type="consume",
        at=at,
        content=content,
        input_tokens=usage.input,
        output_tokens=usage.output,
        amount_nano=bill.total_nano,
        cost_nano=cost,
        ending=owed.reason,
        detail=detail | _detail(flow),
        **_facts(flow, ended),
    )


def error_record(flow: Flow, reason: str, *, at: float, ended: float) -> Record | None:
    """Of a call that nobody pays for, and why; None if all went well with it."""
    if flow.outcome is Outcome.COMPLETED:
        return None
    code, message = _problem(flow)
    return Record(
        type="error",
        at=at,
        content=f"{code}: {message}",
        ending=reason,
        detail={"code": code} | _detail(flow),
        **_facts(flow, ended),
    )


def _facts(flow: Flow, ended: float) -> dict[str, Any]:
    caller, attempt = flow.caller, flow.attempt
    facts: dict[str, Any] = {
        "model": flow.asked_model,
        "request_id": flow.id,
        "trace_id": "" if flow.trace is None else flow.trace.hex_id,
        "status": None if flow.reply is None else flow.reply.status,
        "first_byte_ms": None if flow.first_byte is None else _milliseconds(flow.first_byte - flow.started),
        "duration_ms": _milliseconds(ended - flow.started),
        "ip": flow.request.client_ip or "",
        "end_user": _end_user(flow),
    }
    if caller is not None:
        facts |= {"user": caller.username, "token": caller.token_name, "group": caller.group}
    if attempt is not None:
        target = attempt.target
        facts |= {"channel": target.channel.name, "key": target.key.name, "vendor": target.channel.vendor}
        facts |= {"model_sent": attempt.model, "group": target.group}
    return facts


def _detail(flow: Flow) -> dict[str, object]:
    """How it was asked, and each try."""
    detail: dict[str, object] = {
        "operation": flow.route.operation,
        "format": flow.route.format,
        "stream": flow.asked_stream,
        "attempts": [_attempt(flow, attempt) for attempt in flow.attempts],
    }
    if tags := _tags(flow):
        detail["tags"] = tags
    return detail


def _attempt(flow: Flow, attempt: Attempt) -> dict[str, object]:
    said: dict[str, object] = {
        "channel": attempt.target.channel.name,
        "key": attempt.target.key.name,
        "model": attempt.model,
        "format": attempt.format,
        "status": attempt.status,
        "began_ms": _milliseconds(attempt.started - flow.started),
    }
    if attempt.failure is not None:
        said["code"] = attempt.failure.code
    if attempt.ended is not None:
        said["took_ms"] = _milliseconds(attempt.ended - attempt.started)
    if attempt.upstream_id is not None:
        said["upstream_id"] = printable(attempt.upstream_id)
    return said


def _line(line: Line) -> dict[str, object]:
    return {**line._asdict(), "ratio": str(line.ratio)}


def _problem(flow: Flow) -> tuple[str, str]:
    """Code and message: the gateway's own error, else the vendor's failure that went through to the caller as it was."""
    if flow.error is not None:
        return flow.error.code, flow.error.message
    failure = flow.attempt.failure if flow.attempt is not None else None
    if failure is not None:
        return failure.code, failure.message
    if flow.caller_left:
        return "caller_left", "The caller left before there was an answer."
    return "failed", "The request failed."


def _end_user(flow: Flow) -> str:
    """Whom the caller asks for. OpenAI: `safety_identifier`, or `user` before it; Anthropic: `metadata.user_id`.
    https://platform.openai.com/docs/api-reference/chat/create https://docs.anthropic.com/en/api/messages"""
    body = flow.body_read
    if body is None:
        return ""
    for name in ("safety_identifier", "user", "metadata"):
        if name not in body:
            continue
        try:
            value = body.get(name)
        except BadRequest:
            continue
        if isinstance(value, Mapping):
            value = value.get("user_id")
        if isinstance(value, str) and value:
            return printable(value)
    return ""


def _tags(flow: Flow) -> list[str]:
    said = flow.request.headers.get(TAGS_HEADER)
    words = [printable(word.strip()) for word in said.split(",", MOST_TAGS)[:MOST_TAGS]] if said else []
    return [word for word in words if word]


def printable(text: str) -> str:
    """What somebody else has written, so that every database can hold it: no control characters, and no more than a word."""
    cut = text[:LONGEST_WORD]
    return cut if cut.isprintable() else "".join(letter for letter in cut if letter.isprintable())


def _milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 0)
