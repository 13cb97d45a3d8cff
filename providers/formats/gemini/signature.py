"""`thoughtSignature`: bytes in base64, on any part. Another vendor's signature takes its place too, sealed, and in base64 as
well: Google's SDK decodes what it finds there."""

import base64
import binascii

from providers.canonical import Opaque, Part, Thinking, seal, unseal
from providers.formats.gemini.name import NAME

_ENCRYPTED = "*"
"""Ends the owner's name where the value is not a signature but the thoughts themselves."""

_SEALED = "YWlodWIu"
"""How the base64 of what `seal` makes begins."""

UNSIGNED = "skip_thought_signature_validator"
"""In the place of a signature, for a call that Gemini did not make. https://ai.google.dev/gemini-api/docs/thought-signatures"""

_URL_SAFE = str.maketrans("-_", "+/")


def standard(data: str) -> str:
    """Base64 in the standard alphabet: Google's SDK writes the other, and both are taken."""
    return data.translate(_URL_SAFE) if "-" in data or "_" in data else data


def signature_of(part: Part) -> str | None:
    """What to put on the part, for a caller of this format."""
    if part.signature is not None:
        return sealed(part.signature)
    if isinstance(part, Thinking) and part.encrypted is not None:
        return sealed(part.encrypted, encrypted=True)
    return None


def sealed(opaque: Opaque, *, encrypted: bool = False) -> str:
    if opaque.owner == NAME:
        return opaque.value
    owner = opaque.owner + (_ENCRYPTED if encrypted else "")
    return base64.b64encode(seal(Opaque(owner, opaque.value), NAME).encode()).decode()


def read_signature(text: str) -> tuple[Opaque, bool]:
    """With whether it is the thoughts themselves."""
    if text.startswith(_SEALED):
        try:
            found = unseal(base64.b64decode(standard(text), validate=True).decode(), NAME)
        except (binascii.Error, ValueError):
            return Opaque(NAME, text), False
        return Opaque(found.owner.removesuffix(_ENCRYPTED), found.value), found.owner.endswith(_ENCRYPTED)
    return Opaque(NAME, text), False


def own_signature(part: Part) -> str | None:
    """What Gemini itself signed, for Gemini."""
    return part.signature.value if part.signature is not None and part.signature.owner == NAME else None
