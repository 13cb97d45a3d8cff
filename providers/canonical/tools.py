"""The tools a model may call, and how it is told to."""

from typing import Literal

import msgspec

from providers.canonical.opaque import Extras
from providers.canonical.parts import CacheMark, Native


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all tools."""

    cache: CacheMark | None = None
    extras: Extras | None = None


class FunctionTool(Tool, frozen=True):
    """`parameters` is JSON Schema, as its bytes came; None: no arguments.

    C: `{type: function, function: {…}}`. R: the same, flat. A: `{name, description, input_schema}`. G: `functionDeclarations`.
    `strict` is None where the caller did not say: C and A take that as no, R as yes.
    """

    name: str
    description: str | None = None
    parameters: msgspec.Raw | None = None
    strict: bool | None = None


class CustomTool(Tool, frozen=True):
    """A tool that takes free text, Codex's `apply_patch` say; `syntax` (`lark` or `regex`) and `definition` are its grammar.

    C: `{type: custom, custom: {…}}`. R: `{type: custom, …}`, flat. Elsewhere a function whose one argument is `input`.
    """

    name: str
    description: str | None = None
    syntax: str | None = None
    definition: str | None = None


class ServerTool(Tool, frozen=True):
    """A tool that the vendor runs. `tool` is one of `web_search`, `web_fetch`, `code_execution`, `file_search`,
    `image_generation`, `computer`, `bash`, `text_editor`, `memory`, `mcp`, `tool_search`, `maps`; another is its owner's word.

    R: `web_search`, `code_interpreter`, … A: `web_search_20250305`, … G: `googleSearch`, `codeExecution`, … C:
    `web_search_options`. `native` is the whole definition, for its owner; the fields are what a web search has in common.
    `location` is `{city, country, region, timezone}`.
    """

    tool: str
    native: Native
    name: str | None = None
    max_uses: int | None = None
    allowed_domains: tuple[str, ...] = ()
    blocked_domains: tuple[str, ...] = ()
    location: msgspec.Raw | None = None
    context_size: str | None = None


class ToolChoice(msgspec.Struct, frozen=True):
    """`required` is A's and G's `any`; `named` needs `names` of one; with `allowed` tools the model may (`auto`) or must
    (`required`) call one of `names`, whatever else is declared: C's and R's `allowed_tools`, G's `allowedFunctionNames`. `tool`
    is the canonical name of a server tool that is forced."""

    mode: Literal["auto", "required", "none", "named"]
    names: tuple[str, ...] = ()
    custom: bool = False
    tool: str | None = None
