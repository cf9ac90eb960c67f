"""The schema comes from its migrations alone, and a new version keeps what an older one held."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, text

from admin.handing_over.servers import Servers
from dialogues.notice import CONSENT
from storage.database import Database
from storage.models import Base, Delivery, HandOver, InboxUpdate, Interview, Survey, Town
from storage.schema import is_current, upgrade

HELD = (
    "INSERT INTO town (id, name, default_language, timezone, revision) VALUES"
    " (1, 'Auenstadt', 'de', 'Europe/Berlin', 0)",
    "INSERT INTO contact (id, bot_id, chat_id, prompt, town_id) VALUES (5, 42, 1005, 0, 1), (6, 43, 1006, 0, 1)",
    "INSERT INTO delivery (seq, contact_id, method, payload, priority, state, attempts, due_at, town_id) VALUES"
    " (1, 6, 'sendMessage', '{}', 0, 'waiting', 0, '2026-11-25 12:00:00', 1),"
    " (2, 5, 'sendMessage', '{}', 0, 'sent', 1, '2026-11-25 12:00:00', 1)",
    "INSERT INTO inbox (seq, bot_id, update_id, payload, state, received_at, town_id) VALUES"
    " (1, 42, 7, '{}', 'new', '2026-11-25 12:00:00', 1)",
    "INSERT INTO questionnaire (id, name, digest, file_type, workbook, xform, titles, town_id) VALUES"
    " (1, 'q', 'd', 'md', '', '', '{}', 1)",
    "INSERT INTO survey (id, questionnaire_id, state, anonymous, legal_basis, town_id) VALUES"
    " (1, 1, 'open', TRUE, 'Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)', 1), (2, 1, 'open', TRUE, 'Satzung', 1)",
    "INSERT INTO resident (id, language, language_chosen, elsewhere, paused, arrived_on, town_id) VALUES"
    " (9, 'ar', TRUE, FALSE, FALSE, '2026-11-25', 1)",
    "INSERT INTO interview (id, resident_id, survey_id, stage, revision, to_summary, page, town_id) VALUES"
    " (3, 9, 1, 'asking', 4, FALSE, 0, 1)",
)
BEGUN = (
    "INSERT INTO town (id, name, default_language, timezone, revision, quiet_from, quiet_to, weekly_share) VALUES"
    " (1, 'Auenstadt', 'de', 'Europe/Berlin', 0, '20:00', '08:00', 2)",
    "INSERT INTO questionnaire (id, name, digest, file_type, workbook, xform, titles, town_id) VALUES"
    " (1, 'q', 'd', 'md', '', '', '{}', 1)",
    "INSERT INTO survey (id, questionnaire_id, titles, state, anonymous, legal_basis, interim, smallest_group, town_id)"
    " VALUES (1, 1, '{}', 'closed', TRUE, '', FALSE, 5, 1)",
    "INSERT INTO hand_over (id, survey_id, purpose, server, place, forms, state, created_at, troubles, refusals,"
    " town_id) VALUES"
    " (1, 1, 'p', 's',"
    " 'https://central.example.org/v1/key/…/projects/3', '[]', 'done', '2026-11-25 12:00:00', 0, 0, 1)",
)


async def test_the_second_version_keeps_what_the_first_one_held(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    await upgrade(database, "0001")
    assert not await is_current(database)
    async with database.write() as connection:
        for statement in HELD:
            await connection.execute(text(statement))
    await upgrade(database)
    assert await is_current(database)
    async with database.read() as connection:
        deliveries = select(Delivery.seq, Delivery.bot_id, Delivery.state).order_by(Delivery.seq)
        assert list(await connection.execute(deliveries)) == [(1, 43, "waiting"), (2, 42, "sent")]
        bases = await connection.scalars(select(Survey.legal_basis).order_by(Survey.id))
        assert list(bases) == [CONSENT, "Satzung"]
        assert list(await connection.execute(select(Town.name, Town.contact))) == [("Auenstadt", None)]
        assert list(await connection.scalars(select(InboxUpdate.update_id))) == [7]
        assert list(await connection.execute(select(Interview.revision, Interview.seen))) == [(4, [])]
    await database.close()


async def test_the_migrations_make_just_the_tables_of_the_models(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_place_that_was_handed_over_to_before_is_known_again(empty_database_url: str) -> None:
    """Otherwise everything would arrive there once more under other ids."""
    database = Database(empty_database_url)
    await upgrade(database, "0008")
    async with database.write() as connection:
        for statement in BEGUN:
            await connection.execute(text(statement))
    await upgrade(database)
    central = Servers.named("central.example.org").place(f"https://central.example.org/v1/key/{'k' * 64}/projects/3")
    async with database.read() as connection:
        (found,) = await connection.execute(select(HandOver.place, HandOver.place_digest, HandOver.with_files))
    assert tuple(found) == (central.bare, central.digest, True)
    await database.close()
