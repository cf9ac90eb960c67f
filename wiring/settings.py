"""What the environment says about this installation, and the data folder it names."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.database import Database
from storage.queries.outbox import Pace


class Settings(BaseSettings):
    """What the environment says, each name with the prefix ``MITSPRACHE_`` (documented in docs/settings.md)."""

    model_config = SettingsConfigDict(env_prefix="MITSPRACHE_", env_file=".env", extra="ignore")

    data: Path = Path("data")
    """The data folder: the embedded database and files."""
    database: str | None = None
    """A database's address; without it, the embedded one in the data folder."""
    token: SecretStr | None = None
    """The bot's token, as @BotFather gave it."""
    api: str | None = None
    """Another Bot API server than Telegram's own, for example the simulator."""
    per_bot: float = 30.0
    """Requests a second the bot may make; 0: no limit."""
    per_chat: float = 1.0
    """Messages a second a chat may get; 0: no limit."""
    chat_burst: int = 5
    """Messages a chat may get at once after a rest."""
    per_group: float = 20.0
    """Messages a minute a group may get; 0: no limit."""
    webhook: str | None = None
    """Where Telegram shall bring updates, an address of ours that it can reach; without it we ask for them."""
    insecure: bool = False
    """The admin is used without HTTPS: cookies go over plain HTTP as well."""
    proxy: str | None = None
    """The address of the reverse proxy that tells whose request it passes on (X-Forwarded-For)."""

    hand_over: str | None = None
    """Servers of ODK or KoboToolbox that responses may be handed over to, by name; without any, to none."""

    def open_database(self) -> Database:
        """The database that is configured."""
        return Database(self.database) if self.database else Database.in_folder(self.data)

    @property
    def pace(self) -> Pace:
        """How fast may be sent."""
        return Pace(self.per_bot, self.per_chat, self.chat_burst, self.per_group)


def make_folder(path: Path) -> None:
    """A folder for people's data, if it is missing: only who runs us may look into it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
