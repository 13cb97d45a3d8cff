"""The package that readers copy: installed by pip, named in YAML by its entry point, and serving real calls."""

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest
import yaml

from app.config.lookup import GROUP
from tests.support.chat import request
from tests.support.gateway import RunningGateway, clean_environ, run_aihub, running_gateway

PACKAGE = Path(__file__).parents[2] / "examples" / "stage-package"
CHANNELS = {"eu": ["echo-eu"], "us": ["echo-us"]}
CONFIG = {"pipeline": ["auth", {"region": {"channels": CHANNELS}}]}
STATE = {
    "users": [{"username": "alice"}],
    "tokens": [{"name": "t", "user": "alice", "key": "sk-region"}],
    "channels": [
        {"name": "echo-eu", "vendor": "echo", "models": ["echo", "only-eu"], "priority": 1},
        {"name": "echo-us", "vendor": "echo", "models": ["echo"]},
    ],
}


async def run(*command: str | Path, cwd: Path, **variables: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=clean_environ(**variables), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip has put the package. Nothing is fetched: hatchling is among what the tests need."""
    folder = tmp_path_factory.mktemp("site")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps", "--no-build-isolation")
    await run(*pip, "--target", folder, PACKAGE, cwd=folder)
    return folder


@pytest.fixture(scope="module")
async def gateway(site: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path_factory.mktemp("gateway"), CONFIG, STATE, PYTHONPATH=str(site)) as running:
        yield running


async def test_its_own_tests_pass_with_what_was_installed(site: Path, tmp_path: Path) -> None:
    for name in ("pyproject.toml", "test_aihub_region.py"):
        shutil.copy(PACKAGE / name, tmp_path)
    await run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path, PYTHONPATH=str(site))


async def test_check_and_show_know_it_by_its_name(gateway: RunningGateway) -> None:
    code, out, _ = await gateway.aihub("check")
    assert (code, out.splitlines()[0]) == (0, "ok: aihub.yaml, 2 stages: auth, region")
    _, out, _ = await gateway.aihub("show", "--json")
    hooks = {hook: stages for hook, stages in orjson.loads(out).items() if "region" in stages}
    assert hooks == {"request": ["auth", "region"], "admit": ["region"], "target": ["region"], "response": ["region"]}


@pytest.mark.parametrize(
    ("region", "model", "status", "served"),
    [
        (None, "echo", 200, "eu"),
        ("eu", "echo", 200, "eu"),
        ("us", "echo", 200, "us"),
        ("us", "only-eu", 404, None),
        ("mars", "echo", 400, None),
    ],
)
async def test_a_caller_is_served_in_the_region_it_asks_for(
    gateway: RunningGateway, region: str | None, model: str, status: int, served: str | None
) -> None:
    headers = {"x-api-key": "sk-region"} | ({"x-region": region} if region else {})
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers) as client:
        reply = await client.post("/v1/chat/completions", json=request(model))
    assert (reply.status_code, reply.headers.get("x-served-region")) == (status, served)


async def test_a_mistake_in_its_options_is_found_at_its_line(site: Path, tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text("pipeline:\n  - auth\n  - region: {channels: {eu: [a], us: [a]}}\n")
    code, _, err = await run_aihub(tmp_path, clean_environ(PYTHONPATH=str(site)), "check")
    assert (code, err) == (2, "aihub.yaml:3:24: pipeline[1].region.channels: a channel is in one region: a\n")


async def test_without_the_package_its_name_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text(yaml.safe_dump(CONFIG))
    code, _, err = await run_aihub(tmp_path, clean_environ(), "check")
    assert code == 2
    assert "no stage is called 'region'" in err


async def test_the_yaml_on_its_pages_is_valid(site: Path, tmp_path: Path) -> None:
    readme, module = (PACKAGE / "README.md").read_text(), (PACKAGE / "aihub_region.py").read_text()
    [block] = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    example = next(part for part in module.split("\n\n") if part.startswith("    pipeline:"))
    assert yaml.safe_load(example) == yaml.safe_load(block)
    (tmp_path / "aihub.yaml").write_text(block)
    code, _, err = await run_aihub(tmp_path, clean_environ(PYTHONPATH=str(site)), "check")
    assert (code, err) == (0, "")


def test_it_announces_its_stage_where_the_gateway_looks() -> None:
    assert f'[project.entry-points."{GROUP}"]' in (PACKAGE / "pyproject.toml").read_text()
