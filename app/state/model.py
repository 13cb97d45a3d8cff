"""The state file's words, their types and their defaults.

A field that is left out has its default, also when the row exists and says otherwise: the file is the whole truth about what
it mentions. Three things are exempt, because the file cannot know them or they happen only once: a token without `key` keeps
its key, a channel without `keys` keeps its keys, and `balance_usd` is an opening credit that is booked once.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import to_jsonable_python

from app.config.validate import Strict
from app.config.wording import refusal
from app.db.groups import DEFAULT
from app.state.edits import HeaderEdits, Limits, ModelMap, Options, ParamEdits, StatusMap
from app.state.prices import PriceSpec, Unpriced, unpriced_column
from app.state.values import (
    BaseUrl,
    CallerKey,
    Expiry,
    Model,
    Models,
    Name,
    Nano,
    Network,
    ProxyUrl,
    Ratio,
    Vendor,
)

Count = Annotated[int, Field(ge=-(2**31), lt=2**31)]


class KeySpec(Strict):
    """One of a channel's keys; plain text stands for a key without any more words."""

    key: Annotated[str, Field(min_length=1, max_length=65_536, repr=False)]
    name: Name | None = None
    enabled: bool = True
    priority: Count = 0

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        return {"key": value} if isinstance(value, str) else value


class ChannelSpec(Strict):
    name: Name
    vendor: Vendor
    enabled: bool = True
    base_url: BaseUrl | None = None
    keys: tuple[KeySpec, ...] | None = None
    key_mode: Literal["random", "polling"] = "random"
    models: Models = ("*",)
    groups: Annotated[tuple[Name, ...], Field(min_length=1)] = (DEFAULT,)
    priority: Count = 0
    weight: Annotated[int, Field(ge=0, lt=2**31)] = 1
    tag: Name | None = None
    formats: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    options: Options = Field(default_factory=dict, repr=False)
    model_mapping: ModelMap = Field(default_factory=dict, repr=False)
    param_override: ParamEdits = Field(default_factory=dict, repr=False)
    header_override: HeaderEdits = Field(default_factory=dict, repr=False)
    status_code_mapping: StatusMap = Field(default_factory=dict, repr=False)
    proxy: ProxyUrl | None = Field(default=None, repr=False)
    limits: Limits = Field(default_factory=dict)
    auto_disable: bool = True
    test_model: Model | None = None
    remark: str = ""

    def columns(self) -> dict[str, Any]:
        return as_columns(self, without={"name", "keys"})


class GroupSpec(Strict):
    """`ratio` multiplies the prices of calls in this group. `ratios` are for its members when they call in another group, instead
    of that one's `ratio`."""

    name: Name
    ratio: Ratio = "1"
    ratios: dict[Name, Ratio] = Field(default_factory=dict)
    unpriced: Unpriced = "refuse"
    models: Models = ("*",)
    usable_by: tuple[Name, ...] = ()
    auto: bool = False
    limits: Limits = Field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        return as_columns(self, without={"name", "unpriced"}) | {"unpriced": unpriced_column(self.unpriced)}


class UserSpec(Strict):
    username: Name
    role: Literal["user", "admin"] = "user"
    group: Name = DEFAULT
    enabled: bool = True
    balance_usd: Nano = 0
    limits: Limits = Field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        return as_columns(self, without={"username", "balance_usd"})


class TokenSpec(Strict):
    """Neither `quota_usd` nor `unlimited` means unlimited."""

    name: Name
    user: Name
    key: CallerKey | None = Field(default=None, repr=False)
    enabled: bool = True
    group: Name | None = None
    cross_group_retry: bool = False
    models: Models = ("*",)
    allow_ips: tuple[Network, ...] = ()
    expires_at: Expiry | None = None
    quota_usd: Nano | None = None
    unlimited: bool | None = None
    limits: Limits = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_limit(self) -> "TokenSpec":
        if self.quota_usd is not None and self.unlimited:
            raise refusal("`quota_usd` and `unlimited` exclude each other")
        if self.quota_usd is None and self.unlimited is False:
            raise refusal("a token that is not unlimited needs `quota_usd`")
        return self

    def columns(self) -> dict[str, Any]:
        """Without `user`, which is a row's id there."""
        columns = as_columns(self, without={"name", "user", "key", "expires_at", "quota_usd", "unlimited"})
        return columns | {"expires_at": self.expires_at, "quota_nano": self.quota_usd}


class State(Strict):
    groups: tuple[GroupSpec, ...] = ()
    users: tuple[UserSpec, ...] = ()
    channels: tuple[ChannelSpec, ...] = ()
    tokens: tuple[TokenSpec, ...] = ()
    prices: tuple[PriceSpec, ...] = ()


def as_columns(spec: Strict, without: set[str]) -> dict[str, Any]:
    """The fields as the columns of the same names hold them: lists, and mappings whose keys are text."""
    columns: dict[str, Any] = to_jsonable_python(spec.model_dump(exclude=without))
    return columns
