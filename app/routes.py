"""The data plane's routes: one table. A path ends in `{rest}` where a name with slashes may follow. Where two formats share a
path, the one with `header` is for requests that have it."""

from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.errors import GatewayError, MethodNotAllowed, NotFound
from pipeline.flow import Headers, Route

DEFAULT_FORMAT = "openai_chat"
"""Whose envelope an error has when the path tells no format."""


@dataclass(frozen=True, slots=True)
class Row:
    method: str
    path: str
    route: Route
    header: str | None = None


TABLE = (
    Row("POST", "/v1/chat/completions", Route("openai_chat", "chat")),
    Row("POST", "/v1/responses", Route("openai_responses", "chat")),
    Row("POST", "/v1/responses/{rest}", Route("openai_responses", "response.act", billable=False, model_in="none")),
    Row("GET", "/v1/responses/{rest}", Route("openai_responses", "response", billable=False, model_in="none")),
    Row("DELETE", "/v1/responses/{rest}", Route("openai_responses", "response.delete", billable=False, model_in="none")),
    Row("POST", "/v1/messages", Route("anthropic_messages", "chat")),
    Row("POST", "/v1/messages/count_tokens", Route("anthropic_messages", "count_tokens", billable=False)),
    Row("GET", "/v1/models", Route("anthropic_messages", "models", billable=False, model_in="none"), "anthropic-version"),
    Row("GET", "/v1/models/{rest}", Route("anthropic_messages", "model", billable=False, model_in="none"), "anthropic-version"),
    Row("GET", "/v1/models", Route("openai_chat", "models", billable=False, model_in="none")),
    Row("GET", "/v1/models/{rest}", Route("openai_chat", "model", billable=False, model_in="none")),
)

PREFIXES = tuple(sorted({"/" + row.path.split("/")[1] for row in TABLE}))
"""The first segments: whatever is below them is the data plane's."""

_TEMPLATES = {id(row.route): row.path for row in TABLE}
_EXACT: dict[tuple[str, str], tuple[Row, ...]] = {}
for _row in TABLE:
    if "{" not in _row.path:
        _EXACT[_row.method, _row.path] = (*_EXACT.get((_row.method, _row.path), ()), _row)
_PREFIX = tuple((row.method, row.path.removesuffix("{rest}"), row) for row in TABLE if "{" in row.path)


def match(method: str, raw_path: str, headers: Headers) -> tuple[Route, str]:
    """The route and what its `{rest}` matched, decoded. Raises `NotFound` or `MethodNotAllowed`.

    The raw path decides: a server's decoded one has lost the difference between `/` and `%2F`.
    """
    for row in _EXACT.get((method, raw_path), ()):
        if _takes(row, headers):
            return row.route, ""
    for allowed, prefix, row in _PREFIX:
        if method == allowed and raw_path.startswith(prefix) and len(raw_path) > len(prefix) and _takes(row, headers):
            return row.route, unquote(raw_path[len(prefix) :])
    raise no_match(method, raw_path)


def format_of(raw_path: str) -> str:
    """Whose envelope an error at this path has, whatever the method."""
    return next((row.route.format for row in TABLE if row.path == raw_path and row.header is None), DEFAULT_FORMAT)


def _takes(row: Row, headers: Headers) -> bool:
    return row.header is None or headers.get(row.header) is not None


def template(route: Route) -> str:
    """The path of this very row, with `{rest}` where a name stood."""
    return _TEMPLATES[id(route)]


def allowed_methods(raw_path: str) -> tuple[str, ...]:
    """The methods that some row takes at this path."""
    exact = [method for method, path in _EXACT if path == raw_path]
    prefixed = [method for method, prefix, _row in _PREFIX if raw_path.startswith(prefix) and len(raw_path) > len(prefix)]
    return tuple(dict.fromkeys(exact + prefixed))


def no_match(method: str, raw_path: str) -> GatewayError:
    """Why nothing answers there."""
    shown = raw_path if len(raw_path) <= 200 else raw_path[:200] + "…"
    if methods := allowed_methods(raw_path):
        return MethodNotAllowed(f"{method} is not allowed for {shown}; use {' or '.join(methods)}.", ", ".join(methods))
    return NotFound(f"There is nothing at {method} {shown}.", code="unknown_route")
