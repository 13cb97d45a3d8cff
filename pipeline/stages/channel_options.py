"""What a channel's `options` make of a request and of its reply, whoever the vendor is."""

from pipeline.channel_options.common import CommonOptions
from pipeline.channel_options.fields import keep_only, strip
from pipeline.channel_options.model_suffixes import ASKERS, Effort, split
from pipeline.channel_options.system_prompt import PROMPTERS
from pipeline.channel_options.thinking import MOVERS, MovedEvents
from pipeline.flow import Attempt, Flow


class ChannelOptions:
    """What is edited is in the vendor's format. Below `mapping`, since a suffix belongs to the name that this channel serves,
    and above the overrides, which have the last word. A `chunk` hook would cost every stream of every channel something:
    thoughts are moved inside of the attempt's reply."""

    after = ("mapping",)
    waits = False

    async def target(self, flow: Flow, attempt: Attempt) -> None:
        options = attempt.target.channel.common
        if options is not None and options.model_suffixes and flow.route.operation == "chat":
            attempt.model, effort = split(attempt.model)
            if effort is not None:
                attempt.notes[Effort] = effort

    async def upstream_request(self, _: Flow, attempt: Attempt) -> None:
        options = attempt.target.channel.common
        if options is None or (body := attempt.body) is None:
            return
        if options.allow_fields is not None:
            keep_only(body, options.allow_fields, attempt.format)
        strip(body, options.strip_fields)
        if options.system_prompt is not None and (prompt := PROMPTERS.get(attempt.format)) is not None:
            prompt(body, options.system_prompt, options.system_prompt_mode)
        if (effort := attempt.notes.get(Effort)) is not None and (ask := ASKERS.get(attempt.format)) is not None:
            ask(body, effort)

    async def upstream_response(self, flow: Flow, attempt: Attempt) -> None:
        options = attempt.target.channel.common
        if options is not None and attempt.failure is None:
            _move_thoughts(options, flow, attempt)


def _move_thoughts(options: CommonOptions, flow: Flow, attempt: Attempt) -> None:
    reply, mover = attempt.reply, MOVERS.get(flow.route.format)
    if not options.thinking_to_content or mover is None or reply is None:
        return
    if reply.events is None:
        reply.body = mover().whole(reply.body)
    else:
        reply.events = MovedEvents(reply.events, mover())
