"""The built-in stages, in the order of the default pipeline. A line here is all it takes to add one."""

BUILTIN: dict[str, str] = {
    "auth": "pipeline.stages.auth:Auth",
    "ip_allowlist": "pipeline.stages.ip_allowlist:IpAllowlist",
    "model_limits": "pipeline.stages.model_limits:ModelLimits",
    "mapping": "pipeline.stages.mapping:Mapping",
    "rate_limit": "pipeline.stages.rate_limit:RateLimit",
    "channel_options": "pipeline.stages.channel_options:ChannelOptions",
    "param_override": "pipeline.stages.param_override:ParamOverride",
    "header_override": "pipeline.stages.header_override:HeaderOverride",
    "status_code_mapping": "pipeline.stages.status_code_mapping:StatusCodeMapping",
    "billing": "pipeline.stages.billing:Billing",
}

DEFAULT: tuple[str, ...] = tuple(BUILTIN)
