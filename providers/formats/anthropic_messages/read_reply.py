"""From a whole message to the canonical reply."""

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import Candidate, Part, Reply, ToolCall, calls_tools
from providers.formats.anthropic_messages.read_blocks import read_blocks
from providers.formats.anthropic_messages.stop import read_stop
from providers.formats.anthropic_messages.usage import read_usage
from providers.formats.arguments import unwrap
from providers.formats.codec import Written
from providers.formats.fields import Fields
from providers.formats.wire import NotInFormat


def read_reply(body: bytes, sent: Written) -> Reply:
    try:
        fields = Fields.of(body)
        parts = tuple(as_asked(part, sent) for part in read_blocks(fields, "content"))
        counts = fields.value("usage")
        words = {name: fields.value(name) for name in ("stop_reason", "stop_sequence", "stop_details")}
        return Reply(
            id=fields.text("id") or "",
            model=fields.text("model") or "",
            candidates=(Candidate(parts=parts, stop=read_stop(words, called=calls_tools(parts))),),
            usage=read_usage(counts),
        )
    except BadRequest as problem:
        raise NotInFormat("a message of another shape") from problem


def as_asked(part: Part, sent: Written) -> Part:
    """A call under the name that the caller gave its tool."""
    if not isinstance(part, ToolCall):
        return part
    name, custom = sent.names.get(part.name, part.name), part.name in sent.wrapped
    if not custom and name == part.name:
        return part
    arguments = unwrap(part.arguments) if custom else part.arguments
    return msgspec.structs.replace(part, name=name, arguments=arguments, custom=custom)
