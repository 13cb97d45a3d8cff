"""A vendor's answer while it arrives.

    Started (PartStarted delta* PartEnded)* Finished  UsageReported* Completed

Of each candidate (`choice`, 0 for the only one) at most one part is open, and readers see to it where the wire interleaves;
parts of different candidates may. Each candidate has one `Finished`; `Completed` comes once, last, and only if the vendor ended
properly: a stream that is cut just stops. `Heartbeat` may stand anywhere, and so may `Failed`, after which nothing follows.
"""

import msgspec

from pipeline.errors import GatewayError
from pipeline.usage import Usage
from providers.canonical.opaque import Opaque
from providers.canonical.parts import Citation, Part
from providers.canonical.reply import Stop, TokenLogprob


class Event(msgspec.Struct, frozen=True, gc=False):
    """The base of all events."""


class Started(Event, frozen=True, gc=False):
    """C: the first chunk. R: `response.created`. A: `message_start` (its usage is in `UsageReported`). G: the first chunk."""

    id: str
    model: str
    created: int | None = None


class PartStarted(Event, frozen=True, gc=False):
    """A part begins. One that grows is empty as yet: `Text("")`, `Thinking("")`, `Refusal("")`, `ToolCall(id, name, "")`; others
    (redacted thinking, an image, a server tool's result) are whole, and `PartEnded` follows.

    R: `output_item.added`, `content_part.added`. A: `content_block_start`. C and G: the first delta of another kind.
    """

    part: Part
    choice: int = 0


class TextDelta(Event, frozen=True, gc=False):
    """C: `delta.content`. R: `output_text.delta`. A: `text_delta`. G: `parts[].text`."""

    text: str
    choice: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()


class ThinkingDelta(Event, frozen=True, gc=False):
    """C: `delta.reasoning_content`. R: `reasoning_summary_text.delta`. A: `thinking_delta`. G: a `thought` part's text."""

    text: str
    choice: int = 0


class RefusalDelta(Event, frozen=True, gc=False):
    """C: `delta.refusal`. R: `refusal.delta`."""

    text: str
    choice: int = 0


class ArgumentsDelta(Event, frozen=True, gc=False):
    """A piece of an open call's arguments, cut anywhere. C: `tool_calls[].function.arguments`. R:
    `function_call_arguments.delta`, `custom_tool_call_input.delta`. A: `input_json_delta`. G: all of it at once."""

    text: str
    choice: int = 0


class SignatureDelta(Event, frozen=True, gc=False):
    """The open part's signature, whole, before it ends; with `encrypted` it is the thoughts themselves. A: `signature_delta`.
    R: `encrypted_content` of `output_item.done`. G: `thoughtSignature` of a part that began without."""

    opaque: Opaque
    choice: int = 0
    encrypted: bool = False


class CitationAdded(Event, frozen=True, gc=False):
    """To the open text. C: `delta.annotations`. R: `output_text.annotation.added`. A: `citations_delta`. G: at the end."""

    citation: Citation
    choice: int = 0


class AudioDelta(Event, frozen=True, gc=False):
    """Base64 (each piece by itself) and spoken words of an open `Audio`. C: `delta.audio`. R: `audio.delta`."""

    data: str = ""
    transcript: str = ""
    choice: int = 0


class PartEnded(Event, frozen=True, gc=False):
    """R: `*.done`, `output_item.done`. A: `content_block_stop`. C and G: what comes next tells."""

    choice: int = 0


class Finished(Event, frozen=True, gc=False):
    """A candidate ended; its last part has too. C: `finish_reason`. R: the terminal event. A: `message_delta`."""

    stop: Stop
    choice: int = 0


class UsageReported(Event, frozen=True, gc=False):
    """All that is known so far: replaces what was reported before."""

    usage: Usage


class Completed(Event, frozen=True, gc=False):
    """C: `[DONE]`. R: `response.completed`, `.incomplete`. A: `message_stop`. G: the connection's proper end."""


class Heartbeat(Event, frozen=True, gc=False):
    """The vendor is alive. A: `ping`. Others: an SSE comment, which G's SDKs do not like: nothing there."""


class Failed(Event, frozen=True):
    """The vendor broke off, in its own words."""

    error: GatewayError
