"""Mistakes in what the pipeline file changes for everybody are told with their place."""

from pathlib import Path

import pytest

from app.config.stages import check


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("mapping: {models: {a: b, b: a}}", "1:32: pipeline[0].mapping.models.a: this chain never ends: a -> b -> a"),
        ("mapping: {model: {a: b}}", "1:23: pipeline[0].mapping.model: unknown field 'model', did you mean 'models'?"),
        ("param_override: {stream: true}", "1:30: pipeline[0].param_override.stream: 'stream' cannot be changed"),
        (
            "param_override: {operations: [{mode: sett, path: a}]}",
            "1:50: pipeline[0].param_override.operations[0].mode: no mode is called 'sett', did you mean 'set'?",
        ),
        ("param_override: [a]", "pipeline[0].param_override: expected a mapping"),
        ("header_override: {cookie: a=b}", "1:31: pipeline[0].header_override.cookie: the header 'cookie' cannot be set"),
        ("status_code_mapping: {429: 200}", "pipeline[0].status_code_mapping.429: expected the status of an error"),
        ("rate_limit: {usr: {rpm: 5}}", "1:26: pipeline[0].rate_limit.usr: no such scope: 'usr', did you mean 'user'?"),
        ("rate_limit: {user: {rmp: 5}}", "1:33: pipeline[0].rate_limit.user.rmp: a limit knows no 'rmp', did you mean 'rpm'?"),
        ("rate_limit: {user: {rpm: '5'}}", "1:38: pipeline[0].rate_limit.user.rpm: expected an integer, or `unlimited`"),
        ("rate_limit: {model: {gpt-4*: {rpm: 0}}}", "1:48: pipeline[0].rate_limit.model.gpt-4*.rpm: must be at least 1"),
        ("rate_limit: {model: {a: {rpm: 1}, rpm: 5}}", "pipeline[0].rate_limit.model.rpm: a scope has limits or names, not both"),
        ("rate_limit: 5", "1:25: pipeline[0].rate_limit: expected scopes with their limits"),
        ("channel_options: {model_suffixes: true}", "pipeline[0].channel_options: 'channel_options' takes no options"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, entry: str, said: str) -> None:
    file = tmp_path / "aihub.yaml"
    file.write_text(f"pipeline: [{{{entry}}}]\n")
    [problem] = [str(problem).removeprefix(f"{file}:") for problem in check(file, {})]
    assert said in problem
    assert problem.startswith(said) or not said[0].isdigit()


def test_the_order_of_the_stages_is_held(tmp_path: Path) -> None:
    file = tmp_path / "aihub.yaml"
    file.write_text("pipeline: [param_override, channel_options, mapping]\n")
    found = "\n".join(str(problem) for problem in check(file, {}))
    assert "`param_override` must stand below `mapping`" in found
    assert "`channel_options` must stand below `mapping`" in found
