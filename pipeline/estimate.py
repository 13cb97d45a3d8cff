"""How many tokens a text will be, without a tokenizer: by its letters, for a hold before the call and for a stream that was cut.

Tokenizers are vendors' own and some are fetched over the network; what decides is the script. The weights were fitted to recorded
calls of 30 vendors with their real usage; `docs/estimator.md` has the errors that are left, and how they were measured.
"""

from typing import Any

import msgspec

from pipeline.estimate_media import blob_tokens, media_tokens

LETTERS = bytes(range(65, 91)) + bytes(range(97, 123))
DIGITS = b"0123456789"
BLANKS = b" \t\r\n"
MARKS = bytes(letter for letter in range(33, 127) if letter not in LETTERS + DIGITS)
TWO_BYTES = bytes(range(0xC2, 0xE0))
THREE_BYTES = bytes(range(0xE0, 0xF0))
FOUR_BYTES = bytes(range(0xF0, 0xF5))

WEIGHTS = (
    (LETTERS, 190),
    (DIGITS, 650),
    (BLANKS, 100),
    (MARKS, 850),
    (TWO_BYTES, 350),
    (THREE_BYTES, 560),
    (FOUR_BYTES, 2_000),
)
"""Thousandths of a token for each character that begins with one of these bytes in UTF-8: Latin letters; Cyrillic, Greek, Arabic
and the like; Chinese, Japanese, Korean, Thai and the like; emoji."""

SCHEMA_WEIGHT = 155
"""Thousandths of a token for a character of a tool's or an answer's schema: vendors write them shorter than JSON."""

REQUEST = 8
"""Tokens around the messages."""

TOOLS_PREAMBLE = (
    ("claude", 500),
    ("command", 1_300),
    ("nova", 800),
    ("grok", 240),
    ("deepseek", 300),
    ("llama", 270),
    ("gpt-oss", 110),
    ("qwen", 140),
    ("glm", 180),
    ("gpt", 15),
    ("gemini", 20),
)
"""What a family of models is told before the first tool, which its vendor counts as input. Anthropic says so and lists them:
https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing"""

OTHER_PREAMBLE = 150
SCHEMAS = frozenset(
    {"tools", "functions", "toolConfig", "response_format", "output_config", "output_format", "responseSchema"}
    | {"responseJsonSchema", "json_schema", "schema"}
)
"""Words whose values are schemas, in any format."""

QUIET = frozenset(
    {"model", "role", "type", "id", "call_id", "tool_call_id", "tool_use_id", "toolUseId", "object", "format", "status", "user"}
    | {"signature", "thoughtSignature", "thought_signature", "encrypted_content", "mime_type", "mimeType", "media_type"}
    | {"cachedContent", "cache_control", "reasoning", "generationConfig", "safetySettings", "stream_options", "service_tier"}
    | {"tool_choice", "include", "modalities", "stop", "prompt_cache_key", "metadata"}
)
"""Words whose values are not read by the model."""

SAMPLES = 32
SAMPLE = 1024
"""Letters. A text of 300 KB is counted in a tenth of the time, and 1 % off."""

TOOLS = frozenset({"tools", "functions", "toolConfig"})


def estimate_input(body: Any, model: str = "") -> int:
    """Tokens of a request's body in any format, as bytes or decoded. `model` tells what the vendor adds where there are tools.

    What the vendor fetches by itself (a search, a page, an earlier answer) is not in the body, and not in the estimate.
    """
    if isinstance(body, bytes | bytearray | memoryview):
        try:
            body = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return blob_tokens(bytes(body[:16]), len(body))
    read = _Reading(body)
    tokens = REQUEST + estimate_output("".join(read.prose)) + read.schema_letters * SCHEMA_WEIGHT // 1000 + read.media_tokens
    return tokens + _preamble(model) if read.tools else tokens


def estimate_output(text: str) -> int:
    """Tokens of a text that a model wrote: words, thoughts, arguments of tool calls. Of a long one, samples from all over it."""
    if len(text) <= SAMPLES * SAMPLE:
        return _thousandths(text) // 1000
    step = len(text) // SAMPLES
    sampled = "".join([text[start : start + SAMPLE] for start in range(0, SAMPLES * step, step)])
    return _thousandths(sampled) * len(text) // len(sampled) // 1000


def _thousandths(text: str) -> int:
    left = text.encode(errors="replace")
    total = 0
    # The commonest first: each pass goes over what the ones before have left.
    for letters, weight in WEIGHTS:
        rest = left.translate(None, letters)
        total += (len(left) - len(rest)) * weight
        left = rest
    return total


class _Reading:
    """What a model reads of a body: its words, the letters of schemas, the tokens of media, and whether there are tools."""

    def __init__(self, body: Any) -> None:
        self.prose: list[str] = []
        self.schema_letters = 0
        self.media_tokens = 0
        self.tools = False
        # By hand and not by recursion: how deep a body is nested is the caller's choice.
        left: list[tuple[str, Any]] = [("", body)]
        while left:
            word, value = left.pop()
            if isinstance(value, str):
                self._text(word, value)
            elif isinstance(value, list):
                left += [(word, item) for item in value]
            elif isinstance(value, dict):
                for key, item in value.items():
                    if key in SCHEMAS and not isinstance(item, str):
                        self._schema(item)
                        self.tools |= key in TOOLS and bool(item)
                    elif key not in QUIET:
                        left.append((key, item))

    def _text(self, word: str, value: str) -> None:
        tokens = media_tokens(word, value)
        if tokens is None:
            self.prose.append(value)
        else:
            self.media_tokens += tokens

    def _schema(self, schema: Any) -> None:
        left = [schema]
        while left:
            value = left.pop()
            if isinstance(value, dict):
                self.schema_letters += sum(map(len, value))
                left += value.values()
            elif isinstance(value, list):
                left += value
            else:
                self.schema_letters += len(value) if isinstance(value, str) else 4


def _preamble(model: str) -> int:
    return next((tokens for family, tokens in TOOLS_PREAMBLE if family in model.lower()), OTHER_PREAMBLE)
