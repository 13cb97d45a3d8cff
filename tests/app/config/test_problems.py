import pickle

import pytest

from app.config.problems import ConfigError, Problem, Where, dotted, nearest, suggest

LATE = Problem("b.yaml", 9, 1, "x", "late")
EARLY = Problem("b.yaml", 2, 5, "y", "early")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.yaml", 3, 7, "server.port", "wrong"), "a.yaml:3:7: server.port: wrong"),
        (Problem("a.yaml", 1, 1, "", "not UTF-8 text"), "a.yaml:1:1: not UTF-8 text"),
        (Problem("environment", 0, 0, "AIHUB_PORT", "wrong"), "environment: AIHUB_PORT: wrong"),
    ],
)
def test_a_problem_reads_as_place_path_message(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_an_error_has_each_problem_once_in_reading_order() -> None:
    error = ConfigError([LATE, EARLY, LATE])
    assert error.problems == [EARLY, LATE]
    assert str(error).splitlines() == [str(EARLY), str(LATE)]


def test_an_error_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(ConfigError([LATE]))).problems == [LATE]


@pytest.mark.parametrize(
    ("word", "found"),
    [("prot", "port"), ("PORT", "port"), ("hots", "host"), ("completely", None), ("", None)],
)
def test_the_nearest_word_is_found_whatever_its_case(word: str, found: str | None) -> None:
    assert nearest(word, ["host", "port"]) == found


def test_a_suggestion_is_a_question_or_nothing() -> None:
    assert suggest("prot", ["port"]) == ", did you mean 'port'?"
    assert suggest("zzz", ["port"]) == ""


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ((), ""),
        (("pipeline", 3, "rate_limit", "user"), "pipeline[3].rate_limit.user"),
        (("models", "gpt-4.1"), "models['gpt-4.1']"),
        ((0, "a"), "[0].a"),
    ],
)
def test_a_path_is_dotted(where: Where, path: str) -> None:
    assert dotted(where) == path
