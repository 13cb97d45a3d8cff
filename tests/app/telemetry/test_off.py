"""Tracing that is off costs no import."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.gateway import clean_environ

PROGRAM = """
import asyncio, sys
import app.main, app.prepare
from app.config.settings import Settings
from app.wiring import running_gateway

async def main() -> None:
    settings = Settings(database="sqlite:///t.db", telemetry={"otlp_endpoint": endpoint or None})
    async with running_gateway(settings, {}):
        pass

endpoint, sys.argv = sys.argv[1], sys.argv[:1]
app.prepare.main()
asyncio.run(main())
print()
print("imported:", sorted({name.split(".")[0] for name in sys.modules} & {"opentelemetry"}))
"""


@pytest.mark.parametrize(("endpoint", "imported"), [("", "[]"), ("http://127.0.0.1:1", "['opentelemetry']")])
def test_the_sdk_is_imported_only_when_there_is_an_endpoint(tmp_path: Path, endpoint: str, imported: str) -> None:
    environ = clean_environ(AIHUB_DATABASE="sqlite:///t.db")
    command = [sys.executable, "-c", PROGRAM, endpoint]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"imported: {imported}"
