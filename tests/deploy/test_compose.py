"""deploy/compose.yaml and what it mounts: whole, pinned, without a password of its own, and accepted by the gateway."""

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from app.config.load import load_settings
from app.config.settings import Settings
from app.serve import KILL_MARGIN
from tests.deploy.composed import COMPOSE, CONFIG, DEPLOY, NODES, OURS, ROOT, SERVICES, TEXT, VARIABLE, filled, node_environment
from tests.support.gateway import clean_environ, run_aihub

SECRET = re.compile(r"PASSWORD|SECRET|KEY|AUTH")


def declared(file: str) -> Any:
    return yaml.safe_load((DEPLOY / file).read_text())


def settings() -> Settings:
    return load_settings(CONFIG, node_environment())


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])
def test_an_image_of_others_is_pinned_to_a_version(name: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?(-alpine)?$", SERVICES[name]["image"])


def test_ours_is_the_version_of_this_tree_and_built_from_it() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for service in OURS.values():
        assert service["image"] == f"aihub:{version}"
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_every_file_that_it_mounts_is_there_and_every_volume_declared() -> None:
    sources = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    files = {source for source in sources if source.startswith(".")}
    assert [source for source in files if not (DEPLOY / source).exists()] == []
    assert sources - files == set(COMPOSE["volumes"])


def test_every_service_that_runs_on_has_a_health_check() -> None:
    assert "\nHEALTHCHECK " in (ROOT / "Containerfile").read_text()
    unchecked = {name for name, service in SERVICES.items() if "test" not in service.get("healthcheck", {})}
    assert unchecked == set(NODES) | {"apply"}


def test_no_secret_has_a_default() -> None:
    for found in VARIABLE.finditer(TEXT):
        if SECRET.search(found["name"]):
            assert found["how"] == "?"
            assert found["text"]
    for service in SERVICES.values():
        for name, text in service.get("environment", {}).items():
            assert not SECRET.search(name) or VARIABLE.fullmatch(text)


def test_the_first_lines_make_every_secret_that_is_asked_for() -> None:
    asked = {found["name"] for found in VARIABLE.finditer(TEXT) if found["how"] == "?"}
    head = TEXT.partition("\nname:")[0]
    assert {name for name in asked if name not in head} == set()


def test_only_the_proxy_can_be_reached_from_other_machines() -> None:
    published = {name: port for name, service in SERVICES.items() for port in service.get("ports", ())}
    assert {name for name, port in published.items() if not port.startswith("127.0.0.1:")} == {"proxy"}
    assert all(filled(port).startswith("127.0.0.1:") for port in SERVICES["proxy"]["ports"])


def test_every_address_is_one_of_a_service() -> None:
    scraped = [
        host for job in declared("prometheus.yml")["scrape_configs"] for each in job["static_configs"] for host in each["targets"]
    ]
    shown = [urlsplit(source["url"]).netloc for source in declared("grafana/datasources.yaml")["datasources"]]
    hosts = {address.partition(":")[0] for address in [*scraped, *shown]}
    assert hosts - {"localhost"} <= set(SERVICES)
    upstreams = re.findall(r"reverse_proxy (.+) \{", (DEPLOY / "Caddyfile").read_text())
    assert upstreams == [" ".join(f"{name}:8080" for name in NODES)]


async def test_the_gateway_accepts_its_settings(tmp_path: Path) -> None:
    code, out, err = await run_aihub(tmp_path, clean_environ(**node_environment()), "check", "--config", str(CONFIG))
    assert (code, err) == (0, "")
    assert out.startswith("ok: ")


def test_the_nodes_share_what_they_must() -> None:
    first, second = NODES.values()
    assert first["environment"] == second["environment"]
    assert settings().database.startswith("postgres://")
    assert settings().redis is not None


def test_the_nodes_believe_the_proxy_and_only_the_proxy() -> None:
    address = SERVICES["proxy"]["networks"]["default"]["ipv4_address"]
    assert [str(network) for network in settings().server.trusted_proxies] == [f"{address}/32"]


def test_what_a_node_writes_outlives_its_container_and_is_its_own() -> None:
    volumes = [volume for node in NODES.values() for volume in node["volumes"] if volume.endswith(":/data")]
    assert len({volume.partition(":")[0] for volume in volumes}) == len(NODES)


def test_a_node_has_the_time_to_drain() -> None:
    for node in NODES.values():
        assert int(node["stop_grace_period"].removesuffix("s")) > settings().server.drain_timeout + KILL_MARGIN
