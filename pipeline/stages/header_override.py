"""Which headers go up besides the gateway's own: for everybody, and at each channel."""

from typing import Annotated

from pydantic import ConfigDict, PlainValidator, RootModel

from pipeline.flow import Attempt, Flow
from pipeline.overrides.header_override import HeaderOverride as Override
from pipeline.overrides.header_override import read_header_override


class HeaderOverride:
    """The stage's own override first, then the channel's. A header that an operation of `param_override` has set or taken away
    stays as it is, whichever of the two stages comes first."""

    class Config(RootModel[Annotated[Override | None, PlainValidator(read_header_override)]]):
        """Names with texts, null to take one away, `*` and `re:…` for the caller's own; see docs/overrides.md."""

        model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    waits = False

    def __init__(self, config: Config) -> None:
        self._override = config.root

    async def upstream_request(self, flow: Flow, attempt: Attempt) -> None:
        if self._override is not None:
            self._override.apply(flow, attempt)
        own = attempt.target.channel.header_override
        if own is not None:
            own.apply(flow, attempt)
