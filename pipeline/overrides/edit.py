"""What an operation works on: one attempt's body and headers, and everything that its conditions may ask about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.flow import Attempt, Flow
from pipeline.overrides.draft import Draft
from pipeline.overrides.paths import MISSING, Path
from pipeline.retry import Failure

REQUEST_HEADERS = "request_headers"
ATTEMPT_HEADERS = "header_override"

CHANNEL_TEST = "channel-test"
"""The id of a flow in which an operator tests a channel; those of callers begin with `req_`."""


@dataclass(slots=True)
class Decided:
    """An attempt's note: the headers that operations have set or taken away. A header override leaves them so, as in New-API."""

    names: set[str] = field(default_factory=set)


class Edit:
    """One override at work on one attempt."""

    __slots__ = ("attempt", "draft", "flow", "headers")

    def __init__(self, flow: Flow, attempt: Attempt, draft: Draft) -> None:
        self.flow = flow
        self.attempt = attempt
        self.draft = draft
        self.headers = attempt.headers

    def set_header(self, name: str, value: str | None) -> None:
        """None takes it away."""
        if value is None:
            self.headers.pop(name, None)
        else:
            self.headers[name] = value
        decided = self.attempt.notes.get(Decided)
        if decided is None:
            decided = self.attempt.notes[Decided] = Decided()
        decided.names.add(name)

    def value(self, path: Path) -> Any:
        """What a condition compares: from the body, else one of the facts below, else `MISSING`."""
        found = self.draft.value(path)
        if found is not MISSING or path.top not in FACTS:
            return found
        fact = path.value({path.top: FACTS[path.top](self)})
        return MISSING if fact is None else fact

    @property
    def last_failure(self) -> Failure | None:
        """Why the attempt before this one failed."""
        earlier = [attempt for attempt in self.flow.attempts if attempt is not self.attempt]
        return earlier[-1].failure if earlier else None


def _caller(word: str) -> Callable[[Edit], Any]:
    return lambda edit: getattr(edit.flow.caller, word, None)


def _failure(word: str) -> Callable[[Edit], Any]:
    return lambda edit: _last_error(edit).get(word)


def _last_error(edit: Edit) -> dict[str, Any]:
    failure = edit.last_failure
    if failure is None:
        return {}
    kind = "timeout_error" if failure.timed_out else "upstream_error"
    return {"status_code": failure.status, "message": failure.message, "code": failure.code, "type": kind}


def _retry(edit: Edit) -> dict[str, Any]:
    return {"index": edit.attempt.number - 1, "is_retry": edit.attempt.number > 1}


FACTS: dict[str, Callable[[Edit], Any]] = {
    "model": lambda edit: edit.attempt.model,
    "upstream_model": lambda edit: edit.attempt.model,
    "original_model": lambda edit: edit.flow.asked_model,
    "request_path": lambda edit: edit.flow.request.path,
    REQUEST_HEADERS: lambda edit: dict(edit.flow.request.headers),
    ATTEMPT_HEADERS: lambda edit: edit.headers,
    "channel": lambda edit: edit.attempt.target.channel.name,
    "user_id": _caller("user_id"),
    "username": _caller("username"),
    "group": _caller("group"),
    "using_group": _caller("group"),
    "token_group": _caller("group"),
    "user_group": _caller("user_group"),
    "attempt": lambda edit: edit.attempt.number,
    "retry": _retry,
    "retry_index": lambda edit: edit.attempt.number - 1,
    "is_retry": lambda edit: edit.attempt.number > 1,
    "last_error": _last_error,
    "last_error_status_code": _failure("status_code"),
    "last_error_message": _failure("message"),
    "last_error_code": _failure("code"),
    "last_error_type": _failure("type"),
    "is_channel_test": lambda edit: edit.flow.id == CHANNEL_TEST,
}
"""Every name that a condition may use beside the body's own. `docs/overrides.md` lists them for operators."""
