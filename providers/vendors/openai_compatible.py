"""Any server that speaks OpenAI's formats, or one of them: vLLM, llama.cpp, LM Studio, a vendor without a row of its own."""

from providers.vendor import Vendor
from providers.vendors.openai import VENDOR as OPENAI

VENDOR = Vendor(
    name="openai-compatible",
    label="OpenAI-compatible",
    base_url=None,
    speaks={"openai_chat": "/chat/completions", "openai_responses": "/responses"},
    credential_codes=OPENAI.credential_codes,
    unfit_codes=OPENAI.unfit_codes,
    needs_key=False,
    # DeepSeek and Kimi refuse a tool's result without the thoughts before its call; vLLM and its like overlook what they do not
    # know.
    takes_thoughts=True,
)
