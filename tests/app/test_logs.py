"""The lines that the process writes."""

import logging
from collections.abc import Iterator

import orjson
import pytest

from app.logs import configure_logging, flow_id, trace_id


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    kept, level = logging.getLogger().handlers[:], logging.getLogger("aihub").level
    yield
    logging.getLogger().handlers[:] = kept
    logging.getLogger("aihub").setLevel(level)


def test_a_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(logging.INFO, "json")
    logging.getLogger("aihub.test").info("two\nlines of %s", "words")
    [line] = map(orjson.loads, capsys.readouterr().err.splitlines())
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "info", "logger": "aihub.test", "message": "two\nlines of words"}


def test_inside_of_a_request_it_has_the_ids_and_a_crash_has_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(logging.INFO, "json")
    flow, trace = flow_id.set("req_1"), trace_id.set("0af7")
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("aihub.test").exception("it crashed")
    finally:
        flow_id.reset(flow)
        trace_id.reset(trace)
    [line] = map(orjson.loads, capsys.readouterr().err.splitlines())
    assert (line["level"], line["flow"], line["trace"]) == ("error", "req_1", "0af7")
    assert line["exception"].endswith("ValueError: broken")


def test_half_a_letter_is_no_reason_to_lose_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(logging.INFO, "json")
    logging.getLogger("aihub.test").info("half \ud800 a letter")
    [line] = map(orjson.loads, capsys.readouterr().err.splitlines())
    assert line["message"] == "half ? a letter"


def test_text_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(logging.INFO)
    logging.getLogger("aihub.test").warning("words")
    assert capsys.readouterr().err.endswith("WARNING aihub.test: words\n")
