"""From a flow that has ended to its spans: SERVER, below it a CLIENT for each attempt, and INTERNAL ones for stages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from app.telemetry import attributes, names
from app.telemetry.attributes import Attributes
from app.telemetry.flow_trace import Call, FlowTrace, Note, new_span_id
from pipeline.errors import GatewayError
from pipeline.flow import Attempt, Flow


class Kind(IntEnum):
    """As OTLP numbers them."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3


@dataclass(slots=True)
class Event:
    """Something at a moment; `at` in nanoseconds since 1970, as every time of a span."""

    name: str
    at: int
    attributes: Attributes


@dataclass(slots=True)
class Span:
    """One span, whole. `error` is None or says what failed; `remote` tells that the parent is the caller's."""

    trace_id: int
    id: int
    parent: int | None
    remote: bool
    state: str
    name: str
    kind: Kind
    started: int
    ended: int
    attributes: Attributes
    error: str | None = None
    events: Sequence[Event] = field(default=())


class Spans:
    """The spans of one trace."""

    def __init__(self, trace: FlowTrace, *, capture_content: bool) -> None:
        self._trace = trace
        self._content = capture_content

    def of(self, flow: Flow) -> Iterator[Span]:
        """Parents first."""
        facts = attributes.of_request(self._trace, flow)
        if self._content and flow.reply is not None:
            facts[names.REPLY_BODY] = attributes.content(self._trace.sent or flow.reply.body)
        yield self._server(f"{flow.request.method} {facts[names.HTTP_ROUTE]}", facts)
        for attempt in flow.attempts:
            yield self._client(flow, attempt)
        for call in self._trace.calls:
            yield self._internal(flow, call)

    def of_refusal(self, flow_id: str, method: str, error: GatewayError) -> Span:
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
        return self._server(method, facts)

    def _server(self, name: str, facts: Attributes) -> Span:
        trace = self._trace
        error = facts.get(names.ERROR_TYPE)
        return self._span(
            name,
            Kind.SERVER,
            trace.span_id,
            trace.parent.span_id if trace.parent is not None else None,
            (trace.started, trace.ended or trace.started),
            facts,
            None if error is None else str(error),
            [self._event(note) for note in trace.notes],
        )

    def _client(self, flow: Flow, attempt: Attempt) -> Span:
        end = attributes.end_of(flow, attempt)
        facts = attributes.of_attempt(flow, attempt, end)
        if self._content and attempt.body is not None:
            facts[names.REQUEST_BODY] = attributes.content(attempt.body.encode())
        # A unary answer's attempt stays open until it is settled; its call ended with the answer.
        unary = attempt.failure is None and attempt.reply is not None and attempt.reply.events is None
        return self._span(
            f"{flow.route.operation} {attempt.model}",
            Kind.CLIENT,
            self._trace.span_id_of(attempt),
            self._trace.span_id,
            (attempt.started, (attempt.first_event if unary else attempt.ended) or attempt.started),
            facts,
            None if end.error_type is None else end.why,
        )

    def _internal(self, flow: Flow, call: Call) -> Span:
        trace, attempt = self._trace, call.attempt
        begun = attempt is not None and any(each is attempt for each in flow.attempts)
        facts: Attributes = {names.STAGE: call.stage, names.HOOK: call.hook}
        if call.problem is not None:
            facts[names.EXCEPTION] = call.problem
        return self._span(
            f"{call.stage}.{call.hook}",
            Kind.INTERNAL,
            new_span_id(),
            trace.span_id_of(attempt) if begun and attempt is not None else trace.span_id,
            (call.started, call.ended),
            facts,
            f"the stage {call.stage} crashed" if call.crashed else None,
        )

    def _span(
        self,
        name: str,
        kind: Kind,
        span_id: int,
        parent: int | None,
        times: tuple[float, float],
        facts: Attributes,
        error: str | None,
        events: Sequence[Event] = (),
    ) -> Span:
        trace = self._trace
        state = trace.parent.state if trace.parent is not None else ""
        started, ended = self._wall_ns(times[0]), self._wall_ns(times[1])
        remote = kind is Kind.SERVER and parent is not None
        return Span(trace.trace_id, span_id, parent, remote, state, name, kind, started, ended, facts, error, events)

    def _event(self, note: Note) -> Event:
        return Event(note.what, self._wall_ns(note.at), {f"aihub.{name}": fact for name, fact in note.facts.items()})

    def _wall_ns(self, seconds: float) -> int:
        return int(seconds * 1e9) + self._trace.epoch_ns
