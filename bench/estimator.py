"""How far the estimates of tokens are from what vendors counted: writes `docs/estimator.md` from the recordings.

`AIHUB_RECORDINGS=folder python -m bench.estimator`. Usage is read here without the gateway's readers, as both are to be checked.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson

from pipeline.estimate import estimate_input, estimate_output

ROOT = Path(os.environ.get("AIHUB_RECORDINGS", "../shared/recordings"))
PAGE = Path(__file__).parent.parent / "docs" / "estimator.md"

FETCHED = {"server_tools", "web_search", "code_execution", "previous_response_id", "batch_input"}
"""Features of calls whose input is more than their body: the vendor adds what it found, ran or kept."""

FETCHED_UNSAID = (
    "groq/chat/compound",
    "perplexity/",
    "zhipu/",
    "dashscope/app-",
    "openai/responses/gpt-5-nano-stream-tool-call-tool-result",
)
"""The same, where no feature says so, and those whose bodies were not kept whole."""

MEDIA = {"vision", "document", "audio_input", "video_input", "audio_output", "image_output"}
INPUTS = (
    ("promptTokenCount", "toolUsePromptTokenCount"),
    ("prompt_tokens",),
    ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
    ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"),
    ("prompt_eval_count",),
)
"""Words for input tokens: what a vendor's first one counts, and what is beside it."""

OUTPUTS = ("candidatesTokenCount", "completion_tokens", "outputTokens", "output_tokens", "eval_count")
THOUGHTS = ("thoughtsTokenCount", "reasoning_tokens", "thinking_tokens")
WRITTEN = {"content", "text", "reasoning_content", "reasoning", "thinking", "delta", "response"}
"""Words that stand for what a model wrote, where a string follows."""

CALLS = {"tool_call", "parallel_tool_calls", "legacy_function_call", "refusal", "n>1"}
"""Features of replies that are more than a text: how a call of a tool is written, no reply shows."""

REPEATED = (
    "longcat/",
    "dashscope/app-",
    "dashscope/text-generation",
    "gemini/generateContent/gemini-2-0-flash-sync-citations",
    "gemini/streamGenerateContent/gemini-2-0-flash-stream-content-filter",
)
"""Streams that say everything again with each event, and texts that were cut before they were kept."""

HEAD = """\
# The estimator

`pipeline/estimate.py` says how many tokens a text will be before anybody has counted them: for the money that is held before
a call, and for the bill of a stream that was cut before its usage came. It has no tokenizer: it counts letters by their
script. This page is written by `python -m bench.estimator` from recorded calls, which carry what the vendor really counted.

An error is |estimate - counted| / counted; the bias is the median of the same with its sign. Most recordings are small, and
there a chat template or a preamble for tools, which no body shows, weighs most. Bodies above 1,000 tokens have a line of their
own.

Left out are calls whose vendor read more than the body (searches, pages, code, earlier answers); of output, replies with hidden
thoughts or calls of tools. Media are counted by rules and have a line of their own.
"""


def main() -> None:
    inputs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    outputs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in map(orjson.loads, (ROOT / "index.jsonl").read_bytes().splitlines()):
        if "usage" in row["features"] and row["status"] == 200:
            measure(row, inputs, outputs)
    PAGE.write_text(HEAD + table("Input", inputs) + table("Output", outputs))


def measure(row: dict[str, Any], inputs: dict[str, list[tuple[int, int]]], outputs: dict[str, list[tuple[int, int]]]) -> None:
    folder, vendor = ROOT / row["path"], row["provider"]
    events = list(read_events(folder, row["response_format"]))
    found = [usage for event in events for usage in usages(event)]
    request = orjson.loads((folder / "request.json").read_bytes())
    body = request.get("body")
    counted = max(map(input_tokens, found), default=0)
    more = FETCHED & set(row["features"]) or row["path"].startswith(FETCHED_UNSAID)
    if request.get("recorded") and isinstance(body, dict) and counted and not more and "cachedContent" not in body:
        pair = estimate_input(orjson.dumps(body), str(row["model"])), counted
        places = ["with media"] if MEDIA & set(row["features"]) else [vendor, "all"]
        for place in [*places, "above 1,000 tokens"] if places[0] == vendor and counted > 1_000 else places:
            inputs[place].append(pair)
    written = max((usage.get(word) or 0 for usage in found for word in OUTPUTS), default=0)
    hidden = any(largest(usage, THOUGHTS) for usage in found)
    plain = not hidden and not (MEDIA | CALLS | FETCHED) & set(row["features"]) and not row["path"].startswith(REPEATED)
    if written >= 10 and plain:
        text = "".join(reply_text(events))
        for place in (vendor, "all") if len(text) > 20 else ():
            outputs[place].append((estimate_output(text), written))


def read_events(folder: Path, form: str) -> Iterator[dict[str, Any]]:
    """The reply's JSON objects; none of an AWS event stream, whose frames are not JSON."""
    raw = next(folder.glob("response.*")).read_bytes()
    if form == "json":
        value = orjson.loads(raw)
        yield from value if isinstance(value, list) else [value]
    elif form in ("sse", "ndjson"):
        lines = [line.strip() for line in raw.splitlines() if form == "ndjson" or line.startswith(b"data:")]
        for line in lines:
            if (payload := line.removeprefix(b"data:").strip()).startswith(b"{"):
                yield orjson.loads(payload)


def usages(value: Any) -> Iterator[dict[str, Any]]:
    """Every object, at any depth, that counts tokens."""
    if isinstance(value, dict):
        if any(isinstance(value.get(word), int) for words in (*INPUTS, OUTPUTS) for word in words):
            yield value
        for word, item in value.items():
            if word not in ("billed_units", "trace", "amazon-bedrock-trace"):
                yield from usages(item)
    elif isinstance(value, list):
        for item in value:
            yield from usages(item)


def input_tokens(usage: dict[str, Any]) -> int:
    for words in INPUTS:
        if isinstance(usage.get(words[0]), int):
            return sum(usage.get(word) or 0 for word in words)
    return 0


def largest(usage: dict[str, Any], words: tuple[str, ...]) -> int:
    inner = [item for item in usage.values() if isinstance(item, dict)]
    return max((each.get(word) or 0 for each in (usage, *inner) for word in words), default=0)


def reply_text(events: list[dict[str, Any]]) -> Iterator[str]:
    """What the model wrote. Of the responses format's events the deltas alone, as others say the same again."""
    for event in events:
        kind = str(event.get("type", ""))
        if not kind.startswith("response.") or kind.endswith(".delta"):
            yield from strings("", event)


def strings(word: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if word in WRITTEN else []
    elif isinstance(value, dict):
        for inner, item in value.items():
            yield from strings(inner, item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(word, item)


def table(title: str, pairs: dict[str, list[tuple[int, int]]]) -> str:
    """The vendors by name, what is about several of them last."""
    lines = [f"\n## {title}\n", "| vendor | calls | median error | p95 error | bias |", "|---|---|---|---|---|"]
    several = [name for name in ("with media", "above 1,000 tokens", "all") if name in pairs]
    for name in [*sorted(set(pairs) - set(several)), *several]:
        errors = [(estimate - counted) / counted for estimate, counted in pairs[name]]
        sizes = sorted(map(abs, errors))
        p95 = quantiles(sizes, n=20, method="inclusive")[-1] if len(sizes) > 1 else sizes[0]
        lines.append(f"| {name} | {len(errors)} | {median(sizes):.0%} | {p95:.0%} | {median(errors):+.0%} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
