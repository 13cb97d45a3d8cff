"""Where the shipped prices differ from those of genai-prices, which Pydantic keeps: for whoever brings the list up to date.

`pip install genai-prices && python -m bench.price_drift`. Only models that both know by the same name are compared, and of them
the rates at this moment. A difference is a reason to look at the vendor's page, not yet a mistake: docs/decisions/0007-prices.md.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from genai_prices.data_snapshot import get_snapshot  # type: ignore[import-not-found]  # no dependency: installed for this

from app.prices.shipped import packaged, shipped_book
from app.state.values import nano_to_usd
from pipeline.pricing.price import Rates

VENDORS = {
    "anthropic": "anthropic",
    "aws": "bedrock",
    "azure": "azure",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "google": "gemini",
    "groq": "groq",
    "minimax": "minimax",
    "mistral": "mistral",
    "moonshotai": "moonshot",
    "openai": "openai",
    "openrouter": "openrouter",
    "perplexity": "perplexity",
    "voyageai": "voyage",
    "x-ai": "xai",
    "zai": "zai",
    "zhipuai": "zhipu",
}
"""Its names for vendors, and ours."""

WORDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "audio_input": "input_audio_mtok",
    "audio_output": "output_audio_mtok",
}
"""Our kinds of token, and its."""


def main() -> None:
    now = dt.datetime.now(dt.UTC)
    book = shipped_book(packaged()[1])
    for provider in get_snapshot().providers:
        for model in provider.models if provider.id in VENDORS else ():
            entry = book.find(model.id, VENDORS[provider.id])
            if entry is None or entry.model != model.id:
                continue
            rates, _ = entry.price.in_force(0, now)
            for difference in differences(rates, model.get_prices(now)):
                print(f"{model.id} at {VENDORS[provider.id]}: {difference} ({entry.origin})")


def differences(ours: Rates, theirs: Any) -> Iterator[str]:
    """Of the kinds that it has a rate for."""
    for kind, word in WORDS.items():
        told = getattr(theirs, word, None)
        rate = getattr(told, "base", told)
        if rate is not None and getattr(ours, kind) != int(Decimal(rate).scaleb(9)):
            yield f"{kind} {nano_to_usd(getattr(ours, kind) or 0)}, there {rate}"


if __name__ == "__main__":
    main()
