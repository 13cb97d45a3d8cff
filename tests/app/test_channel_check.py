"""Asking a channel a real question."""

from app.channel_check import check_channel
from pipeline.catalog import Channel
from pipeline.flow import Attempt, Flow
from pipeline.model_mapping import ModelMapping
from pipeline.overrides.header_override import read_header_override
from pipeline.overrides.param_override import read_param_override
from pipeline.stand_ins import ScriptedUpstream, a_channel, reply, status
from tests.support.chat import completion


class Vendor(ScriptedUpstream):
    def __init__(self) -> None:
        super().__init__(lambda _: None, lambda: None)

    def serves(self, flow: Flow, vendor: str, formats: tuple[str, ...] | None) -> bool:
        return True

    def prepare(self, flow: Flow, attempt: Attempt) -> None:
        super().prepare(flow, attempt)
        assert attempt.body is not None
        attempt.body.set("model", attempt.model)


def edited() -> Channel:
    calm = {"mode": "set", "path": "temperature", "value": 0, "conditions": {"is_channel_test": True}}
    return a_channel(
        keys=("one", "two"),
        model_mapping=ModelMapping({"asked": "served"}),
        param_override=read_param_override({"operations": [calm]}),
        header_override=read_header_override({"authorization": "Token {api_key}"}),
    )


async def test_the_question_is_changed_as_a_callers_would_be() -> None:
    vendor = Vendor()
    vendor.script = [reply(completion())]
    results = await check_channel(edited(), "asked", vendor)
    assert [(result.key, result.ok) for result in results] == [("one", True), ("two", True)]
    assert [(sent.json()["model"], sent.json()["temperature"]) for sent in vendor.sent] == [("served", 0), ("served", 0)]
    assert [sent.headers["authorization"] for sent in vendor.sent] == ["Token secret of one", "Token secret of two"]


async def test_what_went_wrong_is_told_in_the_vendors_words() -> None:
    vendor = Vendor()
    vendor.script = [status(401, {"error": {"message": "wrong key"}})]
    [result] = await check_channel(a_channel(), "asked", vendor)
    assert (result.ok, result.status, result.detail) == (False, 401, "wrong key")
