"""Values that only their owner understands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.canonical import Extras, Opaque, seal, unseal

OWNERS = st.sampled_from(["openai_chat", "anthropic_messages", "gemini"])


@given(OWNERS, OWNERS, st.text())
def test_a_sealed_value_comes_back_with_its_owner(owner: str, place: str, value: str) -> None:
    if owner != place or not value.startswith("aihub."):
        assert unseal(seal(Opaque(owner, value), place), place) == Opaque(owner, value)


def test_an_owner_sees_its_value_as_it_was() -> None:
    assert seal(Opaque("gemini", "sig=="), "gemini") == "sig=="
    assert unseal("sig==", "gemini") == Opaque("gemini", "sig==")


@pytest.mark.parametrize(("wire_format", "members"), [("gemini", {"a": b"1"}), ("openai_chat", {})])
def test_extras_are_for_their_owner(wire_format: str, members: dict[str, bytes]) -> None:
    extras = Extras("gemini", {"a": b"1"})  # type: ignore[dict-item]
    assert extras.of(wire_format) == members
