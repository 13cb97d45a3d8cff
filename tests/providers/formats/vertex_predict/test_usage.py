"""Tokens of Vertex AI's embeddings."""

from pipeline.usage import Usage
from providers.formats.vertex_predict.usage import find_usage


def test_each_prediction_counts_its_own_tokens() -> None:
    predictions = [
        {"embeddings": {"values": [0.1], "statistics": {"token_count": count, "truncated": False}}} for count in (10, 4)
    ]
    assert find_usage({"predictions": predictions, "metadata": {"billableCharacterCount": 29}}) == Usage(input=14)


def test_predictions_without_statistics_tell_nothing() -> None:
    assert find_usage({"predictions": [{"embeddings": {"values": [0.1]}}, {}]}) is None
