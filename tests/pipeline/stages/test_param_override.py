"""Bodies on their way up: the stage's own override, then the channel's."""

from typing import Any

from pipeline.overrides.param_override import read_param_override
from pipeline.stages.param_override import ParamOverride
from pipeline.testing import Playbook, a_channel, reply, status

BODY = {"model": "m", "messages": [], "temperature": 1}


def stage(written: Any = None) -> ParamOverride:
    return ParamOverride(ParamOverride.Config.model_validate(written or {}))


async def test_the_channels_override_has_the_last_word() -> None:
    channel = a_channel(param_override=read_param_override({"temperature": 0.5}))
    play = Playbook(stage({"temperature": 0, "top_p": 1}), channels=[channel])
    await play.request(BODY)
    assert play.sent[0].json() == {"model": "m", "messages": [], "temperature": 0.5, "top_p": 1}


async def test_each_attempt_starts_from_what_the_caller_sent() -> None:
    append = {"operations": [{"mode": "append", "path": "user", "value": "!"}]}
    play = Playbook(stage(append))
    play.upstream(status(503), reply({}))
    await play.request({"model": "m", "user": "u"})
    assert [sent.json()["user"] for sent in play.sent] == ["u!", "u!"]


async def test_a_retry_can_be_told_from_a_first_attempt() -> None:
    calmer = {"mode": "set", "path": "temperature", "value": 0}
    play = Playbook(
        stage({"operations": [{**calmer, "conditions": {"last_error.status_code": 429, "is_retry": True}, "logic": "and"}]})
    )
    play.upstream(status(429), reply({}))
    await play.request(BODY)
    assert [sent.json()["temperature"] for sent in play.sent] == [1, 0]


async def test_an_operators_refusal_is_final_and_sends_nothing() -> None:
    refuse = {"mode": "return_error", "value": {"message": "not here", "status": 451, "code": "no"}}
    play = Playbook(stage({"operations": [refuse]}), channels=[a_channel("one"), a_channel("two")])
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["message"], play.sent) == (451, "not here", [])


async def test_with_nothing_to_do_the_body_goes_up_verbatim() -> None:
    raw = b'{ "model" : "m" }'
    play = Playbook(stage())
    await play.request(raw)
    assert play.sent[0].body == raw
