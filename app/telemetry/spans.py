"""From a flow that has ended to its spans: SERVER, below it a CLIENT for each attempt, and INTERNAL ones for stages.

They are made as `ReadableSpan`s at once: every time is known, and a span that is started, filled and ended through the tracer
costs fifteen times as much.
"""

from collections.abc import Iterator, Sequence

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from app.telemetry import attributes, names
from app.telemetry.attributes import Attributes, End
from app.telemetry.flow_trace import Call, FlowTrace, Note, new_span_id
from pipeline.errors import GatewayError
from pipeline.flow import Attempt, Flow

_FINE = Status()


class Spans:
    """Makes the spans of every flow of one process."""

    def __init__(self, resource: Resource, scope: InstrumentationScope, *, capture_content: bool) -> None:
        self._resource = resource
        self._scope = scope
        self._content = capture_content

    def of(self, trace: FlowTrace, flow: Flow) -> Iterator[ReadableSpan]:
        """Parents first."""
        maker = _Maker(self._resource, self._scope, trace)
        facts = attributes.of_request(trace, flow)
        if self._content and flow.reply is not None:
            facts[names.REPLY_BODY] = attributes.content(trace.sent or flow.reply.body)
        code = attributes.error_type(flow)
        yield maker.server(str(facts[names.HTTP_METHOD]), str(facts[names.HTTP_ROUTE]), facts, code)
        for attempt in flow.attempts:
            end = attributes.end_of(flow, attempt)
            facts = attributes.of_attempt(flow, attempt, end)
            if self._content and attempt.body is not None:
                facts[names.REQUEST_BODY] = attributes.content(attempt.body.encode())
            yield maker.client(flow, attempt, facts, end)
        for call in trace.calls:
            yield maker.internal(flow, call)

    def of_refusal(self, trace: FlowTrace, flow_id: str, method: str, error: GatewayError) -> ReadableSpan:
        """A request that no route took, or that came when no more could be taken. Its path may be anything and is left out."""
        facts: Attributes = {
            names.HTTP_METHOD: method,
            names.HTTP_STATUS: error.status,
            names.FLOW_ID: flow_id,
            names.OUTCOME: "rejected",
            names.ERROR_CODE: error.code,
        }
        if error.status >= 500:
            facts[names.ERROR_TYPE] = error.code
        return _Maker(self._resource, self._scope, trace).server(method, "", facts, error.code if error.status >= 500 else None)


class _Maker:
    """The spans of one trace."""

    def __init__(self, resource: Resource, scope: InstrumentationScope, trace: FlowTrace) -> None:
        self._resource = resource
        self._scope = scope
        self._trace = trace
        self._flags = TraceFlags(trace.flags)
        state = trace.parent.state if trace.parent is not None else ""
        self._state = TraceState.from_header([state]) if state else None

    def server(self, method: str, route: str, facts: Attributes, error: str | None) -> ReadableSpan:
        trace = self._trace
        parent = trace.parent
        return self._span(
            f"{method} {route}".rstrip(),
            SpanKind.SERVER,
            trace.span_id,
            self._context(parent.span_id, remote=True) if parent is not None else None,
            (trace.started, trace.ended or trace.started),
            facts,
            Status(StatusCode.ERROR, error) if error is not None else _FINE,
            trace.notes,
        )

    def client(self, flow: Flow, attempt: Attempt, facts: Attributes, end: End) -> ReadableSpan:
        unary = attempt.failure is None and attempt.reply is not None and attempt.reply.events is None
        return self._span(
            f"{flow.route.operation} {attempt.model}",
            SpanKind.CLIENT,
            self._trace.span_id_of(attempt),
            self._context(self._trace.span_id),
            # A unary answer's attempt stays open until it is settled; its call ended with the answer.
            (attempt.started, (attempt.first_event if unary else attempt.ended) or attempt.started),
            facts,
            Status(StatusCode.ERROR, end.why) if end.error_type is not None else _FINE,
        )

    def internal(self, flow: Flow, call: Call) -> ReadableSpan:
        of_attempt = call.attempt is not None and any(attempt is call.attempt for attempt in flow.attempts)
        facts: Attributes = {names.STAGE: call.stage, names.HOOK: call.hook}
        if call.problem is not None:
            facts[names.EXCEPTION] = call.problem
        return self._span(
            f"{call.stage}.{call.hook}",
            SpanKind.INTERNAL,
            new_span_id(),
            self._context(self._trace.span_id_of(call.attempt) if of_attempt and call.attempt else self._trace.span_id),
            (call.started, call.ended),
            facts,
            Status(StatusCode.ERROR, f"the stage {call.stage} crashed") if call.crashed else _FINE,
        )

    def _span(
        self,
        name: str,
        kind: SpanKind,
        span_id: int,
        parent: SpanContext | None,
        times: tuple[float, float],
        facts: Attributes,
        status: Status,
        notes: Sequence[Note] = (),
    ) -> ReadableSpan:
        started, ended = times
        return ReadableSpan(
            name,
            context=self._context(span_id),
            parent=parent,
            resource=self._resource,
            attributes=facts,
            events=[self._event(note) for note in notes],
            kind=kind,
            status=status,
            start_time=self._wall_ns(started),
            end_time=self._wall_ns(ended),
            instrumentation_scope=self._scope,
        )

    def _context(self, span_id: int, *, remote: bool = False) -> SpanContext:
        return SpanContext(self._trace.trace_id, span_id, remote, self._flags, self._state)

    def _event(self, note: Note) -> Event:
        return Event(note.what, {f"aihub.{name}": fact for name, fact in note.facts.items()}, self._wall_ns(note.at))

    def _wall_ns(self, seconds: float) -> int:
        return int(seconds * 1e9) + self._trace.epoch_ns
