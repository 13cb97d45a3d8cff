"""Kept responses in a dictionary. Implements `pipeline.ports.Responses`."""

from pipeline.errors import Unavailable
from pipeline.kept import KeptResponse


class MemoryResponses:
    """`lost`: nobody can be asked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], KeptResponse] = {}
        self.lifetimes: list[float] = []
        self.lost = False

    async def keep(self, kept: KeptResponse, lifetime: float) -> None:
        self._ask()
        self.kept[kept.owner, kept.id] = kept
        self.lifetimes.append(lifetime)

    async def chain(self, owner: str, response_id: str) -> list[KeptResponse]:
        self._ask()
        found: list[KeptResponse] = []
        name: str | None = response_id
        while name is not None and (each := self.kept.get((owner, name))) is not None:
            found.insert(0, each)
            name = each.previous
        return found

    async def delete(self, owner: str, response_id: str) -> bool:
        self._ask()
        return self.kept.pop((owner, response_id), None) is not None

    def _ask(self) -> None:
        if self.lost:
            raise Unavailable("It is lost.")
