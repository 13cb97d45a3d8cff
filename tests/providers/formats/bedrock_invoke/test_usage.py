"""What Bedrock counts for a model invoked in its own format."""

import pytest

from pipeline.usage import Usage
from providers.formats.bedrock_invoke.usage import find_usage, read_headers

METRICS = {
    "inputTokenCount": 3,
    "outputTokenCount": 44,
    "invocationLatency": 738,
    "cacheReadInputTokenCount": 9511,
    "cacheWriteInputTokenCount": 1956,
}
USAGE = Usage(input=11470, output=44, cache_read=9511, cache_write=1956)


def test_a_streams_last_chunk_has_it_whatever_the_models_format() -> None:
    known = find_usage({"type": "message_delta", "usage": {"output_tokens": 9}})
    assert known is None
    assert find_usage({"type": "message_stop", "amazon-bedrock-invocationMetrics": METRICS}, known) == USAGE


def test_a_reply_has_it_in_its_headers() -> None:
    headers = {
        "content-type": "application/json",
        "x-amzn-bedrock-input-token-count": "3",
        "x-amzn-bedrock-output-token-count": "44",
        "x-amzn-bedrock-cache-read-input-token-count": "9511",
        "x-amzn-bedrock-cache-write-input-token-count": "1956",
    }
    assert read_headers(headers) == USAGE


def test_no_headers_no_usage() -> None:
    assert read_headers({"content-type": "application/json"}) is None


@pytest.mark.parametrize("hostile", ["", "-1", "1.5", "1e3", "NaN", "٣", "²", "9" * 13, "9" * 5000, " 3"])
def test_a_hostile_header_counts_as_zero(hostile: str) -> None:
    headers = {"x-amzn-bedrock-input-token-count": hostile, "x-amzn-bedrock-output-token-count": "4"}
    assert read_headers(headers) == Usage(output=4)
