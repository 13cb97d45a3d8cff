"""Google's Gemini API. https://ai.google.dev/api"""

from urllib.parse import quote

from providers.auth import header
from providers.json_array import AS_EVENTS
from providers.vendor import Vendor

GEMINI = "gemini"

_COLLECTIONS = ("models/", "tunedModels/")


def resource(model: str) -> str:
    """`models/gemini-2.5-flash`; a tuned model's name begins with its own collection."""
    return quote(model if model.startswith(_COLLECTIONS) else f"models/{model}")


VENDOR = Vendor(
    name="gemini",
    label="Google Gemini",
    # As `http_options.base_url` of Google's SDK: without the version. `v1beta` knows all that `v1` does, and more.
    base_url="https://generativelanguage.googleapis.com",
    speaks={GEMINI: "/v1beta/{model}:generateContent"},
    streams={GEMINI: "/v1beta/{model}:streamGenerateContent" + AS_EVENTS},
    operations={(GEMINI, "count_tokens"): "/v1beta/{model}:countTokens"},
    model_path=resource,
    sign=header("x-goog-api-key"),
    # An invalid key is a 400 here, and a key of a project that may not is a 403; the reason tells.
    # https://cloud.google.com/service-usage/docs/reference/rest/Shared.Types/ErrorReason
    credential_codes=frozenset(
        {
            "API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED",
            "BILLING_DISABLED", "SERVICE_DISABLED", "CONSUMER_SUSPENDED", "CONSUMER_INVALID", "ACCESS_TOKEN_EXPIRED",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        }
    ),
    stream_usage=False,
    genai="gcp.gemini",
)  # fmt: skip
