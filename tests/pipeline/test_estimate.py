"""Tokens are estimated by script, by what a model really reads of a body, and quickly whatever is in it."""

from base64 import b64encode
from statistics import median
from typing import Any

import msgspec
import pytest

from pipeline.estimate import REQUEST, estimate_input, estimate_output
from pipeline.estimate_media import DOCUMENT, IMAGE
from tests.support.recordings import MISSING, chat_recordings

RECORDED = [
    recording
    for recording in chat_recordings()
    if recording.status == 200
    and recording.usages()
    and not {"compound", "sonar"} & set(str(recording.request["model"]).split("-"))
]


def chat(content: Any, **words: Any) -> bytes:
    return msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": content}], **words})


def of_content(content: Any) -> int:
    return estimate_input(chat(content)) - REQUEST


# What vendors really counted for what their models wrote.
WRITTEN = [
    ("The result of 15 multiplied by 7 is 105.", 16),
    ("Ruby was created by Yukihiro Matsumoto in 1993.", 16),
    ("Why don't we ever hear secrets at a OpenTelemetry convention? Because it's an ex-spy place! (I'll show myself out)", 35),
    (
        '{"steps":[{"explanation":"Subtract 31 from both sides to isolate the term with x.","output":"8x + 31 - 31 = 2 - 31"}]}',
        44,
    ),
]


@pytest.mark.parametrize(("text", "tokens"), WRITTEN)
def test_a_text_that_a_vendor_counted(text: str, tokens: int) -> None:
    assert estimate_output(text) == pytest.approx(tokens, rel=0.45)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("你好世界你好世界你好", (5, 8)),
        ("привет, как дела", (4, 8)),
        ("สวัสดีครับ", (4, 8)),
        ("1234567890", (4, 8)),
        ("👋👋", (2, 6)),
        ("", (0, 0)),
    ],
)
def test_scripts_weigh_differently(text: str, tokens: tuple[int, int]) -> None:
    assert tokens[0] <= estimate_output(text) <= tokens[1]


def test_escaped_letters_count_as_themselves() -> None:
    plain = chat("你好世界")
    escaped = plain.replace("你好世界".encode(), rb"\u4f60\u597d\u4e16\u754c")
    assert estimate_input(escaped) == estimate_input(plain) == REQUEST + estimate_output("你好世界")


def test_bytes_and_their_value_are_the_same() -> None:
    body = chat("Hello there", tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}])
    assert estimate_input(body) == estimate_input(bytearray(body)) == estimate_input(msgspec.json.decode(body))


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"role": "user", "content": "Hello there"}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello there"}]}], "stream": True, "temperature": 1},
        {"input": "Hello there", "model": "gpt-5", "reasoning": {"effort": "high"}, "metadata": {"a": "b"}},
        {"input": [{"type": "message", "role": "user", "id": "msg_1", "content": "Hello there"}]},
        {"system": "Hello ", "messages": [{"role": "user", "content": "there"}], "max_tokens": 100},
        {"contents": [{"role": "user", "parts": [{"text": "Hello there", "thoughtSignature": "a" * 600}]}]},
        {"contents": [{"parts": [{"text": "Hello there"}]}], "generationConfig": {"stopSequences": ["a long one"]}},
        {"inputText": "Hello there"},
    ],
)
def test_only_what_the_model_reads_counts_in_any_format(body: dict[str, Any]) -> None:
    assert estimate_input(body) == REQUEST + estimate_output("Hello there")


def test_tools_cost_a_preamble_of_the_model_and_their_schema() -> None:
    tools = [{"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}]
    without, with_tools = chat("Hi"), chat("Hi", tools=tools)
    extra = {
        model: estimate_input(with_tools, model) - estimate_input(without, model) for model in ("gpt-5", "Claude-Opus-5", "x")
    }
    assert 15 < extra["gpt-5"] < 40
    assert 450 < extra["Claude-Opus-5"] < 600
    assert 100 < extra["x"] < 250
    assert estimate_input(chat("Hi", tools=[]), "claude") == estimate_input(without, "claude")


PNG = b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40).decode()
PDF = b64encode(b"%PDF-1.7\n" + bytes(range(256)) * 200).decode()
WAVE = b64encode(b"RIFF\0\0\0\0WAVEfmt " + bytes(144_000)).decode()
MP3 = b64encode(b"ID3\4" + bytes(24_996)).decode()


@pytest.mark.parametrize(
    ("part", "tokens"),
    [
        ({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}, IMAGE),
        ({"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}, IMAGE),
        ({"type": "input_image", "image_url": "https://example.com/cat.png"}, IMAGE),
        ({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}, IMAGE),
        ({"inlineData": {"mimeType": "image/png", "data": PNG.replace("+", "-").replace("/", "_")}}, IMAGE),
        ({"fileData": {"mimeType": "image/png", "fileUri": "gs://bucket/cat.png"}}, IMAGE),
        ({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}, 51_209 // 15),
        ({"type": "input_audio", "input_audio": {"data": WAVE, "format": "wav"}}, 96),
        ({"inlineData": {"mimeType": "audio/mp3", "data": MP3}}, 100),
        ({"type": "text", "text": "https://example.com/cat.png"}, estimate_output("https://example.com/cat.png")),
    ],
)
def test_media_count_by_rules_and_not_by_their_letters(part: dict[str, Any], tokens: int) -> None:
    assert of_content([part]) == pytest.approx(tokens, abs=1)


def test_a_long_word_is_no_picture() -> None:
    assert of_content("好" * 1_000) == estimate_output("好" * 1_000) > 400
    assert of_content("lorem ipsum " * 100) == estimate_output("lorem ipsum " * 100)


def test_a_small_document_has_a_page() -> None:
    small = b64encode(b"%PDF-1.7\n" + bytes(600)).decode()
    assert of_content([{"source": {"data": small}}]) == DOCUMENT


def test_samples_of_a_long_text_stand_for_all_of_it() -> None:
    text = "".join(f"Line {number}: the quick brown fox, jumped over 12 lazy dogs. 你好 " for number in range(5_000))
    pieces = sum(estimate_output(text[start : start + 30_000]) for start in range(0, len(text), 30_000))
    assert estimate_output(text) == pytest.approx(pieces, rel=0.01)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'"\\ud800"',
        b"[" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b"null",
        b"7",
        {},
        [],
        None,
        ["\ud800"],
    ],
    ids=range(12),
)
def test_no_body_is_too_strange(body: Any) -> None:
    assert 0 <= estimate_input(body) < 1_000


@pytest.mark.skipif(not RECORDED, reason=MISSING)
def test_half_of_the_recorded_calls_are_estimated_within_a_quarter() -> None:
    errors = []
    for recording in RECORDED:
        counted = recording.usages()[-1].get("prompt_tokens")
        if counted:
            errors.append(abs(estimate_input(recording.request, str(recording.request["model"])) - counted) / counted)
    assert len(errors) > 40
    assert median(errors) < 0.25
