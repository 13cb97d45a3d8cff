"""The attributes on the operator's page are those in the code."""

import re
from pathlib import Path

import yaml

from app.config.settings import Telemetry
from app.telemetry import names

PAGE = (Path(__file__).parents[2] / "docs/tracing.md").read_text()


def test_the_table_of_attributes_is_complete() -> None:
    table = PAGE.partition("## Attributes")[2]
    named = {
        name for line in table.splitlines() if line.startswith("| `") for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    }
    assert named == names.ALL


def test_its_example_is_valid() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert Telemetry(**yaml.safe_load(example)["telemetry"]).sample_ratio == 0.1
