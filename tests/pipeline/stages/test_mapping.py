"""Names under which models are served: for everybody, and at each channel."""

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.model_mapping import ModelMapping
from pipeline.patterns import Patterns
from pipeline.stages.mapping import Mapping
from pipeline.stages.model_limits import ModelLimits
from pipeline.testing import Playbook, a_caller, a_channel, memory_ports, status


def stage(**models: str) -> Mapping:
    return Mapping(Mapping.Config(models={name.replace("_", "-"): served for name, served in models.items()}))


async def test_a_global_mapping_decides_which_channels_can_serve() -> None:
    channels = [a_channel("old", models=["gpt-4"]), a_channel("new", models=["turbo"])]
    play = Playbook(stage(gpt_4="turbo"), channels=channels)
    result = await play.request({"model": "gpt-4", "messages": []})
    assert "<< upstream_request turbo at new/key" in play.story
    assert play.sent[0].json()["model"] == "turbo"
    assert (result.flow.asked_model, result.flow.model) == ("gpt-4", "turbo")


async def test_a_channels_mapping_is_only_its_own() -> None:
    one = a_channel("one", priority=1, model_mapping=ModelMapping({"turbo": "gpt-4-turbo-2024-04-09"}))
    play = Playbook(stage(gpt_4="turbo"), channels=[one, a_channel("two")])
    play.upstream(status(503))
    result = await play.request({"model": "gpt-4", "messages": []})
    assert [sent.json()["model"] for sent in play.sent[:2]] == ["gpt-4-turbo-2024-04-09", "turbo"]
    assert (result.flow.asked_model, result.flow.model) == ("gpt-4", "turbo")


async def test_a_channel_may_map_back_to_the_name_that_the_caller_wrote() -> None:
    raw = b'{ "model" : "gpt-4" }'
    play = Playbook(stage(gpt_4="turbo"), channels=[a_channel(model_mapping=ModelMapping({"turbo": "gpt-4"}))])
    await play.request(raw)
    assert play.sent[0].body == raw


async def test_a_token_is_limited_by_what_was_asked_for() -> None:
    ports = memory_ports()
    stages = [("model_limits", ModelLimits(ports)), ("mapping", stage(gpt_4="turbo"))]
    play = Playbook.of(stages, ports=ports, caller=a_caller(models=Patterns(["gpt-4"])))
    assert (await play.request({"model": "gpt-4"})).status == 200
    assert (await play.request({"model": "turbo"})).status == 403


async def test_the_replys_model_is_the_vendors_word() -> None:
    play = Playbook(stage(gpt_4="turbo"))
    assert (await play.request({"model": "gpt-4"})).json() == {}


@pytest.mark.parametrize("models", [{"a": "b", "b": "a"}, {"a": ""}, {"": "a"}, {"a": 1}])
def test_a_mapping_that_cannot_be_is_refused(models: Any) -> None:
    with pytest.raises(ValidationError):
        Mapping.Config(models=models)
