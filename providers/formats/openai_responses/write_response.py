"""The response object: what was asked, and how far its answer is."""

import time
from typing import Any

from pipeline.usage import Usage
from providers.canonical import Request, Started
from providers.formats.openai_responses.thinking import own_members
from providers.formats.openai_responses.write_request import write_format
from providers.formats.openai_responses.write_tools import ToolWriter
from providers.formats.tool_names import fitting

PREFIX = "resp_"
ID_LIMIT = 48
"""Characters after the prefix: an item's id is made of them, and that may have 64."""


def write_response(asked: Request, started: Started) -> dict[str, Any]:
    """In progress, without output. `asked.reply_id` is the id under which the gateway keeps it; else the vendor's is made to look
    like one."""
    sampling, reasoning, tools = asked.sampling, asked.reasoning, ToolWriter()
    created = int(time.time()) if started.created is None else started.created
    return {
        "id": asked.reply_id or PREFIX + fitting(started.id.removeprefix(PREFIX), ID_LIMIT),
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": asked.max_output,
        "max_tool_calls": None,
        "model": started.model or asked.model,
        "output": [],
        "parallel_tool_calls": asked.parallel_tools is not False,
        "previous_response_id": asked.continues,
        "prompt_cache_key": asked.cache_key,
        "reasoning": {
            "effort": reasoning.effort if reasoning is not None else None,
            "summary": reasoning.show if reasoning is not None else None,
        },
        "safety_identifier": asked.user,
        "service_tier": asked.service_tier or "auto",
        "store": asked.reply_id is not None,
        "temperature": 1.0 if sampling.temperature is None else sampling.temperature,
        "text": {
            "format": {"type": "text"} if asked.response_format is None else write_format(asked.response_format),
            "verbosity": asked.verbosity or "medium",
        },
        "tool_choice": "auto" if asked.tool_choice is None else tools.choice(asked.tool_choice, asked.tools),
        "tools": tools.tools(asked.tools),
        "top_logprobs": sampling.top_logprobs or 0,
        "top_p": 1.0 if sampling.top_p is None else sampling.top_p,
        "truncation": own_members(asked).get("truncation", "disabled"),
        "usage": None,
        "user": None,
        "metadata": asked.metadata,
    }


def write_usage(usage: Usage) -> dict[str, Any]:
    """Both details are required in the SDKs' types."""
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cache_read, "cache_write_tokens": usage.cache_write},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }
