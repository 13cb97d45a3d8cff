"""From a whole message to the canonical reply."""

from pipeline.errors import BadRequest
from providers.canonical import Candidate, Reply, calls_tools
from providers.formats.anthropic_messages.read_blocks import read_blocks
from providers.formats.anthropic_messages.stop import read_stop
from providers.formats.anthropic_messages.usage import read_usage
from providers.formats.asked_names import as_asked
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
