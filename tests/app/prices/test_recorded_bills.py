"""What recorded calls cost by their vendors' public prices: usage and amounts were written down and worked out by hand.

An amount is tokens x USD per million, so 1,167 tokens at $0.30 are 350,100 nano-dollars. The usage of those in OpenAI's chat
format is read again by the gateway's own reader, where the recordings are at hand. Where the vendor's reply tells its own cost,
it is the same: OpenRouter's `cost`, xAI's `cost_in_usd_ticks` (1e-10 USD).
"""

import datetime as dt

import pytest

from app.prices.shipped import packaged, shipped_book
from pipeline.pricing.bill import bill
from pipeline.pricing.sound import sound
from pipeline.usage import Usage
from providers.formats.openai_chat.usage import read_usage
from tests.pipeline.pricing.prices import NOON
from tests.support.recordings import MISSING, chat_recordings

PEAK = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)
RECORDED = {recording.name: recording for recording in chat_recordings()}

# recording, model, usage, nano-dollars by line
ROWS: list[tuple[str, str, Usage, dict[str, int]]] = [
    # 4 x 3 + 1167 x 0.3 + 256 x 15
    (
        "anthropic/messages/claude-3-5-sonnet-stream-cache-hit-ae895f",
        "claude-3-5-sonnet-20240620",
        Usage(input=1171, cache_read=1167, output=256),
        {"input": 12_000, "cache_read": 350_100, "output": 3_840_000},
    ),
    # 18 x 3 + 1031 x 3.75 + 100 x 15
    (
        "anthropic/messages/claude-sonnet-4-stream-cache-write-5d15c3",
        "claude-sonnet-4-20250514",
        Usage(input=1049, cache_write=1031, output=100),
        {"input": 54_000, "cache_write": 3_866_250, "output": 1_500_000},
    ),
    # 4 x 2 + 3522 x 2.5 + 1150 x 0.2 + 113 x 10
    (
        "anthropic/messages/claude-sonnet-5-sync-server-tools-citations-cache-hit-ea75ac",
        "claude-sonnet-5",
        Usage(input=4676, cache_write=3522, cache_read=1150, output=113),
        {"input": 8_000, "cache_write": 8_805_000, "cache_read": 230_000, "output": 1_130_000},
    ),
    # 4 x 2 + 426 x 2.5 + 14210 x 0.2 + (275 + 15) x 10
    (
        "anthropic/messages/claude-sonnet-5-sync-thinking-signature-code-execution-server-tools-01eb80",
        "claude-sonnet-5",
        Usage(input=14_640, cache_write=426, cache_read=14_210, output=290, reasoning=15),
        {"input": 8_000, "cache_write": 1_065_000, "cache_read": 2_842_000, "output": 2_750_000, "reasoning": 150_000},
    ),
    # above 200,000 tokens of input: 404500 x 6 + (682 + 261) x 22.5, and 10 searches at $0.01
    (
        "anthropic/messages/claude-sonnet-4-5-stream-thinking-signature-encrypted-reasoning-web-search-816cdc",
        "claude-sonnet-4-5",
        Usage(input=404_500, output=943, reasoning=261, web_searches=10),
        {"input": 2_427_000_000, "output": 15_345_000, "reasoning": 5_872_500, "tool:web_search": 100_000_000},
    ),
    # 8606 x 3 + 132 x 15, and a search
    (
        "anthropic/messages/claude-sonnet-4-5-sync-tool-result-encrypted-reasoning-web-search-99b92f",
        "claude-sonnet-4-5",
        Usage(input=8606, output=132, web_searches=1),
        {"input": 25_818_000, "output": 1_980_000, "tool:web_search": 10_000_000},
    ),
    # 231 x 5 + 118 x 25
    (
        "anthropic/messages/claude-opus-4-6-stream-json-schema-d882ba",
        "claude-opus-4-6",
        Usage(input=231, output=118),
        {"input": 1_155_000, "output": 2_950_000},
    ),
    # 19 x 0.25 + 5 x 1.25
    (
        "anthropic/messages/claude-3-haiku-stream-text-fbfa62",
        "claude-3-haiku-20240307",
        Usage(input=19, output=5),
        {"input": 4_750, "output": 6_250},
    ),
    # 3 x 1 + 1956 x 1.25 + 9511 x 0.1 + 44 x 5
    (
        "bedrock/invoke/claude-haiku-4-5-sync-cache-hit-cache-write-4daa51",
        "claude-haiku-4-5-20251001",
        Usage(input=11_470, cache_write=1956, cache_read=9511, output=44),
        {"input": 3_000, "cache_write": 2_445_000, "cache_read": 951_100, "output": 220_000},
    ),
    # in a region of the United States: 3 x 3.3 + 236 x 4.125 + 1712 x 0.33 + 121 x 16.5
    (
        "bedrock/converse/us-anthropic-claude-sonnet-sync-document-cache-hit-cache-write-4a6694",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        Usage(input=1951, cache_write=236, cache_read=1712, output=121),
        {"input": 9_900, "cache_write": 973_500, "cache_read": 564_960, "output": 1_996_500},
    ),
    # 114 x 0.15 + 4352 x 0.075 + 47 x 0.6
    (
        "openai/chat/gpt-4o-mini-sync-parallel-tool-calls-cache-hit-6ce8b0",
        "gpt-4o-mini",
        Usage(input=4466, cache_read=4352, output=47),
        {"input": 17_100, "cache_read": 326_400, "output": 28_200},
    ),
    # 3 x 4 + 1217 x 5 + 100 x 20
    (
        "openai/chat/gpt-5-6-sol-sync-cache-write-0c0d84",
        "gpt-5.6-sol",
        Usage(input=1220, cache_write=1217, output=100, reasoning=100),
        {"input": 12_000, "cache_write": 6_085_000, "reasoning": 2_000_000},
    ),
    # 12 x 1.1 + (15 + 15) x 4.4
    (
        "openai/chat/o3-mini-sync-thinking-c7d58b",
        "o3-mini",
        Usage(input=12, output=30, reasoning=15),
        {"input": 13_200, "output": 66_000, "reasoning": 66_000},
    ),
    # 27 x 2.5 + 1 x 40 (audio) + 17 x 10
    (
        "openai/chat/gpt-4o-audio-sync-audio-input-c81864",
        "gpt-4o-audio-preview",
        Usage(input=28, audio_input=1, output=17),
        {"input": 67_500, "audio_input": 40_000, "output": 170_000},
    ),
    # 22 x 0.15 + 6 x 0.6 + 12 x 20 (audio)
    (
        "openai/chat/gpt-4o-mini-audio-sync-audio-output-2c86a6",
        "gpt-4o-mini-audio-preview",
        Usage(input=22, output=18, audio_output=12),
        {"input": 3_300, "output": 3_600, "audio_output": 240_000},
    ),
    # 82 x 30 + 16 x 60
    (
        "openai/chat/gpt-4-sync-tool-call-legacy-function-call-244f37",
        "gpt-4",
        Usage(input=82, output=16),
        {"input": 2_460_000, "output": 960_000},
    ),
    # 375 x 0.25 + (116 + 256) x 2
    (
        "openai/chat/gpt-5-mini-sync-tool-result-document-35c965",
        "gpt-5-mini",
        Usage(input=375, output=372, reasoning=256),
        {"input": 93_750, "output": 232_000, "reasoning": 512_000},
    ),
    # 527 x 1.25 + 3200 x 0.125 + (219 + 128) x 10
    (
        "openai/responses/gpt-5-stream-encrypted-reasoning-code-execution-server-tools-e35b94",
        "gpt-5",
        Usage(input=3727, cache_read=3200, output=347, reasoning=128),
        {"input": 658_750, "cache_read": 400_000, "output": 2_190_000, "reasoning": 1_280_000},
    ),
    # 3 x 0.075 + 1792 x 0.0375 + (2 + 14) x 0.3
    (
        "groq/chat/gpt-oss-20b-stream-thinking-cache-hit-ac8058",
        "openai/gpt-oss-20b",
        Usage(input=1795, cache_read=1792, output=16, reasoning=14),
        {"input": 225, "cache_read": 67_200, "output": 600, "reasoning": 4_200},
    ),
    # 1584 x 0.6 + 4352 x 0.1 + 374 x 3
    (
        "kimi-coding/chat/kimi-k2-5-stream-tool-result-thinking-cache-hit-bc5a55",
        "kimi-k2.5",
        Usage(input=5936, cache_read=4352, output=374),
        {"input": 950_400, "cache_read": 435_200, "output": 1_122_000},
    ),
    # off-peak: 108 x 0.15 + 384 x 0.003 + (78 + 30) x 0.6
    (
        "deepseek/chat/deepseek-v4-flash-stream-parallel-tool-calls-thinking-cache-hit-6f01e6",
        "deepseek-v4-flash",
        Usage(input=492, cache_read=384, output=108, reasoning=30),
        {"input": 16_200, "cache_read": 1_152, "output": 46_800, "reasoning": 18_000},
    ),
    # reasoning is counted beside the completion: 1 x 0.3 + 290 x 0.075 + (26 + 196) x 0.5
    (
        "xai/chat/grok-3-mini-stream-tool-call-thinking-cache-hit-39903a",
        "grok-3-mini",
        Usage(input=291, cache_read=290, output=222, reasoning=196),
        {"input": 300, "cache_read": 21_750, "output": 13_000, "reasoning": 98_000},
    ),
    # 125 x 1.25 + 448 x 0.2 + (8 + 117) x 2.5; the vendor says 5,583,500 ticks
    (
        "xai/responses/grok-4-3-stream-tool-call-tool-result-encrypted-reasoning-7b5bd3",
        "grok-4.3",
        Usage(input=573, cache_read=448, output=125, reasoning=117),
        {"input": 156_250, "cache_read": 89_600, "output": 20_000, "reasoning": 292_500},
    ),
    # 439 x 1.25 + 192 x 0.2 + (64 + 159) x 2.5; the vendor says 11,446,500 ticks
    (
        "xai/responses/grok-4-3-sync-tool-result-encrypted-reasoning-vision-7ad745",
        "grok-4.3",
        Usage(input=631, cache_read=192, output=223, reasoning=159),
        {"input": 548_750, "cache_read": 38_400, "output": 160_000, "reasoning": 397_500},
    ),
    # 1 x 3 + 79 x 3.75 + 2569 x 0.3 + 100 x 15; the vendor says $0.00256995
    (
        "openrouter/chat/claude-sonnet-4-6-sync-tool-result-cache-hit-cache-write-dbf6d6",
        "anthropic/claude-sonnet-4.6",
        Usage(input=2649, cache_write=79, cache_read=2569, output=100),
        {"input": 3_000, "cache_write": 296_250, "cache_read": 770_700, "output": 1_500_000},
    ),
    # 695 x 1 + (88 + 131) x 5; the vendor says $0.00179
    (
        "openrouter/chat/claude-haiku-4-5-sync-parallel-tool-calls-thinking-signature-1c96fa",
        "anthropic/claude-haiku-4.5",
        Usage(input=695, output=219, reasoning=131),
        {"input": 695_000, "output": 440_000, "reasoning": 655_000},
    ),
    # the prompts of the vendor's own tools are input: (15 + 770) x 1.25 + (37 + 742) x 10
    (
        "gemini/streamGenerateContent/gemini-2-5-pro-stream-web-search-code-execution-e08b37",
        "gemini-2.5-pro",
        Usage(input=785, output=779, reasoning=742),
        {"input": 981_250, "output": 370_000, "reasoning": 7_420_000},
    ),
    # 14 x 0.5 + 138 x 1 (audio) + (18 + 609) x 3
    (
        "gemini/generateContent/gemini-3-flash-sync-thinking-signature-audio-input-4f9ea1",
        "gemini-3-flash-preview",
        Usage(input=152, audio_input=138, output=627, reasoning=609),
        {"input": 7_000, "audio_input": 138_000, "output": 54_000, "reasoning": 1_827_000},
    ),
    # an image has no price of its own here: 10 x 1.5 + 520 x 1.5 + (12 + 149) x 9
    (
        "gemini/streamGenerateContent/gemini-3-5-flash-stream-thinking-signature-document-91ea56",
        "gemini-3.5-flash",
        Usage(input=530, image_input=520, output=161, reasoning=149),
        {"input": 15_000, "image_input": 780_000, "output": 108_000, "reasoning": 1_341_000},
    ),
    # a step of the table: above 32,000 tokens it would be twice as much. 24 x 1.2 + (315 + 1353) x 6
    (
        "dashscope/chat/qwen3-max-sync-thinking-7e8a7b",
        "qwen3-max",
        Usage(input=24, output=1668, reasoning=1353),
        {"input": 28_800, "output": 1_890_000, "reasoning": 8_118_000},
    ),
    # more cached tokens than tokens, as Azure reported it: what is left of the claim is 347 x 0.05 + 18 x 0.5
    (
        "azure/chat/grok-4-1-fast-non-reasonin-stream-tool-call-tool-result-cache-hit-63d482",
        "grok-4-1-fast-non-reasoning",
        Usage(input=347, cache_read=403, output=18),
        {"cache_read": 17_350, "output": 9_000},
    ),
]


@pytest.mark.parametrize(("recording", "model", "usage", "amounts"), ROWS, ids=[row[0] for row in ROWS])
def test_a_recorded_call_costs_what_its_vendor_says(recording: str, model: str, usage: Usage, amounts: dict[str, int]) -> None:
    entry = shipped_book(packaged()[1]).find(model)
    assert entry
    made = bill(entry.price, sound(usage, Usage()).usage, at=NOON)
    assert {line.kind: line.amount_nano for line in made.lines} == amounts
    assert made.total_nano == sum(amounts.values())


def test_deepseek_costs_twice_as_much_at_peak_hours() -> None:
    entry = shipped_book(packaged()[1]).find("deepseek-v4-flash")
    usage = Usage(input=492, cache_read=384, output=108, reasoning=30)
    assert entry
    assert bill(entry.price, usage, at=PEAK).total_nano == 2 * (16_200 + 1_152 + 46_800 + 18_000)


@pytest.mark.skipif(not RECORDED, reason=MISSING)
def test_the_usage_is_what_the_recordings_say() -> None:
    usages = {recording: usage for recording, _, usage, _ in ROWS if recording in RECORDED}
    assert {recording: read_usage(RECORDED[recording].usages()[-1]) for recording in usages} == usages
    assert len(usages) > 10
