"""Which format a vendor is spoken to in."""

import pytest

from pipeline.flow import Route
from providers import registry
from providers.conversion import upstream_format


@pytest.mark.parametrize(
    ("wire_format", "narrowed", "spoken"),
    [
        ("openai_chat", None, "openai_chat"),
        ("openai_chat", ("openai_chat",), "openai_chat"),
        ("openai_chat", (), None),
        ("openai_chat", ("gemini",), None),
        ("unknown", None, None),
        ("unknown", ("unknown",), None),
    ],
)
def test_a_channel_may_narrow_what_its_vendor_speaks_and_not_widen_it(
    wire_format: str, narrowed: tuple[str, ...] | None, spoken: str | None
) -> None:
    assert upstream_format(Route(wire_format, "chat"), registry.get("openai"), narrowed) == spoken


def test_an_operation_beside_the_main_one_is_for_vendors_that_have_it() -> None:
    assert upstream_format(Route("openai_chat", "count_tokens"), registry.get("openai"), None) is None
