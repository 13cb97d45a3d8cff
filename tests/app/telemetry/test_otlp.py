"""Our encoder writes what the SDK's writes."""

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from app.telemetry.otlp import OtlpEncoder

RESOURCE = Resource({"service.name": "gätewäy", "process.pid": 123_456})
SCOPE = InstrumentationScope("aihub", "1.2.3")
SAMPLED = TraceFlags(1)
TIME = 1_700_000_000_123_456_789


def span(name: str = "a span", **fields: object) -> ReadableSpan:
    context = SpanContext((1 << 128) - 5, (1 << 64) - 7, False, SAMPLED)
    given: dict[str, object] = {
        "context": context, "start_time": TIME, "end_time": TIME + 1, "kind": SpanKind.SERVER, "status": Status(),
        "instrumentation_scope": SCOPE, "resource": RESOURCE,
    }  # fmt: skip
    return ReadableSpan(name, **(given | fields))  # type: ignore[arg-type]


ATTRIBUTES = {
    "text": "x", "empty": "", "umlaut": "é漢", "long": "y" * 5_000, "exactly": "z" * 64, "true": True, "false": False,
    "zero": 0, "one": 1, "negative": -1, "big": 1 << 40, "smallest": -(1 << 63), "float": 0.25, "whole": 1.0,
}  # fmt: skip

SPANS = {
    "a root": [span()],
    "kinds": [span(kind=kind) for kind in SpanKind],
    "a parent of ours": [span(parent=SpanContext(1, 2, False, SAMPLED))],
    "a caller's parent": [span(parent=SpanContext(1, 2, True, SAMPLED))],
    "attributes": [span(attributes=ATTRIBUTES)],
    "attributes again": [span(attributes=ATTRIBUTES), span(attributes=ATTRIBUTES)],
    "events": [span(events=[Event("a", None, TIME), Event("b", ATTRIBUTES, TIME + 5)])],
    "an error": [span(status=Status(StatusCode.ERROR, "went wrong"))],
    "an error without words": [span(status=Status(StatusCode.ERROR))],
    "a name beyond ASCII": [span("né" * 100)],
    "a state": [span(context=SpanContext(1, 2, False, SAMPLED, TraceState.from_header(["a=1,b=2"])))],
    "a batch": [span(str(number), attributes={"n": number}) for number in range(600)],
}


@pytest.mark.parametrize("case", SPANS)
def test_it_is_read_as_what_the_sdk_writes(case: str) -> None:
    ours = ExportTraceServiceRequest.FromString(OtlpEncoder(RESOURCE, SCOPE).encode(SPANS[case]))
    assert ours == encode_spans(SPANS[case])


def test_true_and_one_are_not_confused() -> None:
    encoder = OtlpEncoder(RESOURCE, SCOPE)
    seen = [encoder.encode([span(attributes={"n": value})]) for value in (True, 1, 1.0, True)]
    assert len(set(seen)) == 3


def test_half_a_character_does_not_lose_the_batch() -> None:
    body = OtlpEncoder(RESOURCE, SCOPE).encode([span("\ud83d")])
    assert ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans[0].name == "?"
