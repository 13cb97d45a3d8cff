"""Anthropic. https://docs.anthropic.com/en/api/overview"""

from providers.auth import header
from providers.vendor import Vendor

MESSAGES = "anthropic_messages"

VENDOR = Vendor(
    name="anthropic",
    label="Anthropic",
    base_url="https://api.anthropic.com",
    speaks={MESSAGES: "/v1/messages"},
    operations={(MESSAGES, "count_tokens"): "/v1/messages/count_tokens"},
    sign=header("x-api-key"),
    forward=("anthropic-version", "anthropic-beta"),
    headers={MESSAGES: {"anthropic-version": "2023-06-01"}},
    credential_codes=frozenset({"authentication_error", "billing_error"}),
    stream_usage=False,
)
