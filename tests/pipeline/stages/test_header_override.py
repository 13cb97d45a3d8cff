"""Headers on their way up: the stage's own override, then the channel's."""

from typing import Any

import pytest

from pipeline.overrides.header_override import read_header_override
from pipeline.stages.header_override import HeaderOverride
from pipeline.stages.param_override import ParamOverride
from pipeline.testing import Playbook, a_channel

OWN = {"content-type": "application/json"}


def stage(written: Any = None) -> HeaderOverride:
    return HeaderOverride(HeaderOverride.Config.model_validate(written or {}))


async def test_the_channels_override_has_the_last_word() -> None:
    channel = a_channel(header_override=read_header_override({"x-team": "channel", "x-key": "{api_key}"}))
    play = Playbook(stage({"x-team": "all", "x-all": "yes"}), channels=[channel])
    await play.request({"model": "m"})
    assert play.sent[0].headers == {**OWN, "x-team": "channel", "x-all": "yes", "x-key": "secret of key"}


@pytest.mark.parametrize("operations_first", [True, False])
async def test_what_operations_decide_stays_whichever_stage_comes_first(operations_first: bool) -> None:
    operations = [{"mode": "set_header", "path": "x-team", "value": "operation"}, {"mode": "delete_header", "path": "x-trace"}]
    params = ParamOverride(ParamOverride.Config.model_validate({"operations": operations}))
    headers = stage({"*": True, "x-team": "named"})
    play = Playbook(*((params, headers) if operations_first else (headers, params)))
    await play.request({"model": "m"}, headers={"x-team": "caller", "x-trace": "caller"})
    assert play.sent[0].headers == {**OWN, "x-team": "operation"}


async def test_nothing_of_a_caller_goes_up_unless_the_operator_says_so() -> None:
    sent = {"authorization": "Bearer sk-caller", "cookie": "a=b", "x-team": "theirs"}
    for written, passed in (({}, {}), ({"*": True}, {"x-team": "theirs"})):
        play = Playbook(stage(written))
        await play.request({"model": "m"}, headers=sent)
        assert play.sent[0].headers == {**OWN, **passed}
