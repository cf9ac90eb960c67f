"""What a simulator is told when it starts: its bots and its limits. Nothing here does anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BotAccount:
    """A bot as its owner registered it.

    ``token`` is ``<id>:<secret>``, the digits before the colon are the bot's id; ``username`` is without ``@``;
    ``name`` is what people see above the chat.
    """

    token: str
    username: str
    name: str

    @property
    def id(self) -> int:
        """The bot's user id, which is the part of the token before the colon."""
        return int(self.token.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Extra:
    """Somebody who lives in the town and has started the bot, but stands in no list of the chat page.

    ``id`` is none that the simulator gives out itself: from 2,000,000,000 on, or from 6,000,000,000 on. ``blocked``:
    has blocked the bot, which was not told.
    """

    id: int
    first_name: str
    last_name: str
    language_code: str
    blocked: bool = False


DEMO_BOT = BotAccount("4200000001:simulated-token-for-the-demo-town", "mitsprache_demo_bot", "Mitsprache")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the simulated Telegram allows; 0 switches a limit off.

    ``per_bot`` messages and edits a second of one bot; ``per_chat`` new messages a second in one chat after a burst of
    ``chat_burst``; ``per_group`` new messages a minute in a group; ``query_age`` seconds in which a tap can be
    answered; ``delete_age`` seconds in which a message can be deleted; ``webhook_time`` seconds in which a webhook must
    answer; ``upload`` bytes of a request.
    """

    per_bot: float = 30
    per_chat: float = 1
    chat_burst: int = 8
    per_group: float = 20
    query_age: float = 15
    delete_age: float = 48 * 3600
    webhook_time: float = 60
    upload: int = 50 * 1024 * 1024
