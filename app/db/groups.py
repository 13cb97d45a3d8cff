"""Groups, where users meet channels."""

from piccolo.columns import JSON, UUID, Boolean, Integer, Varchar
from piccolo.table import Table

DEFAULT = "default"
AUTO = "auto"
"""What a token may say instead of a group: the groups marked `auto`, in their order. No group has this name."""

EVERYONE = "*"
"""In `usable_by`: the owners of every group."""


class Group(Table, tablename="groups"):
    id = UUID(primary_key=True)
    name = Varchar(length=100, unique=True)
    ratio = Varchar(length=40, default="1", help_text="an exact decimal as text; multiplies prices")
    ratios = JSON(default={}, help_text="of members who call in another group: its name -> an exact decimal as text")
    unpriced = JSON(null=True, default=None, help_text="what a model without a price costs; null refuses it, {} is free")
    models = JSON(default=["*"])
    usable_by = JSON(default=[], help_text="groups whose members' tokens may name this one")
    auto = Boolean(default=False)
    limits = JSON(default={}, help_text="rpm, tpm, rpd, tpd, concurrent: of all its callers together")
    position = Integer(default=0, help_text="the group's place in the state file: the order of the auto groups")


def is_open(group: str, usable_by: list[str], owner_group: str) -> bool:
    """Whether a token of an owner in `owner_group` may name `group`."""
    return group == owner_group or owner_group in usable_by or EVERYONE in usable_by
