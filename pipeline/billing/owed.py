"""Who pays for how a call ended: one table, in code. `docs/billing.md` is the same in words.

| the call                                                              | is                                     |
|-----------------------------------------------------------------------|----------------------------------------|
| was refused, or never sent                                            | free                                   |
| failed at every vendor, or its stream had an error and nothing else   | free                                   |
| was answered, and then broke in the gateway before the caller had it  | free                                   |
| was answered to its end                                               | paid as reported, or as estimated      |
| was left by its caller and read to its end                            | paid as reported, or as estimated      |
| was left by its caller before the first event                         | paid for its input: the vendor had it  |
| was left, or cut, in the middle of its answer                         | paid for its input and what was said   |
| was cut before anything was said                                      | free                                   |
"""

from dataclasses import dataclass, replace

from pipeline.estimate import estimate_input
from pipeline.flow import Attempt, Flow, Outcome
from pipeline.pricing.sound import sound
from pipeline.usage import Usage

REJECTED = "rejected"
UPSTREAM_FAILED = "upstream_failed"
GATEWAY_FAILED = "gateway_failed"
COMPLETED = "completed"
CALLER_LEFT = "caller_left"
CUT = "cut"

LETTERS_PER_TOKEN = 4
"""Of what a model said in a stream that was cut. It is only counted as it passes: to keep the text would cost every stream."""


@dataclass(frozen=True, slots=True)
class Owed:
    """`usage` is None where nothing is owed. `faults` are what was wrong with the vendor's report, `estimated` tells that some of
    it is our own estimate."""

    reason: str
    usage: Usage | None = None
    faults: tuple[str, ...] = ()
    estimated: bool = False


def owed(flow: Flow, input_tokens: int) -> Owed:
    """For a flow that has ended. `input_tokens` is the estimate of its request."""
    attempt = flow.attempt
    if attempt is None:
        return Owed(CALLER_LEFT if flow.outcome is Outcome.CALLER_LEFT else REJECTED)
    if attempt.failure is not None:
        return Owed(UPSTREAM_FAILED)
    if attempt.reply is None:
        return _unanswered(flow, input_tokens)
    if flow.outcome in (Outcome.FAILED, Outcome.REJECTED):
        return Owed(GATEWAY_FAILED)
    if attempt.complete or attempt.reply.events is None:
        return _whole(attempt, input_tokens, CALLER_LEFT if flow.caller_left else COMPLETED)
    return _part(flow, attempt, input_tokens)


def _unanswered(flow: Flow, input_tokens: int) -> Owed:
    """The vendor was asked and has not begun: who did not wait pays for what it has read by then."""
    if flow.caller_left:
        return Owed(CALLER_LEFT, Usage(input=input_tokens), estimated=True)
    return Owed(GATEWAY_FAILED)


def _whole(attempt: Attempt, input_tokens: int, reason: str) -> Owed:
    assert attempt.reply is not None
    if attempt.usage is None and not attempt.received and attempt.reply.events is not None:
        # It said that it has ended, and nothing else: an error in the place of an answer.
        return Owed(UPSTREAM_FAILED)
    told = sound(attempt.usage, Usage(input=input_tokens, output=_said(attempt)))
    return Owed(reason, told.usage, told.faults, told.estimated)


def _part(flow: Flow, attempt: Attempt, input_tokens: int) -> Owed:
    """What a vendor reports at a stream's start has its input, and not yet the output."""
    reason = CALLER_LEFT if flow.caller_left else CUT
    said = _said(attempt)
    if reason == CUT and not attempt.received and (attempt.usage is None or not attempt.usage.output):
        return Owed(CUT)
    told = sound(attempt.usage, Usage(input=input_tokens, output=said))
    usage = replace(told.usage, output=max(told.usage.output, said))
    return Owed(reason, usage, told.faults, estimated=True)


def _said(attempt: Attempt) -> int:
    """Tokens of what the model said, where nobody has reported them."""
    if attempt.reply is not None and attempt.reply.events is None and attempt.usage is None:
        return estimate_input(attempt.reply.body)
    return attempt.received // LETTERS_PER_TOKEN
