"""The engine: a request's way through the declared stages to a vendor and back.

Knows no web framework, database, cache or HTTP client; what it needs from them it names in `pipeline.ports`.
"""
