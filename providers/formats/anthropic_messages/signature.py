"""Thinking that can be given back: Anthropic's own, and other vendors' in the same two places.

`thinking` blocks have a `signature`, `redacted_thinking` blocks have `data` instead of a text. What another vendor signed or
encrypted goes into these places sealed, as does the mark of what nobody signed: clients want a signature, and drop a block
without one.
"""

from providers.canonical import Opaque, Thinking, seal, unseal
from providers.formats.anthropic_messages.name import NAME

_UNSIGNED = Opaque("nobody", "")

_ENCRYPTED = "*"
"""Ends the owner's name where the value is not a signature but the thoughts themselves."""


def signature_of(thinking: Thinking) -> str:
    if thinking.signature is not None:
        return seal(thinking.signature, NAME)
    if thinking.encrypted is not None:
        return sealed_thoughts(thinking.encrypted)
    return seal(_UNSIGNED, NAME)


def sealed_thoughts(encrypted: Opaque) -> str:
    """Another vendor's encrypted thoughts, for the place of a signature."""
    return seal(Opaque(encrypted.owner + _ENCRYPTED, encrypted.value), NAME)


def signed(text: str, signature: str) -> Thinking:
    """A `thinking` block as it was read."""
    found = unseal(signature, NAME)
    if not signature or found == _UNSIGNED:
        return Thinking(text)
    if found.owner.endswith(_ENCRYPTED):
        return Thinking(text, encrypted=Opaque(found.owner.removesuffix(_ENCRYPTED), found.value))
    return Thinking(text, signature=found)
