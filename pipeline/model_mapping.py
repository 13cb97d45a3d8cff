"""Models under other names: what is asked for, and what is served instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.refusal import KEY, refused


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`before*after` is served as `served`, where a `*` stands for the part that the asked one's kept."""

    before: str
    after: str
    served: str

    def apply(self, name: str) -> str | None:
        """None if this is not about `name`."""
        kept = name[len(self.before) : len(name) - len(self.after)]
        return self.served.replace("*", kept) if name == self.before + kept + self.after else None


class ModelMapping:
    """What was asked for is looked up by its exact name, else by the longest wildcard that fits. The chain goes on by exact names
    only: else `*: mini` would swallow what `gpt-4: gpt-4o` serves."""

    __slots__ = ("_exact", "_wild")

    def __init__(self, models: Mapping[str, str]) -> None:
        """Raises a `ValidationError` at the entry whose chain comes back to itself, or whose wildcards cannot be."""
        for asked, served in models.items():
            _check_wildcards(asked, served)
        exact = {asked: served for asked, served in models.items() if "*" not in asked}
        self._exact = {asked: _end(asked, exact) for asked in exact}
        wild = sorted((asked for asked in models if "*" in asked), key=len, reverse=True)
        self._wild = tuple(_wildcard(asked, models[asked]) for asked in wild)

    def served(self, asked: str) -> str:
        """What is served for `asked`: itself, if no entry is about it."""
        if (served := self._exact.get(asked)) is not None:
            return served
        for wildcard in self._wild:
            if (name := wildcard.apply(asked)) is not None:
                return self._exact.get(name, name)
        return asked


def _wildcard(asked: str, served: str) -> Wildcard:
    before, _, after = asked.partition("*")
    return Wildcard(before, after, served)


def _end(asked: str, models: Mapping[str, str]) -> str:
    """Where the chain from `asked` ends; a model that is served as itself ends it."""
    way = [asked]
    while (served := models.get(way[-1], way[-1])) != way[-1]:
        way.append(served)
        if served in way[:-1]:
            raise refused(f"this chain never ends: {' -> '.join(way)}", asked, KEY)
    return way[-1]


def _check_wildcards(asked: str, served: str) -> None:
    if "?" in asked + served:
        raise refused("only * is a wildcard here", asked, KEY)
    if asked.count("*") > 1:
        raise refused("a name has one * at most", asked, KEY)
    if "*" in served and "*" not in asked:
        raise refused("there is no * in the model asked for that this one could stand for", asked)
