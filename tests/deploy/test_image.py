"""The image: its recipe against the project's, and the built one itself. That takes Linux, root and buildah (no registry, no
daemon), see docs/containers.md:

make image BUILDER=buildah BASE=…
AIHUB_TEST_IMAGE=localhost/aihub:0.1.0 pytest tests/deploy/test_image.py
"""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.support.chat import request
from tests.support.gateway import RunningGateway, clean_environ, serving

ROOT = Path(__file__).parents[2]
CONTAINERFILE = (ROOT / "Containerfile").read_text()
IMAGE = os.environ.get("AIHUB_TEST_IMAGE", "")
built = pytest.mark.skipif(
    not (IMAGE and shutil.which("buildah")), reason="AIHUB_TEST_IMAGE names no image, or buildah is missing"
)


def test_it_is_made_of_every_package_of_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(re.findall(r"^COPY (\w+) \1$", CONTAINERFILE, re.MULTILINE)) == sorted(packages)


def test_what_it_copies_is_let_through_to_the_builder() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE)
    let_through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(let_through) == sorted(" ".join(copied).split())


def buildah(*arguments: str) -> str:
    return subprocess.run(["buildah", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def inside(container: str, script: str, *variables: str) -> subprocess.CompletedProcess[str]:
    """What a script does in the container."""
    run = [
        "buildah",
        "run",
        "--isolation",
        "chroot",
        *(f"--env={each}" for each in variables),
        container,
        "--",
        "sh",
        "-c",
        script,
    ]
    return subprocess.run(run, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    config: dict[str, Any] = orjson.loads(buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]
    return config


@pytest.fixture(scope="module")
def container() -> Iterator[str]:
    made = buildah("from", IMAGE)
    yield made
    buildah("rm", made)


@pytest.fixture(scope="module")
async def gateway(
    container: str, settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningGateway]:
    """`chroot` isolation shares the machine's network, so the port is one that is free."""
    words = [*settings["Entrypoint"], *settings["Cmd"]]
    start = f'exec buildah run --isolation chroot --env AIHUB_PORT="$AIHUB_PORT" {container} -- {" ".join(words)}'
    async with serving(tmp_path_factory.mktemp("image"), clean_environ(), "sh", "-c", start) as running:
        yield running


@built
async def test_it_answers(gateway: RunningGateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"x-api-key": await gateway.first_key()}) as client:
        for path in ("/healthz", "/readyz", "/api/status", "/console/"):
            assert (await client.get(path)).status_code == 200
        reply = await client.post("/v1/chat/completions", json=request("echo", "Hello, image"))
    assert reply.json()["choices"][0]["message"]["content"] == "Hello, image"


@built
def test_its_health_check_sees_whether_it_is_ready(gateway: RunningGateway, container: str, settings: dict[str, Any]) -> None:
    kind, command = settings["Healthcheck"]["Test"]
    assert kind == "CMD-SHELL"
    for port, code in ((gateway.port, 0), (1, 1)):
        assert inside(container, command, f"AIHUB_PORT={port}").returncode == code


@built
def test_it_runs_as_an_ordinary_user_who_owns_its_data_and_nothing_else(container: str) -> None:
    look = (
        "id -u; pwd; stat -c %u:%a .; find / -xdev -user 10001 -not -path '/data*'; touch /opt/aihub/new 2>/dev/null && echo new"
    )
    assert inside(container, look).stdout.split() == ["10001", "/data", "10001:700"]
