"""The control of groups, ``/sim/groups``: founds them, says who is in them, makes supergroups of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from bot.simulator.groups import Groups
from bot.simulator.residents import Residents
from bot.simulator.telegram import Telegram

Json = dict[str, Any]


class NewGroup(msgspec.Struct, forbid_unknown_fields=True):
    """A group chat; a ``basic`` one is of the old kind, which can become a supergroup."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    basic: bool = False


class Membership(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody is in a group."""

    user: int
    status: Literal["creator", "administrator", "member", "left", "kicked"]


class GroupActs(Controller):
    """The groups."""

    path = "/sim/groups"

    @post("/")
    async def add_group(self, data: JSONBody[NewGroup], telegram: NamedDependency[Telegram]) -> Json:
        """A new group, all bots in it."""
        with telegram.database.transaction():
            return Groups(telegram).found(data.title, basic=data.basic).chat()

    @post("/{group:int}/members", status_code=200)
    async def set_member(
        self, group: FromPath[int], data: JSONBody[Membership], telegram: NamedDependency[Telegram]
    ) -> Json:
        """Say what somebody is in the group; whoever writes there is a member without that."""
        groups = Groups(telegram)
        found, person = groups.find(group), Residents(telegram).person(data.user)
        with telegram.database.transaction():
            groups.set_member(found, person, data.status)
        return {"user": person.id, "status": data.status}

    @post("/{group:int}/migrate", status_code=200)
    async def migrate(self, group: FromPath[int], telegram: NamedDependency[Telegram]) -> Json:
        """Make a basic group a supergroup: it goes on under another id."""
        groups = Groups(telegram)
        with telegram.database.transaction():
            return {"migrate_to_chat_id": groups.migrate(groups.find(group)).id}
