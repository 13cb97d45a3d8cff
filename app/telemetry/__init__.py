"""Tracing: what happened to a request, as OpenTelemetry spans at any OTLP collector. docs/tracing.md is the operator's page.

    environment   settings and OTEL_* variables -> where to, how often, or not at all
    tracing       decides on each request; owns the queue and the exporter
    context       the `traceparent` header, in and out
    flow_trace    what one traced flow notes while it runs: no SDK, no I/O
    spans         a flow that has ended -> its tree of spans
    otlp          a span -> protobuf
    exporter      a queue of them -> one request after another
    collector     a request -> an OTLP/HTTP collector

Only `tracing` and `exporter` import the SDK, for its queue and its resource; nothing imports them while tracing is off.
"""
