"""What happens to groups: they are founded, people come and go, and a basic one becomes a supergroup."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import RefusedError
from bot.simulator.people import Group, Person
from bot.simulator.telegram import Telegram

GROUP_ITSELF = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Telegram's own account, which stands as the sender where a group speaks for itself."""


class Groups:
    """Acts on groups. Raises RefusedError for what cannot be."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def find(self, group_id: int) -> Group:
        """The group with this id."""
        group = self._telegram.people.find_group(group_id)
        if group is None:
            raise RefusedError(404, f"There is no group {group_id}.")
        return group

    def found(self, title: str, *, basic: bool) -> Group:
        """A new group with all bots in it; its messages reach them."""
        group = self._telegram.people.add_group(title, basic=basic)
        self._open(group)
        return group

    def set_member(self, group: Group, person: Person, status: str) -> None:
        """What somebody is in the group from now on, one of MEMBER_STATES."""
        self._telegram.people.set_member(group.id, person.id, status)

    def migrate(self, group: Group) -> Group:
        """Make a basic group a supergroup; the bots are told in both."""
        if group.successor is not None:
            raise RefusedError(409, f"This group has become the supergroup {group.successor} already.")
        if not group.is_basic:
            raise RefusedError(409, "This group is a supergroup already.")
        successor = self._telegram.people.upgrade(group)
        self._open(successor)
        self._tell(group, {"migrate_to_chat_id": successor.id})
        self._tell(successor, {"migrate_from_chat_id": group.id})
        return successor

    def _open(self, group: Group) -> None:
        for bot in self._telegram.bots.values():
            self._telegram.chats.open(bot.id, group.id)

    def _tell(self, group: Group, content: dict[str, Any]) -> None:
        sender = {"from": GROUP_ITSELF, "sender_chat": group.chat()}
        for bot in self._telegram.bots.values():
            message = self._telegram.post(bot, group, {**sender, **content})
            self._telegram.updates.add(bot.id, "message", message)
