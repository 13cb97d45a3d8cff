"""`system_prompt`: the operator's instructions to a channel's models."""

from collections.abc import Callable
from typing import Any

from pipeline.json_object import JsonObject

SYSTEM_ROLES = ("system", "developer")
"""OpenAI's reasoning models call the system role `developer`, and take either."""


def into_messages(body: JsonObject, prompt: str, mode: str) -> None:
    """OpenAI chat. There is one system message afterwards, if there was one at most before: some vendors take no second one."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return
    first = next((index for index, message in enumerate(messages) if _is_system(message)), None)
    if mode == "override":
        messages = [message for message in messages if not _is_system(message)]
    elif first is not None:
        if mode == "default":
            return
        messages[first] = {**messages[first], "content": _before(prompt, messages[first].get("content"))}
        body.set("messages", messages)
        return
    body.set("messages", [{"role": "system", "content": prompt}, *messages])


def _is_system(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") in SYSTEM_ROLES


def _before(prompt: str, content: Any) -> Any:
    if isinstance(content, list):
        return [{"type": "text", "text": prompt}, *content]
    return f"{prompt}\n\n{content}" if isinstance(content, str) and content else prompt


def into_system(body: JsonObject, prompt: str, mode: str) -> None:
    """Anthropic messages: the member `system`, a string or blocks."""
    own = body.get("system")
    if mode == "override" or not own:
        body.set("system", prompt)
    elif mode == "add":
        body.set("system", _before(prompt, own))


PROMPTERS: dict[str, Callable[[JsonObject, str, str], None]] = {
    "openai_chat": into_messages,
    "anthropic_messages": into_system,
}
"""By wire format."""
