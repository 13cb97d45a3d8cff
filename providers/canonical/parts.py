"""What messages are made of."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from providers.canonical.opaque import Extras, Opaque


class CacheMark(msgspec.Struct, frozen=True):
    """The prompt up to and with this part shall be cached, for `ttl` (`5m`, `30m`, `1h`, `12h`; None: the vendor's default).

    C, R: `prompt_cache_breakpoint`. A: `cache_control`. B: a `cachePoint` after the part. G: none.
    """

    ttl: str | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all parts. `signature` is G's `thoughtSignature`, which may sit on a part of any kind, and A's and B's on
    `Thinking`; it goes back on the same part or not at all."""

    cache: CacheMark | None = None
    signature: Opaque | None = None
    extras: Extras | None = None


class Inline(msgspec.Struct, frozen=True):
    """Bytes in the request. `data` is standard base64; `media_type` is lower-case, `image/jpeg` and never `image/jpg`.

    C, R: a data URL, or `input_audio`. A: source `base64`. G: `inlineData`. B: `source.bytes`.
    """

    media_type: str
    data: str


class Link(msgspec.Struct, frozen=True):
    """A public address that the vendor fetches. C, R: a URL. A: source `url`. G: `fileData`. B: none but S3's."""

    url: str
    media_type: str | None = None


class Uploaded(msgspec.Struct, frozen=True):
    """A file that lies at one account of one vendor. C, R: `file_id`. A: source `file`. G: `fileData` of the files API."""

    file: Opaque
    media_type: str | None = None


class PlainText(msgspec.Struct, frozen=True):
    """A document that is text. A: source `text`. G: `inlineData` of `text/plain`. C, R: a data URL of `text/plain`."""

    text: str


class Contents(msgspec.Struct, frozen=True):
    """A document made of text and images. A: source `content`. B: `documentContent`. Others: its parts, one after the other."""

    parts: tuple[Part, ...]


Source = Inline | Link | Uploaded | PlainText | Contents


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer's words come from. `start` and `end` are character offsets into the text; None: all of it.

    C: `annotations[].url_citation`. R: `annotations[]`, flat. A: `citations[]` of a text block that is the cited words
    themselves. G: `groundingMetadata` (its UTF-8 byte offsets are converted). `first` and `last` are the place in the source,
    counted in `unit`s as A counts them (pages from 1, others from 0; the last one excluded).
    """

    kind: Literal["url", "document", "file", "search_result"]
    start: int | None = None
    end: int | None = None
    url: str | None = None
    title: str | None = None
    cited_text: str | None = None
    document: int | None = None
    file_id: str | None = None
    unit: Literal["char", "page", "block"] | None = None
    first: int | None = None
    last: int | None = None
    extras: Extras | None = None


class Text(Part, frozen=True):
    """C: `text` (a content string is one). R: `input_text`, `output_text`. A, B: `text`. G: `{text}`."""

    text: str
    citations: tuple[Citation, ...] = ()


class Thinking(Part, frozen=True):
    """A model's reasoning, before the parts it led to.

    C: `reasoning_content` (an extension, without a signature). R: a reasoning item: `summary` or `content` is `text`,
    `encrypted_content` is `encrypted`, its id is in `extras`. A: `thinking` with `signature` (the text may be empty: keep it),
    or `redacted_thinking`, which is `encrypted` alone. G: a text part with `thought: true`. B: `reasoningContent`.
    Several summaries are joined by a blank line.
    """

    text: str = ""
    encrypted: Opaque | None = None


class Refusal(Part, frozen=True):
    """The model's words on why it does not answer. C: `refusal`. R: a `refusal` part. A, G, B: text, and the stop reason."""

    text: str


class Image(Part, frozen=True):
    """C: `image_url`. R: `input_image`. A, B: `image`. G: `inlineData`, `fileData` of `image/*`. `detail` is C's and R's."""

    source: Source
    detail: str | None = None


class Document(Part, frozen=True):
    """A PDF, a text, an office file. C: `file`. R: `input_file`. A: `document`. G: `inlineData`, `fileData`. B: `document`.

    `name` is the file's name (C, R, B) or title (A); `context` and `citations` (may the answer cite it?) are A's and B's.
    """

    source: Source
    name: str | None = None
    context: str | None = None
    citations: bool | None = None


class Audio(Part, frozen=True):
    """C: `input_audio`; an answer's `audio`, which is named by `id` afterwards. R: `input_audio`. G: `audio/*`. A: none."""

    source: Source | None
    transcript: str | None = None
    id: str | None = None
    expires_at: int | None = None


class Video(Part, frozen=True):
    """G: `video/*`, with `videoMetadata` in `extras`. B: `video`. C: `video_url`, an extension of some vendors. A, R: none."""

    source: Source


class SearchResult(Part, frozen=True):
    """A passage that was found, for the model to cite. A, B: `search_result`. Cohere: a document. Others: text."""

    source: str
    title: str
    parts: tuple[Text, ...]
    citations: bool | None = None


class ToolCall(Part, frozen=True):
    """The model calls one of the caller's tools.

    C: `tool_calls[]`. R: `function_call`, `custom_tool_call` (`id` is the `call_id`; the item's own id is in `extras`).
    A: `tool_use`. G: `functionCall` (readers make an id where there is none). `arguments` is JSON text, exactly as it came and
    not checked; `custom`: free text instead (R's and C's custom tools).
    """

    id: str
    name: str
    arguments: str
    custom: bool = False


class ToolResult(Part, frozen=True):
    """What came of a call; in a message of role `user`, before anything else in it.

    C: a `tool` message. R: `function_call_output`, `custom_tool_call_output`. A: `tool_result`. G: `functionResponse` (`name` is
    the called tool's, which G needs; a JSON object there is one `Text` of JSON here). C and R have no word for `error`.
    """

    call_id: str
    parts: tuple[Part, ...]
    name: str | None = None
    error: bool = False
    custom: bool = False


class ServerToolCall(Part, frozen=True):
    """The vendor ran a tool by itself. `tool` is the canonical name (see `tools.ServerTool`), `native` the whole block or item.

    R: `web_search_call`, `code_interpreter_call`, … A: `server_tool_use`, `mcp_tool_use`. G: `executableCode`, `toolCall`. C:
    none.
    """

    id: str
    tool: str
    arguments: str
    native: "Native"


class ServerToolResult(Part, frozen=True):
    """What came of it, as far as it can be told in text and links. A: `*_tool_result`. G: `codeExecutionResult`. R: in the call's
    own item. C: none."""

    call_id: str
    tool: str
    parts: tuple[Part, ...]
    native: "Native"
    error: bool = False


class Native(Part, frozen=True):
    """A whole block or item that only its owner knows (A: `compaction`, `container_upload`; R: `mcp_approval_request`; B:
    `guardContent`). Other formats cannot express it: one that the caller wrote is refused by its `kind`, one that a vendor
    answered with is left out."""

    owner: str
    kind: str
    value: msgspec.Raw


def calls_tools(parts: Iterable[Part]) -> bool:
    """Whether one of the caller's tools is called."""
    return any(isinstance(part, ToolCall) for part in parts)
