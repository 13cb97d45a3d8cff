"""What `make dist` makes, as somebody without the source tree installs it."""

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from tests.support.chat import request
from tests.support.gateway import RunningGateway, clean_environ, serving

ROOT = Path(__file__).parents[2]
PACKAGES = ("admin_ui", "app", "piccolo_migrations", "pipeline", "providers")


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def built(target: str, tree: Path, into: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", into, cwd=tree)
    (made,) = into.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


def packaged(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel; the packages it depends on are those that the tests run with."""
    made = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", made)
    run(sys.executable, "-m", "pip", "--python", made, "install", "--quiet", "--no-index", "--no-deps", wheel)
    (site,) = made.glob("lib/python*/site-packages")
    (site / "locked.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    return made


@pytest.fixture(scope="module")
async def gateway(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with serving(tmp_path_factory.mktemp("empty"), clean_environ(), environment / "bin" / "aihub", "serve") as running:
        yield running


def test_it_holds_every_file_of_its_packages_and_no_other(wheel: Path) -> None:
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES).splitlines()
    assert packaged(wheel) == set(listed)


def test_its_packages_say_that_they_are_typed(wheel: Path) -> None:
    assert {f"{package}/py.typed" for package in ("app", "pipeline", "providers")} <= packaged(wheel)


def test_the_source_archive_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = built("sdist", ROOT, tmp_path / "archive")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    again = built("wheel", tmp_path / archive.name.removesuffix(".tar.gz"), tmp_path / "again")
    assert again.read_bytes() == wheel.read_bytes()


def test_what_is_imported_comes_from_the_wheel(environment: Path) -> None:
    names = ", ".join(PACKAGES)
    code = f"import {names}; print(*(package.__file__ for package in ({names})))"
    for file in run(environment / "bin" / "python", "-c", code, cwd=environment).split():
        assert Path(file).is_relative_to(environment)


async def test_in_an_empty_directory_it_answers(gateway: RunningGateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"x-api-key": await gateway.first_key()}) as client:
        reply = await client.post("/v1/chat/completions", json=request("echo", "Hello, wheel"))
    assert reply.json()["choices"][0]["message"]["content"] == "Hello, wheel"


async def test_the_console_is_in_it(gateway: RunningGateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        page = await client.get("/console/")
        assert "<title>AiHub</title>" in page.text
        files = re.findall(r'(?:src|href)="([^":]+)"', page.text)
        assert files
        for file in files:
            assert (await client.get(urljoin("/console/", file))).status_code == 200
