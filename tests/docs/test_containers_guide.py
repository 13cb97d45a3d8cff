"""The containers page against the files that it speaks of. Its recipe takes root and ten minutes: tests/deploy/test_image.py is
about what comes out."""

import re
import tomllib
from pathlib import Path

from app.config.settings import Server

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "containers.md").read_text()
CONTAINERFILE = (ROOT / "Containerfile").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def test_the_version_that_it_names_is_the_one_that_is_built() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert set(re.findall(r"\baihub:([\d.]+\d)", GUIDE)) == {version}


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((\.\./[^)]+)\)", GUIDE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_its_make_targets_and_their_variables_exist() -> None:
    targets = re.findall(r"^(?:\w+=\S+ )*make (\w+)", GUIDE, re.MULTILINE)
    assert targets
    assert set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE)) >= set(targets)
    assert {name for name in re.findall(r"\b(BUILDER|BASE)=", GUIDE) if f"$({name})" not in MAKEFILE} == set()


def test_what_it_says_of_the_image_is_so() -> None:
    for word in ("8080", "10001", "/data"):
        assert word in GUIDE
        assert word in CONTAINERFILE
    assert f"`server.drain_timeout` ({Server().drain_timeout:.0f} s)" in GUIDE
