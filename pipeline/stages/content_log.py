"""Keeps what was asked and what was answered, where the operator has switched that on. Not in the list of stages: the setting
`log.content` puts it above all of them, so that it sees what the caller sees."""

import time
from dataclasses import dataclass, field

from pipeline.flow import Event, Flow
from pipeline.ports import Ports
from pipeline.record import Content

NAME = "content_log"
MOST_BYTES = 64 << 10
"""Of a request, and of a reply; their sizes are told in full."""


@dataclass(slots=True)
class Said:
    """What has gone to the caller: its begin, and its size."""

    begin: bytearray = field(default_factory=bytearray)
    size: int = 0


class ContentLog:
    waits = False
    listed = False

    def __init__(self, ports: Ports) -> None:
        self._log = ports.log

    def chunk(self, flow: Flow, event: Event) -> Event:
        said = flow.notes.get(Said)
        if said is None:
            said = flow.notes[Said] = Said()
        said.size += len(event.raw)
        if (room := MOST_BYTES - len(said.begin)) > 0:
            said.begin += event.raw[:room]
        return event

    async def done(self, flow: Flow) -> None:
        body = flow.body_read
        if body is None:
            return
        asked = body.encode()
        said = flow.notes.get(Said)
        if said is None and flow.reply is not None:
            # An error's reply passes no `chunk` hook.
            said = Said(bytearray(flow.reply.body[:MOST_BYTES]), len(flow.reply.body))
        said = said or Said()
        self._log.write(Content(flow.id, time.time(), _text(asked[:MOST_BYTES]), _text(said.begin), len(asked), said.size))


def _text(begin: bytes | bytearray) -> str:
    return begin.decode("utf-8", "replace")
