"""What the engine needs from the world. `app.stores` and `providers` implement these; tests use in-memory ones."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pipeline.billing.charge import Charge, Settlement
    from pipeline.caller import Caller
    from pipeline.catalog import Catalog
    from pipeline.errors import GatewayError
    from pipeline.flow import Attempt, Flow, Reply
    from pipeline.kept import KeptResponse
    from pipeline.limits.claims import Claim, Grant, Refusal
    from pipeline.record import Content, Record


class Callers(Protocol):
    """Finds callers by the key they show."""

    async def find(self, key: str) -> "Caller | None":
        """The owner of `key`, in whatever state it is; None if nobody has it.

        Raises `Unavailable` when the store cannot be asked: a lost database is never a wrong key.
        """
        ...


class Catalogs(Protocol):
    """Holds the current snapshot of channels and groups."""

    @property
    def current(self) -> "Catalog": ...


class Limits(Protocol):
    """Counts what is limited. Neither method raises on its own account: a store that is lost has a policy, not an error."""

    async def take(self, claims: "Sequence[Claim]") -> "Grant | Refusal":
        """All of the claims or none. If the caller of this is cancelled, nothing stays taken."""
        ...

    async def give_back(self, grant: "Grant", tokens: int | None) -> None:
        """Frees the slots, and puts the tokens really used in the place of those reserved (None: leaves them). Once: a second
        call does nothing."""
        ...


class Ledger(Protocol):
    """Keeps the money. Amounts are in nano-dollars; a charge is settled once, however often it is told."""

    async def hold(self, charge: "Charge", amount: int) -> None:
        """Make the charge hold `amount` in all; durable when it returns. Whoever called this settles the charge, whatever was
        raised. Raises `OutOfCredit`, and `Unavailable` when the store cannot be asked."""
        ...

    def settle(self, settlement: "Settlement") -> None:
        """Post how a charge ended. Returns at once: it is posted for sure, and later if it cannot be now."""
        ...


class Responses(Protocol):
    """Keeps responses for their owners, each for a time. Nobody finds another owner's.

    All raise `Unavailable` when the store cannot be asked.
    """

    async def keep(self, kept: "KeptResponse", lifetime: float) -> None:
        """For `lifetime` seconds from now, and those that it goes on from as well. One of the same owner and id is replaced."""
        ...

    async def chain(self, owner: str, response_id: str) -> "list[KeptResponse]":
        """The response and those that it goes on from, the oldest first; empty if there is none of this id. One that has been
        deleted, or whose time is over, ends the chain: then the first one's `previous` is not None."""
        ...

    async def delete(self, owner: str, response_id: str) -> bool:
        """Whether there was one."""
        ...


class Log(Protocol):
    """Keeps what happened. It is written in batches, beside the requests, and gives up what it cannot keep up with: what must not
    be lost goes with a `Settlement`."""

    def write(self, record: "Record | Content") -> None:
        """Returns at once, and never raises."""
        ...


class Upstream(Protocol):
    """Turns an attempt into a vendor call."""

    def serves(self, flow: "Flow", vendor: str, formats: tuple[str, ...] | None) -> bool:
        """Whether this vendor can answer the flow's route, within the formats its channel is narrowed to."""
        ...

    def prepare(self, flow: "Flow", attempt: "Attempt") -> None:
        """Convert the frozen request for the attempt's target: fills `url`, `headers`, `body`."""
        ...

    async def send(self, flow: "Flow", attempt: "Attempt") -> None:
        """Sign and send; return when the first real event, or the whole unary reply, is there.

        Sets `attempt.status` (the vendor's own), and `attempt.reply` or `attempt.failure`; never raises for a vendor's fault.
        """
        ...


class ErrorFormat(Protocol):
    """Renders an error as the caller's format would."""

    def reply(self, error: "GatewayError", flow_id: str) -> "Reply": ...

    def event(self, error: "GatewayError", flow_id: str) -> bytes:
        """The same inside a stream that has begun."""
        ...


class Trace(Protocol):
    """The record of one flow that is traced, told what happens at fixed points. Every other flow has None in its place, and the
    engine does no more than see that. No method raises on its own account; none may be told a secret."""

    @property
    def hex_id(self) -> str:
        """The trace's id, as `traceparent` has it."""
        ...

    async def call(self, stage: str, hook: Callable[..., Any], *arguments: Any) -> Any:
        """Call a stage's hook, plain or `async`. What it returns and what it raises passes through."""
        ...

    def note(self, what: str, **facts: str | float) -> None:
        """Something happened now that the flow itself does not remember."""
        ...

    def prepared(self, attempt: "Attempt") -> None:
        """An attempt's request is converted: put this trace's context into its headers, for the vendor to go on from."""
        ...

    def sends(self, piece: bytes) -> None:
        """A piece of a stream goes to the caller."""
        ...

    def answered(self) -> None:
        """The last byte is out, or nobody is there to have it."""
        ...

    def settled(self, flow: "Flow") -> None:
        """The last hook has run."""
        ...


class Ports:
    """The ports a stage may ask for: a stage whose `__init__` takes `ports` is given this."""

    def __init__(self, callers: Callers, catalogs: Catalogs, limits: Limits, ledger: Ledger, log: Log) -> None:
        self.callers = callers
        self.catalogs = catalogs
        self.limits = limits
        self.ledger = ledger
        self.log = log
