"""AiHub in its variants, the floor, and the vendor's stand-in. Each has one worker."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.server import KEY, Launch, Place, Spec, Unavailable, clean_environ
from pipeline.stages import DEFAULT
from tests import postgres, redis

BIN = Path(sys.executable).parent
GRANIAN = (BIN / "granian", "--log-level", "warning", "--loop", "uvloop", "--backpressure", "4096")

STATE = """
users: [{username: bench, balance_usd: 1000000, limits: {rpm: 100000000, tpm: 100000000000}}]
channels: [{name: vendor, vendor: openai, base_url: "UPSTREAM/v1", keys: [sk-vendor], models: [m]}]
tokens: [{name: bench, user: bench, key: KEY, quota_usd: 500000, limits: {concurrent: 100000}}]
prices: [{model: m, input: 0.5, output: 1.5}]
"""
"""Everything is on: prices, a balance and a quota that money is held against, and limits that are counted and never met."""

Surroundings = Callable[[Place], Mapping[str, str]]
"""The variables of a variant, from what is started for it."""


def aihub(without: str | None = None, surroundings: Surroundings = lambda _: {}) -> Callable[[Place], Launch]:
    def launch(place: Place) -> Launch:
        if without is not None:
            stages = "".join(f"  - {stage}\n" for stage in DEFAULT if stage != without)
            (place.folder / "aihub.yaml").write_text(f"pipeline:\n{stages}")
        (place.folder / "state.yaml").write_text(STATE.replace("UPSTREAM", place.upstream).replace("KEY", KEY))
        environ = {"AIHUB_PORT": str(place.port), **surroundings(place)}
        apply = [BIN / "aihub", "apply", "-f", "state.yaml"]
        done = subprocess.run(apply, check=False, cwd=place.folder, env=clean_environ() | environ, capture_output=True, text=True)
        if done.returncode:
            raise Unavailable(f"aihub apply: {done.stdout}{done.stderr}")
        return Launch([BIN / "aihub", "serve"], environ)

    return launch


def _traced(place: Place) -> dict[str, str]:
    """The stand-in takes spans as it takes everything."""
    return {"AIHUB_TELEMETRY_OTLP_ENDPOINT": place.upstream, "AIHUB_TELEMETRY_SAMPLE_RATIO": "1"}


def _shared(place: Place) -> dict[str, str]:
    if not (postgres.installed() and redis.SERVER.exists()):
        raise Unavailable(f"{postgres.MISSING}, or {redis.MISSING}")
    database = place.stack.enter_context(postgres.cluster()).create_database()
    return {"AIHUB_DATABASE": database, "AIHUB_REDIS": place.stack.enter_context(redis.redis_server()).url}


def floor(place: Place) -> Launch:
    listen = ["--interface", "asgi", "--port", str(place.port), "bench.floor:app"]
    return Launch([*GRANIAN, *listen], {"BENCH_UPSTREAM": f"{place.upstream}/v1/chat/completions"})


def upstream(place: Place) -> Launch:
    return Launch([*GRANIAN, "--interface", "rsgi", "--port", str(place.port), "bench.upstream:app"])


UPSTREAM = Spec("upstream", upstream)
OURS = (
    Spec("floor", floor),
    Spec("aihub", aihub()),
    Spec("aihub-unbilled", aihub(without="billing")),
    Spec("aihub-traced", aihub(surroundings=_traced)),
    Spec("aihub-shared", aihub(surroundings=_shared)),
)
