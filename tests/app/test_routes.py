"""What a method, a path and the headers mean."""

import pytest

from app.routes import allowed_methods, format_of, match
from pipeline.errors import MethodNotAllowed, NotFound
from pipeline.flow import Headers

NONE = Headers()
GOOGLE = Headers([(b"x-goog-api-key", b"k")])
ANTHROPIC = Headers([(b"anthropic-version", b"2023-06-01")])

# Method, path, headers; then the format, the operation, whether the path asks for a stream, and the name it leaves open.
ROWS = [
    ("POST", "/v1/chat/completions", NONE, "openai_chat", "chat", False, ""),
    ("POST", "/v1/messages", NONE, "anthropic_messages", "chat", False, ""),
    ("POST", "/v1beta/models/m:generateContent", NONE, "gemini", "chat", False, "m"),
    ("POST", "/v1/models/m:generateContent", NONE, "gemini", "chat", False, "m"),
    ("POST", "/v1alpha/models/m:streamGenerateContent", NONE, "gemini", "chat", True, "m"),
    ("POST", "/v1beta/models/m:countTokens", NONE, "gemini", "count_tokens", False, "m"),
    ("POST", "/v1beta/models/a%2Fb%20c:x:generateContent", NONE, "gemini", "chat", False, "a/b c:x"),
    ("POST", "/v1beta/models%2Fm:generateContent", NONE, "gemini", "chat", False, "m"),
    ("POST", "/v1beta/tunedModels/t:generateContent", NONE, "gemini", "chat", False, "tunedModels/t"),
    ("GET", "/v1beta/models", NONE, "gemini", "models", False, ""),
    ("GET", "/v1beta/models/m", NONE, "gemini", "model", False, "m"),
    ("GET", "/v1/models", NONE, "openai_chat", "models", False, ""),
    ("GET", "/v1/models", GOOGLE, "gemini", "models", False, ""),
    ("GET", "/v1/models", ANTHROPIC, "anthropic_messages", "models", False, ""),
    ("GET", "/v1/models/a:b", NONE, "openai_chat", "model", False, "a:b"),
    ("GET", "/v1/models/m", GOOGLE, "gemini", "model", False, "m"),
]


@pytest.mark.parametrize(("method", "path", "headers", "wire_format", "operation", "stream", "rest"), ROWS)
def test_what_is_asked_for(
    method: str, path: str, headers: Headers, wire_format: str, operation: str, stream: bool, rest: str
) -> None:
    route, name = match(method, path, headers)
    assert (route.format, route.operation, route.stream, name) == (wire_format, operation, stream, rest)


@pytest.mark.parametrize(
    "path",
    ["/v1beta/models/m:nonsense", "/v1beta/models/m", "/v1beta", "/v1/models/m:nonsense"],
)
def test_nothing_else_answers(path: str) -> None:
    with pytest.raises((NotFound, MethodNotAllowed)):
        match("POST", path, NONE)


def test_an_unknown_method_of_a_model_is_not_a_wrong_http_method() -> None:
    assert allowed_methods("/v1beta/models/m:nonsense") == ()
    assert allowed_methods("/v1beta/models/m") == ("GET",)
    assert allowed_methods("/v1beta/models/m:generateContent") == ("POST",)


@pytest.mark.parametrize(
    ("path", "wire_format"),
    [
        ("/v1beta/models/m:nonsense", "gemini"),
        ("/v1alpha/files", "gemini"),
        ("/v1/models/m:nonsense", "gemini"),
        ("/v1/messages/nonsense", "anthropic_messages"),
        ("/v1/chat/nonsense", "openai_chat"),
        ("/v1/models/m", "openai_chat"),
    ],
)
def test_whose_envelope_an_error_has(path: str, wire_format: str) -> None:
    assert format_of(path) == wire_format
