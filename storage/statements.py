"""The writes that one step of a conversation can consist of, ranked so that many steps fit into one transaction.

A step hands in rows, not SQL: the writer puts the rows of all ready steps together, statement by statement, in the
order of ``Statement`` ranks (parents before children), and runs each once with all its rows. Interviews come before
responses, responses before answers, answers before files: whoever holds these tables takes them in this order too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CursorResult,
    Executable,
    Table,
    any_,
    bindparam,
    delete,
    insert,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import (
    Answer,
    AnswerFile,
    AuditEntry,
    Base,
    Broadcast,
    BroadcastText,
    Contact,
    Delivery,
    DeliveryState,
    InboxState,
    InboxUpdate,
    Interview,
    Participation,
    Resident,
    Response,
    Staff,
    StaffLink,
    Town,
)

Row = dict[str, Any]
_POSTGRESQL: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
_ranks = count()


class StaleRowError(Exception):
    """A row is not as the statement expects it: it has been changed already. Nothing of the transaction may stay."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A write for any number of rows, in both dialects. Lower ranks run first.

    ``exact``: each row must change exactly one of the table. ``at_once``: on PostgreSQL the rows are one parameter, a
    JSON list, instead of a statement each: that halves what a delivery costs there.
    """

    name: str
    by_dialect: dict[str, Executable]
    exact: bool = False
    at_once: bool = False
    rank: int = field(default_factory=lambda: next(_ranks))


@dataclass(frozen=True, slots=True)
class Write:
    """Rows for one statement."""

    statement: Statement
    rows: Sequence[Row]


async def execute(connection: AsyncConnection, writes: Iterable[Write]) -> None:
    """Run writes in the order of their ranks, each statement once with all its rows.

    Raises:
        StaleRowError: rows of an exact statement are not as it expects them.
    """
    rows: dict[Statement, list[Row]] = {}
    for write in writes:
        if write.rows:
            rows.setdefault(write.statement, []).extend(write.rows)
    for statement in sorted(rows, key=lambda statement: statement.rank):
        result = await run(connection, statement, rows[statement])
        if statement.exact and result.rowcount != len(rows[statement]):
            raise StaleRowError(statement.name)


async def run(connection: AsyncConnection, statement: Statement, rows: Sequence[Row]) -> CursorResult[Any]:
    """Run one statement with all its rows, whatever it returns."""
    dialect = connection.dialect.name
    given: Any = rows
    if statement.at_once and dialect == "postgresql":
        given = {"rows": json.dumps(rows, default=str)}
    return await connection.execute(statement.by_dialect[dialect], given)


Among = Callable[[InstrumentedAttribute[Any], str], ColumnElement[bool]]
"""``column`` is one of the list that is the parameter ``name``."""


def with_lists(build: Callable[[Among], Executable]) -> dict[str, Executable]:
    """A statement in both dialects, which ``build`` makes of the way in which each compares with a list.

    On PostgreSQL a list is one parameter: the statement stays the same, and is prepared once, whatever is in it.
    """
    return {
        "postgresql": build(lambda column, name: column == any_(bindparam(name, type_=ARRAY(column.type)))),
        "sqlite": build(lambda column, name: column.in_(bindparam(name, expanding=True))),
    }


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 (a mapped class of ours always has one)
    return table


def _same(name: str, statement: Executable, *, exact: bool = False) -> Statement:
    return Statement(name, {"sqlite": statement, "postgresql": statement}, exact)


def _upsert(model: type[Base], keys: Sequence[str], *, updates: Sequence[str]) -> Statement:
    """Insert a row, or change ``updates`` of the one that has the same ``keys``."""
    table = _table(model)

    def build(statement: sqlite.Insert | postgresql.Insert) -> Executable:
        if not updates:
            return statement.on_conflict_do_nothing(index_elements=list(keys))
        changes = {name: statement.excluded[name] for name in updates}
        return statement.on_conflict_do_update(index_elements=list(keys), set_=changes)

    return Statement(
        f"put {table.name}",
        {"sqlite": build(sqlite.insert(table)), "postgresql": build(postgresql.insert(table))},
    )


def _update(model: type[Base], name: str, keys: Sequence[str], columns: Sequence[str]) -> Statement:
    """Change ``columns`` of the row that has ``keys``; the parameters of the keys are called ``key_…``."""
    table = _table(model)
    where = [table.c[key] == bindparam(f"key_{key}", type_=table.c[key].type) for key in keys]
    values = {column: bindparam(column, type_=table.c[column].type) for column in columns}
    return _same(name, update(table).where(*where).values(values))


def _at_once(model: type[Base], names: Mapping[str, str]) -> str:
    """For PostgreSQL: a FROM that has the rows of a JSON list as ``given``, in their order. ``names``: of a row's
    values, each with the column whose type it has."""
    table = _table(model)
    kinds = (f"{name} {table.c[column].type.compile(dialect=_POSTGRESQL)}" for name, column in names.items())
    rows = f"json_to_recordset(CAST(:rows AS JSON)) AS ({', '.join(kinds)})"
    return f"ROWS FROM ({rows}) WITH ORDINALITY AS given({', '.join(names)}, place)"


def _insert_at_once(
    model: type[Base], columns: Sequence[str], *, keys: Sequence[str] = (), returning: Sequence[str] = ()
) -> Statement:
    """Insert rows, in their order. ``keys``: leave out rows that have the same as another. ``returning``: columns of
    the rows that were written."""
    table = _table(model)
    names = ", ".join(columns)
    source = _at_once(model, {column: column for column in columns})
    written = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source} ORDER BY place"  # noqa: S608 (our names)
    insertion = sqlite.insert(table)
    if keys:
        written += f" ON CONFLICT ({', '.join(keys)}) DO NOTHING"
        insertion = insertion.on_conflict_do_nothing(index_elements=list(keys))
    if returning:
        written += f" RETURNING {', '.join(returning)}"
    answering = insertion.returning(*(table.c[name] for name in returning)) if returning else insertion
    return Statement(f"insert {table.name}", {"sqlite": answering, "postgresql": text(written)}, at_once=True)


def _update_at_once(model: type[Base], name: str, key: str, columns: Sequence[str]) -> Statement:
    """Change ``columns`` of the row that has ``key``; the parameter of the key is called ``key_…``."""
    table = _table(model)
    source = _at_once(model, {f"key_{key}": key, **{column: column for column in columns}})
    changes = ", ".join(f"{column} = given.{column}" for column in columns)
    # PostgreSQL expects a hundred rows of any JSON list, and would read a table that is small when it makes its plan
    # from end to end, and keep that plan while the table grows. A range, it thinks, leaves hardly any.
    few = f"given.key_{key} BETWEEN 0 AND {2**63 - 1}"
    return Statement(
        name,
        {
            "sqlite": _update(model, name, [key], columns).by_dialect["sqlite"],
            "postgresql": text(
                f"UPDATE {table.name} SET {changes}"  # noqa: S608 (our names)
                f" FROM {source} WHERE {few} AND {table.name}.{key} = given.key_{key}"
            ),
        },
        at_once=True,
    )


def _delete(model: type[Base], keys: Sequence[str], *, exact: bool = False) -> Statement:
    table = _table(model)
    where = [table.c[key] == bindparam(f"key_{key}", type_=table.c[key].type) for key in keys]
    return _same(f"delete {table.name}", delete(table).where(*where), exact=exact)


PUT_RESIDENT = _upsert(
    Resident,
    ["id"],
    updates=[
        "language",
        "language_chosen",
        "consented_on",
        "adult",
        "area_id",
        "elsewhere",
        "wanted_survey_id",
        "wanted_event_id",
        "current_survey_id",
        "naming_id",
        "paused",
    ],
)
PUT_CONTACT = _upsert(Contact, ["id"], updates=["resident_id", "prompt", "commands_language", "blocked_on"])
PUT_INTERVIEW = _upsert(Interview, ["id"], updates=["stage", "cursor", "revision", "to_summary", "page", "seen"])
DELETE_INTERVIEWS = _delete(Interview, ["resident_id"])
PUT_RESPONSE = _upsert(Response, ["id"], updates=["complete", "area_id", "language", "completed_on"])
DELETE_RESPONSE = _delete(Response, ["id"], exact=True)
"""Exact: what has been closed since it was found is not erased, and nobody is told so."""
DELETE_ANSWER = _delete(Answer, ["response_id", "ref"])
PUT_ANSWER = _upsert(Answer, ["response_id", "ref"], updates=["value", "language", "questionnaire_id", "shown"])
DELETE_ANSWER_FILE = _delete(AnswerFile, ["response_id", "name"])
MOVE_ANSWER_FILE = _update(AnswerFile, "move answer file", ["response_id", "name"], ["ref"])
INSERT_ANSWER_FILE = _same("insert answer file", insert(_table(AnswerFile)))
PUT_PARTICIPATION = _upsert(Participation, ["survey_id", "resident_id"], updates=[])
DELETE_PARTICIPATIONS = _delete(Participation, ["resident_id"])
DELETE_RESIDENT = _delete(Resident, ["id"])
DROP_DELIVERIES = _delete(Delivery, ["contact_id", "state"])
"""What is not sent yet: of the states ``waiting`` and ``held``."""
_delivery = _table(Delivery)
DROP_BROADCASTS = _same(
    "drop broadcasts",
    delete(_delivery).where(
        _delivery.c.contact_id == bindparam("key_contact_id"),
        _delivery.c.sending_id.is_not(None),
        _delivery.c.method.like("send%"),
        _delivery.c.state.in_([DeliveryState.WAITING, DeliveryState.HELD]),
    ),
)
"""What a contact has not got yet of broadcasts; corrections of what it has got stay."""
INSERT_DELIVERY = _insert_at_once(
    Delivery,
    [
        "town_id",
        "bot_id",
        "contact_id",
        "method",
        "payload",
        "priority",
        "prompt",
        "message_id",
        "state",
        "attempts",
        "due_at",
        "sending_id",
        "language",
        "occurrence_id",
        "told_sequence",
    ],
)
FINISH_DELIVERY = _update_at_once(
    Delivery,
    "finish delivery",
    "seq",
    ["state", "message_id", "payload", "attempts", "due_at", "finished_at", "reason"],
)
BLOCK_CONTACT = _update(Contact, "block contact", ["id"], ["blocked_on"])
USE_STAFF_LINK = _delete(StaffLink, ["digest"], exact=True)
"""Exact: a code links one chat and no second one."""
_staff = _table(Staff)
UNLINK_CHAT = _same(
    "unlink chat",
    update(_staff)
    .where(_staff.c.contact_id == bindparam("key_contact_id", type_=_staff.c.contact_id.type))
    .values(contact_id=None, translating=None, translating_into=None),
)
LINK_CHAT = _update(Staff, "link chat", ["id"], ["contact_id", "translating", "translating_into"])
AWAIT_TRANSLATION = _update(Staff, "await translation", ["id"], ["translating", "translating_into"])
_text = _table(BroadcastText)
PUT_TRANSLATION = _same(
    "put translation",
    update(_text)
    .where(
        _text.c.broadcast_id == bindparam("key_broadcast_id", type_=_text.c.broadcast_id.type),
        _text.c.language == bindparam("key_language", type_=_text.c.language.type),
        _text.c.text == bindparam("key_text", type_=_text.c.text.type),
        _text.c.released == bindparam("key_released", type_=_text.c.released.type),
    )
    .values({name: bindparam(name, type_=_text.c[name].type) for name in ("text", "released", "released_by")}),
    exact=True,
)
"""Exact: it takes the place of the text that was seen, and of no other."""
_broadcast = _table(Broadcast)
RAISE_REVISION = _same(
    "raise revision of broadcast",
    update(_broadcast)
    .where(_broadcast.c.id == bindparam("key_id", type_=_broadcast.c.id.type))
    .values(revision=_broadcast.c.revision + 1),
)
_town = _table(Town)
TOUCH_TOWN = _same(
    "touch town",
    update(_town).where(_town.c.id == bindparam("key_id", type_=_town.c.id.type)).values(revision=_town.c.revision + 1),
)
"""An event is shown with its texts: who keeps a copy of them sees that it is old."""
INSERT_ENTRY = _same("insert audit entry", insert(_table(AuditEntry)))
_inbox = _table(InboxUpdate)
TAKE_IN = _insert_at_once(
    InboxUpdate,
    ["town_id", "bot_id", "update_id", "payload", "state", "received_at", "lane"],
    keys=["bot_id", "update_id"],
    returning=["seq", "update_id"],
)
"""Both databases number the rows of one insert in their order."""
FINISH_UPDATE = _same(
    "finish update",
    update(_inbox)
    .where(_inbox.c.seq == bindparam("key_seq"), _inbox.c.state == InboxState.NEW)
    .values({name: bindparam(name, type_=_inbox.c[name].type) for name in ("state", "payload", "reason")}),
    exact=True,
)
"""Only a new update can be finished: so whatever goes wrong around a commit, none takes effect twice."""
