"""A tool call's arguments: JSON text in some formats, an object in others, free text for custom tools."""

import msgspec

from providers.formats.fields import kind

_EMPTY = msgspec.Raw(b"{}")
_raw = msgspec.json.Decoder(msgspec.Raw)

INPUT = "input"
"""The one argument of a function that stands for a custom tool."""

_wrapped = msgspec.json.Decoder(dict[str, msgspec.Raw])


def as_object(arguments: str) -> msgspec.Raw:
    """The JSON object; nothing is an empty one. What is no object (a model's slip, or one cut short) is wrapped in one, for a
    format that takes nothing else."""
    text = arguments.strip().encode()
    if not text:
        return _EMPTY
    try:
        value = _raw.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return msgspec.Raw(msgspec.json.encode({"invalid_arguments": arguments}))
    return value if kind(value) == b"{" else msgspec.Raw(b'{"value":%b}' % text)


def is_complete(arguments: str) -> bool:
    """Whether this is a JSON value, and not the beginning of one."""
    try:
        _raw.decode(arguments.encode())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def wrap(text: str) -> str:
    """Free text as the arguments of a function."""
    return msgspec.json.encode({INPUT: text}).decode()


def unwrap(arguments: str) -> str:
    """The free text of such arguments; models do not always keep to the schema, so any one string in an object is it."""
    try:
        members = _wrapped.decode(arguments.encode())
        value = members.get(INPUT, next(iter(members.values()), None) if len(members) == 1 else None)
        return arguments if value is None else msgspec.json.decode(value, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return arguments
