"""With which status a failure reaches the caller: for everybody, and from each channel."""

from typing import Annotated

from pydantic import ConfigDict, PlainValidator, RootModel

from pipeline.attempts import failure_error
from pipeline.flow import Attempt, Flow
from pipeline.status_codes import StatusCodes, read_status_codes


class StatusCodeMapping:
    """Only what the caller sees changes: whether another target is tried was decided by the vendor's own status, and the body
    stays. An entry is about the status that the vendor sent, or else about the one that the caller would see (502 where nobody
    answered, or where our key was refused). A channel's entry goes before the pipeline's."""

    class Config(RootModel[Annotated[StatusCodes, PlainValidator(read_status_codes)]]):
        """`429: 503` and so on, from 400 to 599."""

        model_config = ConfigDict(frozen=True)

    waits = False

    def __init__(self, config: Config) -> None:
        self._codes = config.root

    async def upstream_response(self, flow: Flow, attempt: Attempt) -> None:  # noqa: ARG002  # the hook's signature
        own = attempt.target.channel.status_code_mapping
        if attempt.failure is None or not (own or self._codes):
            return
        for status in _statuses(attempt):
            if (mapped := own.get(status) or self._codes.get(status)) is not None:
                attempt.caller_status = mapped
                return


def _statuses(attempt: Attempt) -> tuple[int, ...]:
    """The vendor's, then what the caller would see."""
    failure, reply = attempt.failure, attempt.reply
    assert failure is not None
    seen = failure_error(failure).status if failure.ours or reply is None else reply.status
    return (seen,) if failure.status is None else (failure.status, seen)
