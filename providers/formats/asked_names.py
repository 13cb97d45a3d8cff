"""A vendor's calls in the caller's words: under the name that it gave its tool, and as free text where it asked for that."""

import msgspec

from providers.canonical import Part, ToolCall
from providers.formats.arguments import unwrap
from providers.formats.codec import Written


def as_asked(part: Part, sent: Written) -> Part:
    """Any other part is left as it is."""
    if not isinstance(part, ToolCall):
        return part
    name, custom = sent.names.get(part.name, part.name), part.name in sent.wrapped
    if not custom and name == part.name:
        return part
    arguments = unwrap(part.arguments) if custom else part.arguments
    return msgspec.structs.replace(part, name=name, arguments=arguments, custom=custom)
