"""Cross-origin calls from browsers; off, and free, unless `server.cors.origins` lists some."""

from collections.abc import Sequence

from app.routes import allowed_methods
from pipeline.flow import Headers, Reply

MAX_AGE = "600"


class Cors:
    """`*` among the origins allows every page. Credentials are never allowed: the key travels in a header, not in a cookie."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._any = "*" in origins
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def headers(self, origin: str | None) -> dict[str, str]:
        """What to add to a reply to `origin`."""
        if not self._origins or origin is None:
            return {}
        if self._any:
            return {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}
        if origin.lower() in self._origins:
            return {"access-control-allow-origin": origin, "access-control-expose-headers": "*", "vary": "Origin"}
        return {"vary": "Origin"}

    def preflight(self, method: str, raw_path: str, headers: Headers) -> Reply | None:
        """The answer to a browser's question before the call; None if this is no such question."""
        if method != "OPTIONS" or not self._origins or headers.get("access-control-request-method") is None:
            return None
        answer = self.headers(headers.get("origin"))
        if "access-control-allow-origin" not in answer:
            return Reply(403, answer)
        methods = allowed_methods(raw_path)
        answer["access-control-allow-methods"] = ", ".join(methods) or "GET, POST"
        # `*` does not cover Authorization (Fetch standard, 4.9): repeat what was asked for.
        answer["access-control-allow-headers"] = headers.get("access-control-request-headers") or "authorization, content-type"
        answer["access-control-max-age"] = MAX_AGE
        return Reply(204, answer)
