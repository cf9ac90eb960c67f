"""Who is there: residents with their phones' settings, and the groups they meet in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.simulator.database import Database
from bot.simulator.settings import Extra

_SPREAD = 90_000_000
_SMALL_IDS = 1_000_000_000
_LARGE_IDS = 7_000_000_000
_GROUP_IDS = -1_002_000_000_000
_BASIC_GROUP_IDS = -4_000_000_000
_FIRST_SUPERGROUP = -1_000_000_000_000
MEMBER_STATES = ("creator", "administrator", "member", "left", "kicked")
"""What somebody can be in a group, in Telegram's words; ``left`` is whoever was never there, too."""


@dataclass(frozen=True, slots=True)
class Person:
    """A resident's Telegram account; ``language_code`` is None where the phone sends none."""

    id: int
    first_name: str
    last_name: str | None
    username: str | None
    language_code: str | None
    deactivated: bool

    def user(self) -> dict[str, Any]:
        """The Bot API's User object."""
        user = {"id": self.id, "is_bot": False, **self._names()}
        if self.language_code is not None:
            user["language_code"] = self.language_code
        return user

    def chat(self) -> dict[str, Any]:
        """The Bot API's Chat object of the private chat with this person."""
        return {"id": self.id, **self._names(), "type": "private"}

    def _names(self) -> dict[str, Any]:
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: value for key, value in names.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat, of which every bot of the simulator is a member.

    ``successor`` is the id of the supergroup that a basic group has become; None where it has not.
    """

    id: int
    title: str
    successor: int | None = None

    @property
    def is_basic(self) -> bool:
        """Whether it is a small group of the old kind, which can be upgraded to a supergroup."""
        return self.id > _FIRST_SUPERGROUP

    def chat(self) -> dict[str, Any]:
        """The Bot API's Chat object."""
        return {"id": self.id, "title": self.title, "type": "group" if self.is_basic else "supergroup"}


class People:
    """The register of persons and groups."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, first_name: str, *, last_name: str | None, username: str | None, language_code: str | None) -> Person:
        """A new account. Every other id is above 2**32, as today's are: a bot that stores 32 bits breaks here."""
        number = self._database.count_up("person", _SPREAD)
        person = Person(
            number + (_LARGE_IDS if number % 2 else _SMALL_IDS), first_name, last_name, username, language_code, False
        )
        self._database.execute(
            "INSERT INTO person VALUES (?, ?, ?, ?, ?, 0)",
            (person.id, first_name, last_name, username, language_code),
        )
        return person

    def find(self, person_id: int) -> Person | None:
        """The person with this id."""
        row = self._database.row("SELECT * FROM person WHERE id = ?", (person_id,))
        return _person(row) if row else None

    def everyone(self) -> list[Person]:
        """All persons but the extras, in the order of their arrival."""
        rows = self._database.rows(
            "SELECT * FROM person WHERE id NOT IN (SELECT person FROM extra) ORDER BY id % 1000000000"
        )
        return [_person(row) for row in rows]

    def add_extra(self, extra: Extra) -> bool:
        """Somebody who is there from now on; False: was so before."""
        added = self._database.execute(
            "INSERT INTO person VALUES (?, ?, ?, NULL, ?, 0) ON CONFLICT DO NOTHING",
            (extra.id, extra.first_name, extra.last_name, extra.language_code),
        )
        if added:
            self._database.execute("INSERT INTO extra VALUES (?)", (extra.id,))
        return added == 1

    def extras(self) -> list[Person]:
        """Those whose phones nobody has picked up yet."""
        rows = self._database.rows("SELECT person.* FROM extra JOIN person ON id = person ORDER BY id % 1000000000")
        return [_person(row) for row in rows]

    def is_extra(self, person_id: int) -> bool:
        """Whether this is somebody whose phone nobody has picked up yet."""
        return self._database.row("SELECT 1 FROM extra WHERE person = ?", (person_id,)) is not None

    def pick_up(self, person_id: int) -> None:
        """Somebody takes this phone in hand: from now on its owner stands in the list."""
        self._database.execute("DELETE FROM extra WHERE person = ?", (person_id,))

    def deactivate(self, person_id: int) -> None:
        """The account is gone; bots are told so when they write."""
        self._database.execute("UPDATE person SET deactivated = 1 WHERE id = ?", (person_id,))

    def add_group(self, title: str, *, basic: bool = False) -> Group:
        """A new group: a supergroup, or a basic one."""
        first = _BASIC_GROUP_IDS if basic else _GROUP_IDS
        group = Group(first - self._database.count_up("group", _SPREAD), title)
        self._database.execute("INSERT INTO meeting VALUES (?, ?)", (group.id, title))
        return group

    def find_group(self, group_id: int) -> Group | None:
        """The group with this id, also one that has become a supergroup since."""
        row = self._database.row(
            "SELECT id, title, new FROM meeting LEFT JOIN migration ON old = id WHERE id = ?", (group_id,)
        )
        return Group(*row) if row else None

    def groups(self) -> list[Group]:
        """All groups that go on."""
        rows = self._database.rows("SELECT id, title FROM meeting WHERE id NOT IN (SELECT old FROM migration)")
        return [Group(*row) for row in rows]

    def upgrade(self, group: Group) -> Group:
        """Make a basic group a supergroup, with its members; the new one."""
        successor = self.add_group(group.title)
        self._database.execute("INSERT INTO migration VALUES (?, ?)", (group.id, successor.id))
        self._database.execute(
            "INSERT INTO membership SELECT ?, person, status FROM membership WHERE meeting = ?",
            (successor.id, group.id),
        )
        return successor

    def join(self, group_id: int, person_id: int) -> None:
        """Somebody is there, for she writes there; what she is there already, she stays."""
        self._database.execute(
            "INSERT INTO membership VALUES (?, ?, 'member') ON CONFLICT DO NOTHING", (group_id, person_id)
        )

    def set_member(self, group_id: int, person_id: int, status: str) -> None:
        """Make somebody a member, an administrator, or nobody any more."""
        self._database.execute("INSERT OR REPLACE INTO membership VALUES (?, ?, ?)", (group_id, person_id, status))

    def member_status(self, group_id: int, person_id: int) -> str:
        """One of MEMBER_STATES."""
        row = self._database.row(
            "SELECT status FROM membership WHERE meeting = ? AND person = ?", (group_id, person_id)
        )
        return str(row[0]) if row else "left"


def _person(row: tuple[Any, ...]) -> Person:
    person_id, first_name, last_name, username, language_code, deactivated = row
    return Person(person_id, first_name, last_name, username, language_code, bool(deactivated))
