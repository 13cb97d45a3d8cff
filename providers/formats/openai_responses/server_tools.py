"""Tools that OpenAI runs: the canonical names of their definitions and of the items that tell of their calls.

What the caller runs itself (`local_shell`, `shell`, `apply_patch`, `computer`) keeps this format's word as its name, since no
other vendor's tool of that kind is driven in the same way.
"""

TOOLS = {
    "web_search": "web_search",
    "web_search_2025_08_26": "web_search",
    "web_search_preview": "web_search",
    "web_search_preview_2025_03_11": "web_search",
    "code_interpreter": "code_execution",
    "file_search": "file_search",
    "image_generation": "image_generation",
    "mcp": "mcp",
    "tool_search": "tool_search",
    "computer": "computer",
    "computer_use_preview": "computer",
}

CALLS = {
    "web_search_call": "web_search",
    "code_interpreter_call": "code_execution",
    "file_search_call": "file_search",
    "image_generation_call": "image_generation",
    "mcp_call": "mcp",
    "tool_search_call": "tool_search",
}

WORDS = {"web_search": "web_search", "code_execution": "code_interpreter", "image_generation": "image_generation"}
"""What another format's tool is called here, where there is one that does the same."""
