"""The built-in stages, in the order of the default pipeline. A line here is all it takes to add one."""

BUILTIN: dict[str, str] = {
    "auth": "pipeline.stages.auth:Auth",
    "ip_allowlist": "pipeline.stages.ip_allowlist:IpAllowlist",
    "model_limits": "pipeline.stages.model_limits:ModelLimits",
}

DEFAULT: tuple[str, ...] = tuple(BUILTIN)
