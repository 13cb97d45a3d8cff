"""What the log keeps of one thing that happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Type = Literal["consume", "topup", "manage", "system", "error", "refund", "login"]
TYPES: tuple[Type, ...] = get_args(Type)
"""
consume   a call that was served and paid
topup     credit that was given, or taken back
manage    an operator changed something
system    the gateway did something by itself
error     a call that was refused, or failed, or whose caller did not wait
refund    money that a caller got back
login     somebody came in, or tried to
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What was said in a call, as far as it is kept; the sizes are those of all of it, in bytes."""

    request_id: str
    at: float
    request: str
    reply: str
    request_size: int
    reply_size: int


@dataclass(frozen=True, slots=True)
class Record:
    """One row. `at` is in Unix seconds, money in nano-dollars, and `content` says it for people. Everything in it is a copy:
    names stay what they were, whatever they are called later.

    `model` is what the caller asked for, `model_sent` what the vendor was. `status` is what the caller saw. `cost_nano` is None
    where nobody knows the vendor's price. `ending` is how the answer ended. `detail` holds the rest as plain JSON: it is kept
    and shown, and nothing is looked for in it.
    """

    type: Type
    at: float
    content: str
    user: str = ""
    token: str = ""
    group: str = ""
    channel: str = ""
    key: str = ""
    vendor: str = ""
    model: str = ""
    model_sent: str = ""
    request_id: str = ""
    trace_id: str = ""
    status: int | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    amount_nano: int = 0
    cost_nano: int | None = None
    first_byte_ms: int | None = None
    duration_ms: int | None = None
    ending: str = ""
    ip: str = ""
    end_user: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
