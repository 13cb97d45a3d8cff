"""What the user is made to say, where a format lets nobody else say it."""

from collections.abc import Iterator

from providers.canonical import Message, Text

BEGIN = "Continue."
"""The user's first words where a conversation has none: it must begin with the user."""

_INSTRUCTION = "<system>\n{text}\n</system>"


def instructions(message: Message) -> Iterator[str]:
    """Instructions in the middle. Moved to the top they would change the beginning of every later prompt, and no cache would
    hit."""
    return (_INSTRUCTION.format(text=part.text) for part in message.parts if isinstance(part, Text) and part.text.strip())
