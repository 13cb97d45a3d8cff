"""The messages of a chat completion's request."""

from pipeline.errors import BadRequest
from providers.canonical import (
    Audio,
    CacheMark,
    Document,
    Image,
    Inline,
    Link,
    Message,
    Opaque,
    Part,
    Refusal,
    Source,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Uploaded,
    Video,
)
from providers.formats.fields import Fields, kind, objects
from providers.formats.media import inline, read_data_url
from providers.formats.openai_chat.name import NAME

LEGACY_CALL = "call_{index}_{name}"
"""The id of a call by `function_call`, which has none: `index` is the message's."""


def read_messages(fields: Fields) -> tuple[Message, ...]:
    found: list[Message] = []
    for index, message in enumerate(fields.objects("messages")):
        found.append(_message(message, index))
    if not found:
        raise BadRequest("`messages` must have at least one message.", code="missing_required_parameter", param="messages")
    return tuple(found)


def _message(message: Fields, index: int) -> Message:
    role, name = message.text("role"), message.text("name")
    match role:
        case "system" | "developer" | "user":
            return Message(role=role, parts=_content(message), name=name, place=message.place, extras=message.rest(NAME))
        case "assistant":
            return _assistant(message, name, index)
        case "tool":
            result = ToolResult(message.required_text("tool_call_id"), _content(message), name=name)
        case "function":
            # It answers the assistant's message before it.
            result = ToolResult(LEGACY_CALL.format(index=index - 1, name=name), _content(message), name=name)
        case _:
            place = message.at("role")
            raise BadRequest(f"`{place}` cannot be {role!r}.", code="invalid_value", param=place)
    return Message(role="user", parts=(result,), place=message.place, extras=message.rest(NAME))


def _assistant(message: Fields, name: str | None, index: int) -> Message:
    parts: list[Part] = []
    thoughts = [text for key in ("reasoning_content", "reasoning") if (text := message.text(key))]
    if thoughts:
        parts.append(Thinking(thoughts[0]))
    parts += _content(message)
    if refusal := message.text("refusal"):
        parts.append(Refusal(refusal))
    if (audio := message.object("audio")) is not None:
        parts.append(Audio(None, id=audio.text("id")))
    parts += [_tool_call(call) for call in message.objects("tool_calls")]
    if (legacy := message.object("function_call")) is not None:
        called = legacy.required_text("name")
        parts.append(ToolCall(LEGACY_CALL.format(index=index, name=called), called, legacy.text("arguments") or ""))
    return Message(role="assistant", parts=tuple(parts), name=name, place=message.place, extras=message.rest(NAME))


def _tool_call(call: Fields) -> ToolCall:
    call_id = call.required_text("id")
    call.raw("index")
    if call.text("type") == "custom" and (custom := call.object("custom")) is not None:
        return ToolCall(call_id, custom.required_text("name"), custom.text("input") or "", custom=True)
    function = call.object("function") or call
    return ToolCall(call_id, function.required_text("name"), function.text("arguments") or "", extras=call.rest(NAME))


def _content(message: Fields) -> tuple[Part, ...]:
    """A string is one text; an empty one is none."""
    raw = message.raw("content")
    if raw is None:
        return ()
    if kind(raw) == b"[":
        return tuple(_part(part) for part in objects(raw, message.at("content")))
    text = Fields({"content": raw}, message.place).text("content")
    return (Text(text),) if text else ()


def _part(part: Fields) -> Part:
    cache = _cache(part)
    match part.text("type"):
        case "text" | "input_text" | "output_text":
            return Text(part.text("text") or "", cache=cache)
        case "refusal":
            return Refusal(part.text("refusal") or "")
        case "image_url":
            return Image(*_image(part), cache=cache)
        case "input_audio" if (audio := part.object("input_audio")) is not None:
            return Audio(inline(f"audio/{audio.text('format') or 'wav'}", audio.required_text("data")), cache=cache)
        case "file" if (file := part.object("file")) is not None:
            return Document(_file(file), name=file.text("filename"), cache=cache)
        case "video_url" if (video := part.object("video_url")) is not None:
            return Video(_source(video.required_text("url")), cache=cache)
        case other:
            raise BadRequest(
                f"`{part.place}` is of the type {other!r}, which has no counterpart at the vendors that serve this model.",
                code="unsupported_content",
                param=part.place,
            )


def _image(part: Fields) -> tuple[Source, str | None]:
    """Some callers write the address itself where the object belongs."""
    raw = part.raw("image_url")
    if raw is not None and kind(raw) == b"{":
        image = Fields.of(raw, part.at("image_url"))
        return _source(image.required_text("url")), image.text("detail")
    return _source(Fields({} if raw is None else {"image_url": raw}, part.place).required_text("image_url")), None


def _source(url: str) -> Source:
    return read_data_url(url) or Link(url)


def _file(file: Fields) -> Source:
    if (file_id := file.text("file_id")) is not None:
        return Uploaded(Opaque(NAME, file_id))
    data = file.required_text("file_data")
    # Some callers leave out the data URL's beginning.
    return read_data_url(data) or (Link(data) if "://" in data[:16] else Inline("application/pdf", data))


def _cache(part: Fields) -> CacheMark | None:
    """OpenAI's mark, or Anthropic's, which resellers of its models take in this format."""
    mark = part.object("prompt_cache_breakpoint") or part.object("cache_control")
    return None if mark is None else CacheMark(mark.text("ttl"))
