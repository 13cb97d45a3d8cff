"""Values that mean something to one format's vendors only: carried along, never looked into, given back to their owner alone."""

from collections.abc import Mapping

import msgspec

_SEAL = "aihub."


class Opaque(msgspec.Struct, frozen=True):
    """`value` as the owner sent it; `owner` is the name of the wire format.

    C has none of its own. R: a reasoning item's `encrypted_content`. A: `signature`, redacted `data`. G: `thoughtSignature`.
    Given to another owner it is a 400, so a writer leaves foreign ones out.
    """

    owner: str
    value: str


class Extras(msgspec.Struct, frozen=True):
    """Members of a request, a message, a part or a tool that have no place in the canonical model. The owner's writer puts them
    back, every other leaves them out (and tells the dropped ones of a request)."""

    owner: str
    members: Mapping[str, msgspec.Raw]

    def of(self, wire_format: str) -> Mapping[str, msgspec.Raw]:
        """The members, for their owner; nothing for the others."""
        return self.members if self.owner == wire_format else {}


def seal(opaque: Opaque, wire_format: str) -> str:
    """The value to put where `wire_format` keeps such values of its own; a foreign one says whose it is, and comes back so."""
    return opaque.value if opaque.owner == wire_format else f"{_SEAL}{opaque.owner}.{opaque.value}"


def unseal(text: str, wire_format: str) -> Opaque:
    """What `seal` sealed; anything else is the format's own."""
    if text.startswith(_SEAL):
        owner, _, value = text.removeprefix(_SEAL).partition(".")
        return Opaque(owner, value)
    return Opaque(wire_format, text)
