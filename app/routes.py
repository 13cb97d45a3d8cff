"""The data plane's routes: one table. A path ends in `{rest}` where a name with slashes may follow."""

from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.errors import GatewayError, MethodNotAllowed, NotFound
from pipeline.flow import Route

DEFAULT_FORMAT = "openai_chat"
"""Whose envelope an error has when the path tells no format."""


@dataclass(frozen=True, slots=True)
class Row:
    method: str
    path: str
    route: Route


TABLE = (
    Row("POST", "/v1/chat/completions", Route("openai_chat", "chat")),
    Row("POST", "/v1/responses", Route("openai_responses", "chat")),
    Row("POST", "/v1/responses/{rest}", Route("openai_responses", "response.act", billable=False, model_in="none")),
    Row("GET", "/v1/responses/{rest}", Route("openai_responses", "response", billable=False, model_in="none")),
    Row("DELETE", "/v1/responses/{rest}", Route("openai_responses", "response.delete", billable=False, model_in="none")),
    Row("POST", "/v1/messages", Route("anthropic_messages", "chat")),
    Row("POST", "/v1/messages/count_tokens", Route("anthropic_messages", "count_tokens", billable=False)),
    Row("GET", "/v1/models", Route("openai_chat", "models", billable=False, model_in="none")),
    Row("GET", "/v1/models/{rest}", Route("openai_chat", "model", billable=False, model_in="none")),
)

PREFIXES = tuple(sorted({"/" + row.path.split("/")[1] for row in TABLE}))
"""The first segments: whatever is below them is the data plane's."""

_TEMPLATES = {id(row.route): row.path for row in TABLE}
_EXACT = {(row.method, row.path): row.route for row in TABLE if "{" not in row.path}
_PREFIX = tuple((row.method, row.path.removesuffix("{rest}"), row.route) for row in TABLE if "{" in row.path)


def match(method: str, raw_path: str) -> tuple[Route, str]:
    """The route and what its `{rest}` matched, decoded. Raises `NotFound` or `MethodNotAllowed`.

    The raw path decides: a server's decoded one has lost the difference between `/` and `%2F`.
    """
    if (route := _EXACT.get((method, raw_path))) is not None:
        return route, ""
    for allowed, prefix, route in _PREFIX:
        if method == allowed and raw_path.startswith(prefix) and len(raw_path) > len(prefix):
            return route, unquote(raw_path[len(prefix) :])
    raise no_match(method, raw_path)


def template(route: Route) -> str:
    """The path of this very row, with `{rest}` where a name stood."""
    return _TEMPLATES[id(route)]


def allowed_methods(raw_path: str) -> tuple[str, ...]:
    """The methods that some row takes at this path."""
    exact = [method for method, path in _EXACT if path == raw_path]
    prefixed = [method for method, prefix, _ in _PREFIX if raw_path.startswith(prefix) and len(raw_path) > len(prefix)]
    return tuple(dict.fromkeys(exact + prefixed))


def no_match(method: str, raw_path: str) -> GatewayError:
    """Why nothing answers there."""
    shown = raw_path if len(raw_path) <= 200 else raw_path[:200] + "…"
    if methods := allowed_methods(raw_path):
        return MethodNotAllowed(f"{method} is not allowed for {shown}; use {' or '.join(methods)}.", ", ".join(methods))
    return NotFound(f"There is nothing at {method} {shown}.", code="unknown_route")
