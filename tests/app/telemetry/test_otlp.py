"""What we write, read with OpenTelemetry's own messages."""

from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1 import trace_pb2

from app.telemetry.otlp import OtlpRequest, encode
from app.telemetry.spans import Event, Kind, Span

RESOURCE = {"service.name": "gätewäy", "process.pid": 123_456}
TIME = 1_700_000_000_123_456_789
ROOT = Span((1 << 128) - 5, (1 << 64) - 7, None, False, "", "a span", Kind.SERVER, TIME, TIME + 1, {})

ATTRIBUTES: dict[str, Any] = {
    "text": "x", "empty": "", "umlaut": "é漢", "long": "y" * 5_000, "exactly": "z" * 64, "true": True, "false": False,
    "zero": 0, "one": 1, "negative": -1, "big": 1 << 40, "smallest": -(1 << 63), "float": 0.25, "whole": 1.0, "less": -1e300,
}  # fmt: skip

SPANS = {
    "a root": [ROOT],
    "kinds": [replace(ROOT, kind=kind) for kind in Kind],
    "a parent of ours": [replace(ROOT, parent=2)],
    "a caller's parent": [replace(ROOT, parent=2, remote=True, state="a=1,b=2")],
    "attributes": [replace(ROOT, attributes=ATTRIBUTES)],
    "attributes again": [replace(ROOT, attributes=ATTRIBUTES)] * 2,
    "events": [replace(ROOT, events=[Event("a", TIME, {}), Event("b", TIME + 5, ATTRIBUTES)])],
    "an error": [replace(ROOT, error="went wrong")],
    "an error without words": [replace(ROOT, error="")],
    "a name beyond ASCII": [replace(ROOT, name="né" * 100)],
    "a batch": [replace(ROOT, name=str(number), attributes={"n": number}) for number in range(600)],
}


def written(*spans: Span) -> ExportTraceServiceRequest:
    return ExportTraceServiceRequest.FromString(OtlpRequest(RESOURCE, "aihub", "1.2.3").around(map(encode, spans)))


def expected(*spans: Span) -> ExportTraceServiceRequest:
    scope = trace_pb2.ScopeSpans(scope=InstrumentationScope(name="aihub", version="1.2.3"), spans=map(message, spans))
    of_resource = trace_pb2.ResourceSpans(resource=Resource(attributes=pairs(RESOURCE)), scope_spans=[scope])
    return ExportTraceServiceRequest(resource_spans=[of_resource])


def message(span: Span) -> trace_pb2.Span:
    failed = trace_pb2.Status(code=trace_pb2.Status.STATUS_CODE_ERROR, message=span.error or "")
    return trace_pb2.Span(
        trace_id=span.trace_id.to_bytes(16, "big"),
        span_id=span.id.to_bytes(8, "big"),
        parent_span_id=b"" if span.parent is None else span.parent.to_bytes(8, "big"),
        trace_state=span.state,
        name=span.name,
        kind=getattr(trace_pb2.Span, f"SPAN_KIND_{span.kind.name}"),
        start_time_unix_nano=span.started,
        end_time_unix_nano=span.ended,
        attributes=pairs(span.attributes),
        events=[
            trace_pb2.Span.Event(time_unix_nano=event.at, name=event.name, attributes=pairs(event.attributes))
            for event in span.events
        ],
        status=trace_pb2.Status() if span.error is None else failed,
        flags=trace_pb2.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
        | (trace_pb2.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK if span.remote else 0),
    )


def pairs(values: dict[str, Any]) -> list[KeyValue]:
    fields = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
    return [KeyValue(key=name, value=AnyValue(**{fields[type(value)]: value})) for name, value in values.items()]


@pytest.mark.parametrize("case", SPANS)
def test_it_is_read_as_it_was_meant(case: str) -> None:
    assert written(*SPANS[case]) == expected(*SPANS[case])


def test_true_and_one_are_not_confused() -> None:
    seen = [encode(replace(ROOT, attributes={"n": value})) for value in (True, 1, 1.0, True)]
    assert len(set(seen)) == 3


def test_half_a_character_does_not_lose_the_batch() -> None:
    assert written(replace(ROOT, name="\ud83d")).resource_spans[0].scope_spans[0].spans[0].name == "?"
