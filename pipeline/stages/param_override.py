"""What is changed in a body on its way up: for everybody, and at each channel."""

from typing import Annotated

from pydantic import ConfigDict, PlainValidator, RootModel

from pipeline.flow import Attempt, Flow
from pipeline.overrides.param_override import ParamOverride as Override
from pipeline.overrides.param_override import read_param_override


class ParamOverride:
    """The stage's own override first, then the channel's, on the body as this vendor takes it. Only the members that change are
    encoded anew."""

    class Config(RootModel[Annotated[Override | None, PlainValidator(read_param_override)]]):
        """Members to set (`temperature: 0`) and `operations`; see docs/overrides.md."""

        model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    after = ("mapping", "channel_options")
    waits = False

    def __init__(self, config: Config) -> None:
        self._override = config.root

    async def upstream_request(self, flow: Flow, attempt: Attempt) -> None:
        if self._override is not None:
            self._override.apply(flow, attempt)
        own = attempt.target.channel.param_override
        if own is not None:
            own.apply(flow, attempt)
