"""The data plane's routes: one table. A path has `{rest}` where a name with slashes may stand."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.errors import GatewayError, MethodNotAllowed, NotFound
from pipeline.flow import Headers, Route

DEFAULT_FORMAT = "openai_chat"
"""Whose envelope an error has when the path tells no format."""


@dataclass(frozen=True, slots=True)
class Row:
    """With a `header` it is for callers who send that, where several formats share a path; such a row comes first. `collection`
    is what the name in `{rest}` may begin with, without being part of it."""

    method: str
    path: str
    route: Route
    header: str | None = None
    collection: str = ""


_GEMINI_VERSIONS = ("v1beta", "v1", "v1alpha")

_GEMINI_METHODS = {
    "generateContent": Route("gemini", "chat", model_in="path"),
    "streamGenerateContent": Route("gemini", "chat", model_in="path", stream=True),
    "countTokens": Route("gemini", "count_tokens", billable=False, model_in="path"),
}

_GEMINI_MODELS = Route("gemini", "models", billable=False, model_in="none")
_GEMINI_MODEL = Route("gemini", "model", billable=False, model_in="none")

_KEY_HEADER = "x-goog-api-key"
"""Google's SDK asks for `/v1/models` as OpenAI's does; its key is in a header of its own."""

TABLE = (
    Row("POST", "/v1/chat/completions", Route("openai_chat", "chat")),
    Row("POST", "/v1/responses", Route("openai_responses", "chat")),
    Row("POST", "/v1/responses/{rest}", Route("openai_responses", "response.act", billable=False, model_in="none")),
    Row("GET", "/v1/responses/{rest}", Route("openai_responses", "response", billable=False, model_in="none")),
    Row("DELETE", "/v1/responses/{rest}", Route("openai_responses", "response.delete", billable=False, model_in="none")),
    Row("POST", "/v1/messages", Route("anthropic_messages", "chat")),
    Row("POST", "/v1/messages/count_tokens", Route("anthropic_messages", "count_tokens", billable=False)),
    *(
        Row("POST", f"/{version}/{{rest}}:{method}", route, collection="models/")
        for version in _GEMINI_VERSIONS
        for method, route in _GEMINI_METHODS.items()
    ),
    *(Row("GET", f"/{version}/models", _GEMINI_MODELS) for version in _GEMINI_VERSIONS if version != "v1"),
    *(Row("GET", f"/{version}/models/{{rest}}", _GEMINI_MODEL) for version in _GEMINI_VERSIONS if version != "v1"),
    Row("GET", "/v1/models", _GEMINI_MODELS, header=_KEY_HEADER),
    Row("GET", "/v1/models/{rest}", _GEMINI_MODEL, header=_KEY_HEADER),
    Row("GET", "/v1/models", Route("anthropic_messages", "models", billable=False, model_in="none"), "anthropic-version"),
    Row("GET", "/v1/models/{rest}", Route("anthropic_messages", "model", billable=False, model_in="none"), "anthropic-version"),
    Row("GET", "/v1/models", Route("openai_chat", "models", billable=False, model_in="none")),
    Row("GET", "/v1/models/{rest}", Route("openai_chat", "model", billable=False, model_in="none")),
)

PREFIXES = tuple(sorted({"/" + row.path.split("/")[1] for row in TABLE}))
"""The first segments: whatever is below them is the data plane's."""

_ENVELOPES = (
    (re.compile(r"/v1(beta|alpha)/|/v1/(models|tunedModels)/.*:"), "gemini"),
    (re.compile(r"/v1/messages"), "anthropic_messages"),
)
"""Whose envelope an error has where no row matches, by how the path begins."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A row whose path leaves a name open."""

    row: Row
    before: str
    after: str

    def holds(self, raw_path: str) -> bool:
        enough = len(raw_path) > len(self.before) + len(self.after)
        return enough and raw_path.startswith(self.before) and raw_path.endswith(self.after)

    def name(self, raw_path: str) -> str:
        return unquote(raw_path[len(self.before) : len(raw_path) - len(self.after)]).removeprefix(self.row.collection)


_TEMPLATES = {id(row.route): row.path for row in reversed(TABLE)}
_EXACT: dict[tuple[str, str], list[Row]] = {}
for _row in TABLE:
    if "{" not in _row.path:
        _EXACT.setdefault((_row.method, _row.path), []).append(_row)
_OPEN = tuple(_Open(row, *row.path.split("{rest}")) for row in TABLE if "{" in row.path)


def match(method: str, raw_path: str, headers: Headers) -> tuple[Route, str]:
    """The route and what its `{rest}` matched, decoded. Raises `NotFound` or `MethodNotAllowed`.

    The raw path decides: a server's decoded one has lost the difference between `/` and `%2F`.
    """
    for row in _EXACT.get((method, raw_path), ()):
        if _takes(row, headers):
            return row.route, ""
    for each in _OPEN:
        if method == each.row.method and each.holds(raw_path) and _takes(each.row, headers):
            return each.row.route, each.name(raw_path)
    raise no_match(method, raw_path)


def _takes(row: Row, headers: Headers) -> bool:
    return row.header is None or headers.get(row.header) is not None


def template(route: Route) -> str:
    """The path of the first row of this very route, with `{rest}` where a name stood."""
    return _TEMPLATES[id(route)]


def format_of(raw_path: str) -> str:
    """Whose envelope an error at this path has, whatever the method."""
    return next((name for begin, name in _ENVELOPES if begin.match(raw_path)), DEFAULT_FORMAT)


def allowed_methods(raw_path: str) -> tuple[str, ...]:
    """The methods that some row takes at this path. What follows a colon is one of Gemini's methods, known or not, and more
    likely than a name with a colon in it."""
    exact = [method for method, path in _EXACT if path == raw_path]
    opened = [each.row.method for each in _OPEN if each.holds(raw_path) and (each.after or ":" not in raw_path)]
    return tuple(dict.fromkeys(exact + opened))


def no_match(method: str, raw_path: str) -> GatewayError:
    """Why nothing answers there."""
    shown = raw_path if len(raw_path) <= 200 else raw_path[:200] + "…"
    if methods := allowed_methods(raw_path):
        return MethodNotAllowed(f"{method} is not allowed for {shown}; use {' or '.join(methods)}.", ", ".join(methods))
    return NotFound(f"There is nothing at {method} {shown}.", code="unknown_route")
