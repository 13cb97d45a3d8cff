"""A stage that settles every flow into a file, and says what is to happen when its caller leaves."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson
from pydantic import BaseModel, ConfigDict

from pipeline.flow import Attempt, Flow


@dataclass
class Held:
    attempts_done: int = 0


class SettlementLog:
    class Config(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)

        file: Path
        on_disconnect: Literal["cancel", "drain"] = "cancel"

    def __init__(self, config: Config) -> None:
        self._config = config

    async def admit(self, flow: Flow) -> None:
        flow.notes[Held] = Held()
        flow.on_disconnect = self._config.on_disconnect

    async def attempt_done(self, flow: Flow, attempt: Attempt) -> None:
        flow.notes[Held].attempts_done += 1

    async def done(self, flow: Flow) -> None:
        held = flow.notes.pop(Held)
        row = {
            "model": flow.asked_model,
            "outcome": flow.outcome.value if flow.outcome is not None else None,
            "usage": asdict(flow.usage) if flow.usage is not None else None,
            "attempts": len(flow.attempts),
            "attempts_done": held.attempts_done if held is not None else None,
        }
        with self._config.file.open("ab") as file:
            file.write(orjson.dumps(row) + b"\n")
