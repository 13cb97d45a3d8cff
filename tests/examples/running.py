"""An example as its first lines say: checked, applied, served."""

import contextlib
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from tests.support.gateway import AIHUB, RunningGateway, apply, clean_environ, run_aihub, serving

EXAMPLES = Path(__file__).parents[2] / "examples"
CHAT = "/v1/chat/completions"


class RunningExample:
    """`keys` are those that `aihub apply` printed, by their tokens' names."""

    def __init__(self, gateway: RunningGateway, keys: dict[str, str]) -> None:
        self.gateway = gateway
        self.keys = keys

    async def post(self, token: str, body: dict[str, object], address: str = "127.0.0.1") -> httpx.Response:
        """As a caller at that address, behind a proxy on this machine."""
        headers = {"authorization": f"Bearer {self.keys[token]}", "x-forwarded-for": address}
        async with httpx.AsyncClient(base_url=self.gateway.url, headers=headers, timeout=20) as client:
            return await client.post(CHAT, json=body)


@contextlib.asynccontextmanager
async def running_example(name: str, directory: Path, **variables: str) -> AsyncIterator[RunningExample]:
    for file in (f"{name}.yaml", f"{name}.state.yaml"):
        shutil.copy(EXAMPLES / file, directory)
    environ = clean_environ(AIHUB_CONFIG=f"{name}.yaml", **variables)
    code, _, err = await run_aihub(directory, environ, "check")
    assert (code, err) == (0, "")
    printed = await apply(directory, environ, f"{name}.state.yaml")
    keys = dict(re.findall(r"^key of token (\S+), shown only this once: (\S+)$", printed, re.MULTILINE))
    async with serving(directory, environ, AIHUB, "serve") as gateway:
        yield RunningExample(gateway, keys)
