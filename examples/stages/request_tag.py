"""An example to copy: a tag on every call, say a project or a customer, so that the log tells who used what.

    pipeline:
      - auth
      - use: ./request_tag.py:RequestTag
        config: {header: x-project, required: true}

The caller sends `x-project: website`; the reply repeats it; one log line a call has the tag and the tokens. It shows what most
stages are made of: options checked at start, a refusal in words, a note that one hook leaves for another.
"""

import logging
import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import BadRequest
from pipeline.flow import Flow, Reply

log = logging.getLogger("aihub.stages.request_tag")

VALID = re.compile(r"[\w.:/-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tag:
    """This stage's note on a flow."""

    value: str


class RequestTag:
    """400 for a tag that is missing where it is `required`, or that is not 1 to 64 letters, digits and `_.:/-`."""

    class Config(BaseModel):
        """`header` carries the tag, in the request and in the reply."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        header: str = Field("x-request-tag", pattern=r"^[a-z0-9-]+$")
        required: bool = False

    # Below `auth`, so that strangers are turned away first. Where there is no `auth` in the list, nothing is asked.
    after = ("auth",)

    def __init__(self, config: Config) -> None:
        self._header = config.header
        self._required = config.required

    async def request(self, flow: Flow) -> None:
        value = flow.request.headers.get(self._header)
        if value is None:
            if self._required:
                raise BadRequest(f"The header {self._header} is missing: it says what the call is for.", code="missing_tag")
            return
        if VALID.fullmatch(value) is None:
            raise BadRequest(
                f"The header {self._header} must be 1 to 64 letters, digits or _.:/- characters.", code="invalid_tag"
            )
        flow.notes[Tag] = Tag(value)

    async def response(self, flow: Flow, reply: Reply) -> None:
        tag = flow.notes.get(Tag)
        if tag is not None:
            reply.headers[self._header] = tag.value

    async def done(self, flow: Flow) -> None:
        """Runs for every flow, a refused one included: what `request` left may not be there."""
        tag = flow.notes.get(Tag)
        if tag is None or flow.usage is None or flow.outcome is None:
            return
        log.info(
            "flow %s: tag %s, model %s, %d tokens in, %d out, %s",
            flow.id, tag.value, flow.model, flow.usage.input, flow.usage.output, flow.outcome.value,
        )  # fmt: skip
