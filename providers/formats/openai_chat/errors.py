"""OpenAI's error envelope: `{"error": {message, type, param, code}}`, in a body or in a `data:` line of a stream."""

import math

import msgspec

from pipeline.errors import GatewayError, MethodNotAllowed
from pipeline.events import sse_event
from pipeline.flow import Reply


class OpenAIErrors:
    """Renders errors; see `pipeline.ports.ErrorFormat`. The id also rides in `x-request-id`, where the SDKs look for it."""

    def reply(self, error: GatewayError, flow_id: str) -> Reply:
        headers = {"content-type": "application/json"}
        if error.retry_after is not None:
            headers["retry-after"] = str(math.ceil(error.retry_after))
        if isinstance(error, MethodNotAllowed):
            headers["allow"] = error.allow
        # Anthropic's word for overloaded is not one that these SDKs know.
        return Reply(503 if error.status == 529 else error.status, headers, envelope(error, flow_id))

    def event(self, error: GatewayError, flow_id: str) -> bytes:
        return sse_event(envelope(error, flow_id))


def envelope(error: GatewayError, flow_id: str) -> bytes:
    content = {
        "message": error.message,
        "type": error.kind,
        "param": error.param,
        "code": error.code,
        "request_id": flow_id,
    }
    return msgspec.json.encode({"error": content})
