"""Which models: the asked one must be among the token's and, in at least one group of the caller, among the group's."""

from pipeline.errors import Forbidden
from pipeline.flow import Flow
from pipeline.ports import Ports
from pipeline.routing import allowed_groups


class ModelLimits:
    """403 for a model that is not allowed. An empty list of a token or group allows every model; `*` and `?` are wildcards."""

    after = ("auth",)
    before = ("mapping",)
    waits = False

    def __init__(self, ports: Ports) -> None:
        self._catalogs = ports.catalogs

    async def request(self, flow: Flow) -> None:
        if flow.caller is None or flow.route.model_in == "none":
            return
        await flow.body()
        flow.groups = allowed_groups(flow.caller, self._catalogs.current, flow.model)
        if not flow.groups:
            raise Forbidden(f"This API key may not use the model {flow.model!r}.", code="model_not_allowed")
