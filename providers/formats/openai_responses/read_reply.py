"""From a whole response to the canonical reply."""

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import Candidate, Part, Reply, Text, TokenLogprob, ToolCall, calls_tools
from providers.formats.codec import Written
from providers.formats.fields import Fields
from providers.formats.openai_chat.logprobs import read_logprobs
from providers.formats.openai_responses.read_items import read_items
from providers.formats.openai_responses.stop import read_stop
from providers.formats.openai_responses.thinking import own_members
from providers.formats.openai_responses.usage import find_usage
from providers.formats.wire import NotInFormat


def read_reply(body: bytes, sent: Written) -> Reply:
    try:
        fields = Fields.of(body)
        parts = read_output(fields.raw("output"), sent)
        reply = msgspec.json.decode(body)
        stop = read_stop(reply, called=calls_tools(parts))
        return Reply(
            id=fields.text("id") or "",
            model=fields.text("model") or "",
            candidates=(Candidate(parts=parts, stop=stop, logprobs=_logprobs(parts) or None),),
            usage=find_usage(reply),
            created=int(fields.number("created_at") or 0) or None,
            service_tier=fields.text("service_tier"),
        )
    except BadRequest as problem:
        raise NotInFormat("a response of another shape") from problem


def read_output(raw: msgspec.Raw | None, sent: Written) -> tuple[Part, ...]:
    """Raises `BadRequest`."""
    messages = () if raw is None else read_items(raw, "output")
    return tuple(as_asked(part, sent) for message in messages for part in message.parts)


def as_asked(part: Part, sent: Written) -> Part:
    """A call under the name that the caller gave its tool."""
    if isinstance(part, ToolCall) and (name := sent.names.get(part.name)) is not None:
        return msgspec.structs.replace(part, name=name)
    return part


def _logprobs(parts: tuple[Part, ...]) -> tuple[TokenLogprob, ...]:
    raws = [own_members(part).get("logprobs") for part in parts if isinstance(part, Text)]
    return tuple(token for raw in raws if raw is not None for token in read_logprobs({"content": msgspec.json.decode(raw)}))
