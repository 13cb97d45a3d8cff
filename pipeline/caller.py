"""Who is calling: a token and its owner, as the stages see them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.patterns import Patterns

if TYPE_CHECKING:
    from pipeline.limits.allowance import Allowance

ANY = Patterns(["*"])


@dataclass(frozen=True, slots=True)
class Caller:
    """An immutable copy of the token's and its owner's rows; times are Unix seconds, money integer nano-dollars.

    `group` is the token's group or else its owner's, `user_group`; `auto` means: the auto groups open to the owner, in order.
    `quota` is None for an unlimited token. `limits` are the token's own, `user_limits` its owner's.
    """

    token_id: str
    token_name: str
    user_id: str
    username: str
    group: str = "default"
    user_group: str = "default"
    role: str = "user"
    token_enabled: bool = True
    user_enabled: bool = True
    expires_at: float | None = None
    quota: int | None = None
    used: int = 0
    models: Patterns = ANY
    allow_ips: tuple[str, ...] = ()
    cross_group_retry: bool = False
    limits: "Allowance | None" = None
    user_limits: "Allowance | None" = None
