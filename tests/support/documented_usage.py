"""What each vendor's documents make of a recorded reply's usage: rules that know the vendor and use no code of the gateway."""

from typing import Any

from pipeline.usage import Usage
from tests.support.recorded_replies import RecordedReply

Value = dict[str, Any]


def chat(reply: RecordedReply) -> Usage:
    """`usage`, the last one told; https://platform.openai.com/docs/api-reference/chat/object"""
    told = [place for value in reply.values for place in chat_places(value) if place]
    last, vendor = told[-1], reply.vendor
    prompt, completion = last.get("prompt_tokens_details") or {}, last.get("completion_tokens_details") or {}
    read, reasoning = prompt.get("cached_tokens", 0), completion.get("reasoning_tokens", 0)
    output = last.get("completion_tokens", 0)
    if vendor == "kimi-coding":
        read = last["cached_tokens"]
    if vendor == "mistral":
        read = read or last.get("num_cached_tokens", 0)
    if vendor == "xai":
        output += reasoning
    if vendor == "gemini":
        reasoning = last["total_tokens"] - last["prompt_tokens"] - output
        output += reasoning
    return Usage(
        input=last["total_tokens"] if vendor == "voyage" else last["prompt_tokens"],
        output=output,
        cache_read=read,
        cache_write=prompt.get("cache_write_tokens", 0),
        reasoning=reasoning,
        audio_input=prompt.get("audio_tokens", 0),
        audio_output=completion.get("audio_tokens", 0),
        image_input=prompt.get("image_tokens", 0),
        image_output=completion.get("image_tokens", 0),
    )


def chat_places(value: Value) -> list[Value | None]:
    first = (value.get("choices") or [{}])[0]
    return [first.get("usage"), (value.get("x_groq") or {}).get("usage"), value.get("usage")]


def responses(reply: RecordedReply) -> Usage:
    """https://platform.openai.com/docs/api-reference/responses/object; searches are billed by the call, page views are not."""
    last = [value.get("response", value) for value in reply.values if value.get("response", value).get("usage")][-1]
    usage = last["usage"]
    calls = [item for item in last.get("output", []) if item["type"] == "web_search_call"]
    return Usage(
        input=usage["input_tokens"],
        output=usage["output_tokens"],
        cache_read=usage["input_tokens_details"].get("cached_tokens", 0),
        cache_write=usage["input_tokens_details"].get("cache_write_tokens", 0),
        reasoning=usage["output_tokens_details"].get("reasoning_tokens", 0),
        image_input=usage["input_tokens_details"].get("image_tokens", 0),
        image_output=usage["output_tokens_details"].get("image_tokens", 0),
        web_searches=len([call for call in calls if call.get("action", {"type": "search"})["type"] == "search"]),
    )


def messages(reply: RecordedReply) -> Usage:
    """https://docs.claude.com/en/docs/build-with-claude/streaming: a delta's counts are cumulative."""
    usage: Value = {}
    for value in reply.values:
        if value.get("type") == "message_start" and value["message"]["usage"]["input_tokens"]:
            usage = value["message"]["usage"]
        elif value.get("type") != "message_start":
            usage = usage | (value.get("usage") or {})
    read, write = usage.get("cache_read_input_tokens", 0), usage.get("cache_creation_input_tokens", 0)
    return Usage(
        input=usage["input_tokens"] + read + write,
        output=usage["output_tokens"],
        cache_read=read,
        cache_write=write,
        cache_write_1h=usage.get("cache_creation", {}).get("ephemeral_1h_input_tokens", 0),
        reasoning=usage.get("output_tokens_details", {}).get("thinking_tokens", 0),
        web_searches=usage.get("server_tool_use", {}).get("web_search_requests", 0),
    )


def generate_content(reply: RecordedReply) -> Usage:
    """https://ai.google.dev/api/generate-content#UsageMetadata"""
    usage = [value["usageMetadata"] for value in reply.values if "promptTokenCount" in value.get("usageMetadata", {})][-1]
    kinds = {"AUDIO": 0, "IMAGE": 0}
    for detail in usage.get("promptTokensDetails", usage.get("promptTokenDetails", [])):
        kinds[detail["modality"]] = detail["tokenCount"]
    made = {detail["modality"]: detail["tokenCount"] for detail in usage.get("candidatesTokensDetails", [])}
    total = usage.get("totalTokenCount", usage["promptTokenCount"])
    tools = usage.get("toolUsePromptTokenCount", 0)
    return Usage(
        input=usage["promptTokenCount"] + tools,
        output=total - usage["promptTokenCount"] - tools,
        cache_read=usage.get("cachedContentTokenCount", 0),
        reasoning=usage.get("thoughtsTokenCount", 0),
        audio_input=kinds["AUDIO"],
        audio_output=made.get("AUDIO", 0),
        image_input=kinds["IMAGE"],
        image_output=made.get("IMAGE", 0),
        web_searches=max(map(queries, reply.values)),
    )


def queries(value: Value) -> int:
    return sum(len(one.get("groundingMetadata", {}).get("webSearchQueries", [])) for one in value.get("candidates", []))


def interactions(reply: RecordedReply) -> Usage:
    usage = reply.values[0]["usage"]
    searches = sum(tool["count"] for tool in usage["grounding_tool_count"])
    reasoning, made = usage["total_thought_tokens"], usage["total_tokens"] - usage["total_input_tokens"]
    return Usage(input=usage["total_input_tokens"], output=made, reasoning=reasoning, web_searches=searches)


def converse(reply: RecordedReply) -> Usage:
    """https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html"""
    usage = reply.values[-1]["usage"]
    return Usage(
        input=usage["totalTokens"] - usage["outputTokens"],
        output=usage["outputTokens"],
        cache_read=usage.get("cacheReadInputTokens", 0),
        cache_write=usage.get("cacheWriteInputTokens", 0),
    )


def invoke(reply: RecordedReply) -> Usage:
    told = reply.values[-1]["amazon-bedrock-invocationMetrics"]
    read, write = told.get("cacheReadInputTokenCount", 0), told.get("cacheWriteInputTokenCount", 0)
    return Usage(told["inputTokenCount"] + read + write, told["outputTokenCount"], cache_read=read, cache_write=write)


def billed(reply: RecordedReply) -> Usage:
    """https://docs.cohere.com/docs/rate-limits#billed-units: what is paid for."""
    last = reply.values[-1]
    last = last.get("delta") or last.get("response") or last
    units = (last.get("usage") or last["meta"])["billed_units"]
    return Usage(input=units["input_tokens"], output=units["output_tokens"])


def evaluated(reply: RecordedReply) -> Usage:
    return Usage(input=reply.values[-1]["prompt_eval_count"], output=reply.values[-1].get("eval_count", 0))


def qwen(reply: RecordedReply) -> Usage:
    usage = reply.values[-1]["usage"]
    usage = usage["models"][0] if "models" in usage else usage
    if "input_tokens" not in usage:
        return Usage(input=usage["total_tokens"])
    return Usage(
        input=usage["input_tokens"],
        output=usage["output_tokens"],
        cache_read=usage.get("prompt_tokens_details", {}).get("cached_tokens", 0),
        reasoning=usage.get("output_tokens_details", {}).get("reasoning_tokens", 0),
        audio_input=usage.get("audio_tokens", 0),
        image_input=usage.get("image_tokens", 0),
        web_searches=usage.get("plugins", {}).get("search", {}).get("count", 0),
    )


def generated(reply: RecordedReply) -> Usage:
    first, last = reply.values[0]["results"][0], reply.values[-1]["results"][0]
    return Usage(input=first["input_token_count"], output=last["generated_token_count"])


def embedded(reply: RecordedReply) -> Usage:
    return Usage(input=sum(one["embeddings"]["statistics"]["token_count"] for one in reply.values[0]["predictions"]))
