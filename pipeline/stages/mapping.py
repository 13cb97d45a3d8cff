"""Under which name a model is served: for everybody, and at each channel."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipeline.flow import Attempt, Flow
from pipeline.model_mapping import ModelMapping

Name = Annotated[str, Field(min_length=1)]


def _compiles(models: dict[str, str]) -> dict[str, str]:
    ModelMapping(models)
    return models


class Mapping:
    """The global mapping changes `flow.model`, which decides what channels can serve: it must be done before they are looked up.
    A channel's own `model_mapping` changes only `attempt.model`: the next attempt, elsewhere, starts from `flow.model` again.
    `flow.asked_model` stays what the caller wrote, and so do its limits and its price; the reply's `model` is the vendor's word.
    """

    class Config(BaseModel):
        """`models`: what is asked for, and what is served instead. Chains are followed; one `*` in a name is a wildcard, and a
        `*` in what is served stands for what it kept."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        models: Annotated[dict[Name, Name], AfterValidator(_compiles)] = {}

    after = ("auth", "model_limits")
    waits = False

    def __init__(self, config: Config) -> None:
        self._mapping = ModelMapping(config.models) if config.models else None

    async def request(self, flow: Flow) -> None:
        if self._mapping is not None and flow.route.model_in != "none":
            await flow.body()
            flow.model = self._mapping.served(flow.model)

    async def target(self, flow: Flow, attempt: Attempt) -> None:  # noqa: ARG002  # the hook's signature
        mapping = attempt.target.channel.model_mapping
        if mapping is not None:
            attempt.model = mapping.served(attempt.model)
