"""Counts of watsonx's text generation."""

from pipeline.usage import Usage
from providers.formats.watsonx.usage import find_usage


def result(taken: int, made: int) -> dict[str, object]:
    return {"results": [{"generated_text": "", "input_token_count": taken, "generated_token_count": made}]}


def test_a_reply_has_both_counts() -> None:
    assert find_usage(result(8, 11)) == Usage(input=8, output=11)


def test_a_streams_first_event_has_the_input_and_its_last_the_output() -> None:
    known = None
    for event in (result(8, 0), result(0, 1), {"system": {"warnings": []}}, result(0, 11), result(0, 11)):
        known = find_usage(event, known)
    assert known == Usage(input=8, output=11)


def test_several_results_of_one_reply_add_up() -> None:
    assert find_usage({"results": result(8, 11)["results"] * 2}) == Usage(input=16, output=22)  # type: ignore[operator]
