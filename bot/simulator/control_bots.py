"""The control of bots, ``/sim/bots``: who is there, one more, and a jump of the update ids."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from bot.simulator.errors import RefusedError
from bot.simulator.residents import Residents
from bot.simulator.settings import BotAccount
from bot.simulator.telegram import Telegram

Json = dict[str, Any]
_FIRST_ID = 5_000_000_000
_LAST_ID = 9_000_000_000


class NewBot(msgspec.Struct, forbid_unknown_fields=True):
    """A bot as its owner registers it; without ``token`` it gets one."""

    username: Annotated[str, msgspec.Meta(pattern="^[A-Za-z][A-Za-z0-9_]{1,28}[Bb][Oo][Tt]\\Z")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    token: Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{5,11}:[A-Za-z0-9_-]{1,80}\\Z")] | None = None


class Jump(msgspec.Struct, forbid_unknown_fields=True):
    """The id the next update shall have; without one, a random id."""

    update_id: int | None = None


class BotActs(Controller):
    """The bots."""

    path = "/sim/bots"

    @get("/")
    async def list_bots(self, telegram: NamedDependency[Telegram]) -> list[Json]:
        """The bots, with their tokens: this is nobody's secret here."""
        return [_shown(bot) for bot in telegram.bots.values()]

    @post("/")
    async def add_bot(self, data: JSONBody[NewBot], telegram: NamedDependency[Telegram]) -> Json:
        """One bot more; it stays through a restart."""
        bot = BotAccount(data.token or _new_token(), data.username, data.name)
        if telegram.knows(bot):
            raise RefusedError(409, f"There is a bot @{bot.username}, or one with the id {bot.id}, already.")
        with telegram.database.transaction():
            telegram.add_bot(bot)
        return _shown(bot)

    @post("/{username:str}/jump", status_code=200)
    async def jump(self, username: FromPath[str], data: JSONBody[Jump], telegram: NamedDependency[Telegram]) -> Json:
        """Let the bot's update ids jump, as after a quiet week."""
        bot = Residents(telegram).bot(username)
        with telegram.database.transaction():
            return {"update_id": telegram.updates.jump(bot.id, data.update_id)}


def _shown(bot: BotAccount) -> Json:
    return {"id": bot.id, "username": bot.username, "token": bot.token}


def _new_token() -> str:
    return f"{_FIRST_ID + secrets.randbelow(_LAST_ID - _FIRST_ID)}:{secrets.token_urlsafe(24)}"
