"""What a flow and its attempts say about themselves, under the names of `app.telemetry.names`. No key, no header but the user
agent, no query, no error's text that a vendor or a caller may have written."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from app.routes import template
from app.telemetry import names
from app.telemetry.flow_trace import CONTENT_LIMIT, FlowTrace
from pipeline.flow import Attempt, Flow, Outcome
from pipeline.usage import Usage
from providers import registry

Attributes = dict[str, str | bool | int | float]

TEXT_LIMIT = 256
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class End:
    """How an attempt ended; with an `error_type` it failed, and `why` says it in words."""

    outcome: str
    error_type: str | None = None
    why: str = ""


def of_request(trace: FlowTrace, flow: Flow) -> Attributes:
    """The SERVER span's."""
    request, caller = flow.request, flow.caller
    found: dict[str, Any] = {
        names.HTTP_METHOD: request.method,
        names.HTTP_ROUTE: template(flow.route),
        names.URL_PATH: _short(request.path),
        names.HTTP_STATUS: flow.reply.status if flow.reply is not None and flow.promised else None,
        names.CLIENT_ADDRESS: request.client_ip,
        names.USER_AGENT: _short(request.headers.get("user-agent")),
        names.FLOW_ID: flow.id,
        names.OUTCOME: flow.outcome.value if flow.outcome is not None else None,
        names.FORMAT: flow.route.format,
        names.USER: caller.username if caller is not None else None,
        names.TOKEN: caller.token_name if caller is not None else None,
        names.GROUP: caller.group if caller is not None else None,
        names.MODEL: flow.model if flow.model != flow.asked_model else None,
        names.ATTEMPTS: len(flow.attempts),
        names.ERROR_CODE: flow.error.code if flow.error is not None else None,
        names.ERROR_TYPE: error_type(flow),
        names.REFUSED_BY: trace.refused_by,
    }
    if flow.asked_model:
        found |= _genai(flow, flow.attempt, flow.asked_model)
    for stage, seconds in trace.seconds.items():
        found[_stage_ms(stage)] = round(seconds * 1000, 3)
    return _known(found)


def of_attempt(flow: Flow, attempt: Attempt, end: End) -> Attributes:
    """A CLIENT span's."""
    target, failure = attempt.target, attempt.failure
    host, port = _address(attempt.url)
    first = attempt.first_event - attempt.started if attempt.first_event is not None and flow.asked_stream else None
    return _known(
        {
            **_genai(flow, attempt, attempt.model),
            names.GENAI_FIRST_CHUNK: None if first is None else round(first, 6),
            names.ATTEMPT: attempt.number,
            names.CHANNEL: target.channel.name,
            names.KEY: target.key.name,
            names.VENDOR: target.channel.vendor,
            names.SERVER_ADDRESS: host,
            names.SERVER_PORT: port,
            names.HTTP_METHOD: "POST",
            names.HTTP_STATUS: attempt.status,
            names.HTTP_RESEND: attempt.number - 1 or None,
            names.VENDOR_REQUEST_ID: _short(attempt.upstream_id),
            names.OUTCOME: end.outcome,
            names.VERDICT: attempt.verdict.value if attempt.verdict is not None else None,
            names.FAILURE_CODE: failure.code if failure is not None else None,
            names.RETRY_AFTER: failure.retry_after if failure is not None else None,
            names.ERROR_TYPE: end.error_type,
        }
    )


def error_type(flow: Flow) -> str | None:
    """Set where the gateway or its vendors failed the caller; a refusal is no error of a server's span."""
    if flow.error is not None and flow.outcome in (Outcome.FAILED, Outcome.CUT):
        return flow.error.code
    return str(flow.reply.status) if flow.reply is not None and flow.reply.status >= 500 else None


def end_of(flow: Flow, attempt: Attempt) -> End:
    failure, reply = attempt.failure, attempt.reply
    if failure is not None:
        return End("failed", str(failure.status) if failure.status is not None else failure.code, failure.message)
    if reply is None:
        # A stage of this attempt broke, the time was up, or the caller left while the vendor worked.
        code = flow.error.code if flow.error is not None else None
        return End("cancelled", code, "ended before an answer came" if code else "")
    if attempt is flow.attempt and flow.outcome is Outcome.CUT and flow.error is not None:
        return End("cut", flow.error.code, "cut in the middle of its stream")
    if flow.caller_left and reply.events is not None and flow.on_disconnect == "cancel":
        return End("cancelled")
    return End("answered")


def content(piece: Any) -> str:
    """The beginning of a body."""
    return bytes(piece[:CONTENT_LIMIT]).decode("utf-8", "replace")


def _genai(flow: Flow, attempt: Attempt | None, model: str) -> dict[str, Any]:
    usage = attempt.usage if attempt is not None else None
    return {
        names.GENAI_OPERATION: flow.route.operation,
        names.GENAI_PROVIDER: _provider(attempt.target.channel.vendor) if attempt is not None else None,
        names.GENAI_MODEL: model,
        names.GENAI_STREAM: flow.asked_stream or None,
        names.GENAI_ANSWERED_MODEL: _short(attempt.answered_model) if attempt is not None else None,
        **(_tokens(usage) if usage is not None else {}),
    }


def _tokens(usage: Usage) -> dict[str, Any]:
    return {
        names.GENAI_INPUT: usage.input,
        names.GENAI_OUTPUT: usage.output,
        names.GENAI_CACHE_READ: usage.cache_read or None,
        names.GENAI_CACHE_CREATION: usage.cache_write or None,
        names.GENAI_REASONING: usage.reasoning or None,
    }


def _known(found: dict[str, Any]) -> Attributes:
    return {name: value for name, value in found.items() if value is not None}


def _short(text: str | None) -> str | None:
    """What somebody else wrote may be of any length."""
    return text if text is None or len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT]


@lru_cache
def _stage_ms(stage: str) -> str:
    return names.STAGE_MS.format(stage=stage)


@lru_cache
def _provider(vendor: str) -> str:
    return (registry.get(vendor).genai or vendor) if vendor in registry.names() else vendor


@lru_cache
def _address(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or _PORTS.get(parts.scheme)
