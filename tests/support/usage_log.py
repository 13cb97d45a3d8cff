"""A stage that writes what each flow used to a file, so that a test outside the process can read it."""

from dataclasses import asdict
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict

from pipeline.flow import Flow


class UsageLog:
    class Config(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)

        file: Path

    def __init__(self, config: Config) -> None:
        self._file = config.file

    async def done(self, flow: Flow) -> None:
        usage = asdict(flow.usage) if flow.usage is not None else None
        outcome = flow.outcome.value if flow.outcome is not None else None
        row = {"id": flow.id, "usage": usage, "outcome": outcome, "attempts": len(flow.attempts)}
        with self._file.open("ab") as file:
            file.write(orjson.dumps(row) + b"\n")
