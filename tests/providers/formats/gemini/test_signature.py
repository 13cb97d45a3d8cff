"""Signatures: Gemini's own, and others' in the same place."""

import base64

import pytest

from providers.canonical import Opaque, Text, Thinking
from providers.formats.gemini.signature import own_signature, read_signature, signature_of, standard

FOREIGN = Opaque("anthropic_messages", "EqQB+/=.x")


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("alphabet", ["standard", "url"])
def test_anothers_signature_comes_back_in_either_alphabet(encrypted: bool, alphabet: str) -> None:
    thinking = Thinking("", encrypted=FOREIGN) if encrypted else Thinking("", signature=FOREIGN)
    text = signature_of(thinking)
    assert text is not None
    base64.b64decode(text, validate=True)
    sent = text if alphabet == "standard" else text.translate(str.maketrans("+/", "-_"))
    assert read_signature(sent) == (FOREIGN, encrypted)
    assert own_signature(thinking) is None


@pytest.mark.parametrize("text", ["c2lnbmVk", "AY89a1-_", "YWlodWIuxx!", "YWlodWIu"])
def test_geminis_own_is_left_as_it_is(text: str) -> None:
    found, encrypted = read_signature(text)
    assert (found.value if found.owner == "gemini" else text, encrypted) == (text, False)


def test_geminis_own_goes_back_to_gemini() -> None:
    assert own_signature(Text("x", signature=Opaque("gemini", "c2ln"))) == "c2ln"
    assert signature_of(Text("x", signature=Opaque("gemini", "c2ln"))) == "c2ln"


def test_base64_in_one_alphabet() -> None:
    assert standard("a-_b") == "a+/b"
