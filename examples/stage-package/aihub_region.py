"""Where a request is answered: a caller may keep it in one region, and every caller is told in which one it was.

    pipeline:
      - auth
      - region: {channels: {eu: [openai-eu, mistral], us: [openai-us]}}

`x-region: eu` keeps every attempt, retries included, at the channels of that region. `x-served-region` of the answer says where
it came from. A channel that no region lists is nowhere: it serves those who do not ask.
"""

from collections import Counter
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipeline.errors import BadRequest, NotFound
from pipeline.flow import Attempt, Flow, Reply
from pipeline.stage import SkipTarget

ASKED = "x-region"
SERVED = "x-served-region"


@dataclass(frozen=True, slots=True)
class Kept:
    """This stage's note on a flow: the region that its caller wants it kept in."""

    region: str


class Region:
    """400 for a region that nobody declared, 404 for a model that no channel of the region serves."""

    class Config(BaseModel):
        """`channels`: the names of each region's channels."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        channels: dict[str, tuple[str, ...]] = Field(min_length=1)

        @field_validator("channels")
        @classmethod
        def _in_one_region(cls, channels: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
            counted = Counter(name for names in channels.values() for name in set(names))
            if twice := [name for name, count in counted.items() if count > 1]:
                raise ValueError(f"a channel is in one region: {', '.join(twice)}")
            return channels

    # Below `auth`, so that strangers do not learn which regions there are.
    after = ("auth",)

    def __init__(self, config: Config) -> None:
        self._regions = tuple(config.channels)
        self._region_of = {name: region for region, names in config.channels.items() for name in names}

    async def request(self, flow: Flow) -> None:
        region = flow.request.headers.get(ASKED)
        if region is None:
            return
        if region not in self._regions:
            raise BadRequest(f"There is no such region; {ASKED} can be {' or '.join(self._regions)}.", code="unknown_region")
        flow.notes[Kept] = Kept(region)

    async def admit(self, flow: Flow) -> None:
        """Before anything is tried: passing over every channel would look like an outage."""
        kept = flow.notes.get(Kept)
        if kept is not None and all(self._region_of.get(target.channel.name) != kept.region for target in flow.candidates):
            raise NotFound(f"Nothing in the region {kept.region} serves the model {flow.model!r}.", code="model_not_in_region")

    async def target(self, flow: Flow, attempt: Attempt) -> None:
        kept = flow.notes.get(Kept)
        if kept is not None and self._region_of.get(attempt.target.channel.name) != kept.region:
            raise SkipTarget

    async def response(self, flow: Flow, reply: Reply) -> None:
        """What the gateway itself refuses, and what nobody answered, comes from nowhere."""
        attempt = flow.attempt
        if attempt is None or attempt.status is None:
            return
        region = self._region_of.get(attempt.target.channel.name)
        if region is not None:
            reply.headers[SERVED] = region
