"""A vendor's whole answer."""

from enum import Enum

import msgspec

from pipeline.usage import Usage
from providers.canonical.opaque import Extras
from providers.canonical.parts import Part


class StopReason(Enum):
    """Why a candidate ended.

    | here          | C                   | R                              | A                             | G
      |
    |---------------|---------------------|--------------------------------|-------------------------------|-----------------------|
    | END           | stop                | completed                      | end_turn                      | STOP
      |
    | STOP_SEQUENCE | stop                | completed                      | stop_sequence                 | STOP
      |
    | LENGTH        | length              | incomplete: max_output_tokens  | max_tokens                    | MAX_TOKENS
      |
    | CONTEXT       | length              | incomplete: max_output_tokens  | model_context_window_exceeded | MAX_TOKENS
      |
    | TOOL_CALLS    | tool_calls          | completed                      | tool_use                      | STOP
      |
    | FILTERED      | content_filter      | incomplete: content_filter     | refusal                       | SAFETY, RECITATION,
    … |
    | PAUSED        | length              | incomplete                     | pause_turn                    | CONTINUATION
      |
    | MALFORMED     | stop                | completed                      | end_turn                      | MALFORMED_*
      |

    Readers give TOOL_CALLS if and only if the candidate calls a tool of the caller's and was not cut short, whatever the vendor
    says; a reason that they do not know is END.
    """

    END = "end"
    STOP_SEQUENCE = "stop_sequence"
    LENGTH = "length"
    CONTEXT = "context"
    TOOL_CALLS = "tool_calls"
    FILTERED = "filtered"
    PAUSED = "paused"
    MALFORMED = "malformed"


class Stop(msgspec.Struct, frozen=True):
    """`sequence`: which stop string (A alone tells). `category` and `explanation`: why it was filtered (A's `stop_details`, G's
    `finishMessage`). `raw` is the vendor's own word."""

    reason: StopReason
    sequence: str | None = None
    category: str | None = None
    explanation: str | None = None
    raw: str | None = None


class TokenLogprob(msgspec.Struct, frozen=True):
    """C, R: `logprobs.content[]`. G: `logprobsResult`. `top` are the alternatives."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None = None
    top: "tuple[TokenLogprob, ...]" = ()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """C: a choice. G: a candidate. R and A: the only one."""

    parts: tuple[Part, ...]
    stop: Stop
    logprobs: tuple[TokenLogprob, ...] | None = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """`id` and `model` are the vendor's; `created` is in Unix seconds, None where the format has none (A, G). `service_tier` is
    what the vendor gave. `extras`: what only the owner's writer puts back."""

    id: str
    model: str
    candidates: tuple[Candidate, ...]
    usage: Usage | None = None
    created: int | None = None
    service_tier: str | None = None
    extras: Extras | None = None
