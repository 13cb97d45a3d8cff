"""OpenAI. https://platform.openai.com/docs/api-reference"""

from providers.vendor import Vendor

VENDOR = Vendor(
    name="openai",
    label="OpenAI",
    base_url="https://api.openai.com/v1",
    speaks={"openai_chat": "/chat/completions", "openai_responses": "/responses"},
    # Its reasoning models refuse the older `max_tokens`.
    max_output_name="max_completion_tokens",
    forward=("openai-beta",),
    # 429 with one of these is our empty account, not a passing limit; the official SDKs do not wait on them either.
    credential_codes=frozenset(
        {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "account_deactivated", "invalid_api_key"}
    ),
    unfit_codes=frozenset({"context_length_exceeded", "content_filter", "content_policy_violation"}),
)
