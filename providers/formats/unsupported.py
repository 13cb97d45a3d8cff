"""Refusing content that a format cannot express, by its place and its name."""

from pipeline.errors import BadRequest
from providers.canonical import Inline, Message, Native, Part, Request, ServerTool


def unsupported_part(message: Message, part: Part) -> BadRequest:
    what = part.kind if isinstance(part, Native) else type(part).__name__.lower()
    if (source := getattr(part, "source", None)) is not None:
        what += f" ({source.media_type if isinstance(source, Inline) else type(source).__name__.lower()})"
    return BadRequest(
        f"`{message.place}` has content that the vendors serving this model cannot take: {what}.",
        code="unsupported_content",
        param=message.place,
    )


def unsupported_tool(tool: ServerTool, index: int) -> BadRequest:
    place = f"tools[{index}]"
    return BadRequest(
        f"`{place}`: {tool.name or tool.tool} runs at its vendor, and those that serve this model have none such.",
        code="unsupported_tool",
        param=place,
    )


def refuse_previous(request: Request) -> None:
    """A conversation that only the vendor of R which began it could go on with."""
    if request.previous is not None:
        raise BadRequest(
            "`previous_response_id` names a conversation that the vendors of this model do not keep.",
            code="unsupported_parameter",
            param="previous_response_id",
        )
