"""What was asked and answered is kept, bounded, as the caller saw it."""

from typing import Any

from pipeline.flow import Event, Flow
from pipeline.record import Content
from pipeline.stages.content_log import MOST_BYTES, NAME, ContentLog
from pipeline.stand_ins import MemoryLog
from pipeline.testing import Playbook, a_caller, memory_ports, reply, stream
from tests.pipeline.recorder import BODY, rejecting, stage


async def played(*answers: Any, body: Any = BODY, stages: Any = (), **how: Any) -> Content | None:
    log = MemoryLog()
    ports = memory_ports(log=log)
    play = Playbook.of([(NAME, ContentLog(ports)), *stages], ports=ports, caller=a_caller())
    play.upstream(*answers or (reply({"id": 1}),))
    await play.request(body, **how)
    [said] = log.records or [None]
    assert said is None or isinstance(said, Content)
    return said


async def test_a_reply() -> None:
    said = await played()
    assert said is not None
    assert (said.request_id, said.request, said.reply) == ("req_test", '{"model":"gpt-x","messages":[]}', '{"id":1}')
    assert (said.request_size, said.reply_size) == (len(said.request), len(said.reply))


async def test_a_stream_with_what_stages_made_of_it() -> None:
    async def shout(flow: Flow, event: Event) -> Event:
        return Event(event.raw.upper(), event.last)

    said = await played(stream([{"a": 1}]), stages=[("shout", stage(chunk=shout))], stream=True)
    assert said is not None
    assert said.reply == 'DATA: {"A":1}\n\nDATA: [DONE]\n\n'


async def test_more_than_is_kept_is_counted() -> None:
    long = "é" * MOST_BYTES
    said = await played(reply({"t": long}), body={**BODY, "messages": [long]})
    assert said is not None
    assert len(said.request.encode()) <= MOST_BYTES + 2
    assert len(said.reply.encode()) <= MOST_BYTES + 2
    assert said.request_size > 2 * MOST_BYTES
    assert said.reply_size > 2 * MOST_BYTES


async def test_an_error_s_words() -> None:
    said = await played(stages=[("no", rejecting("admit"))])
    assert said is not None
    assert '"not_today"' in said.reply


async def test_a_request_whose_body_nobody_read_is_not_kept() -> None:
    assert await played(stages=[("no", rejecting("request"))]) is None
