"""Free-text tools where a vendor knows functions only."""

import msgspec

from providers.canonical import CustomTool, FunctionTool
from providers.formats.arguments import INPUT

_PARAMETERS = msgspec.Raw(
    msgspec.json.encode(
        {"type": "object", "properties": {INPUT: {"type": "string"}}, "required": [INPUT], "additionalProperties": False}
    )
)


def as_function(tool: CustomTool) -> FunctionTool:
    """With one argument; what its text must look like is told to the model, since nothing enforces it."""
    told = [tool.description, f"`{INPUT}` is free text, not JSON."]
    if tool.definition:
        told.append(f"Its {tool.syntax} grammar:\n{tool.definition}")
    return FunctionTool(tool.name, "\n\n".join(filter(None, told)), _PARAMETERS, cache=tool.cache)
