"""The files of a questionnaire: which version they make, that they come back as they were, and that they go with it."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from storage.database import Database
from storage.models import Attachment, AttachmentKind, QuestionnaireFile
from storage.queries.questionnaires import (
    FileFacts,
    files_of_surveys,
    find_questionnaire,
    find_version,
    list_files,
    list_questionnaires,
    load_every_file,
    load_files,
    media_of,
)
from storage.services.questionnaire_files import KeptFile, digest_of
from storage.services.surveys import draft_survey, import_questionnaire, remove_questionnaire
from tests.storage.conftest import Place

STREETS = KeptFile("streets.csv", AttachmentKind.DATA, "name,label\nlinden,Lindenstraße\n".encode())
TREE = KeptFile("tree.jpg", AttachmentKind.PHOTO, b"\xff\xd8\xff tree")
SONG = KeptFile("song.mp3", AttachmentKind.AUDIO, b"ID3 song")
WORKBOOK = b"a workbook"


async def imported(place: Place, *files: KeptFile, workbook: bytes = WORKBOOK) -> int:
    async with place.database.write() as connection:
        return await import_questionnaire(
            connection,
            town_id=place.town_id,
            name="streets",
            file_type="md",
            workbook=workbook,
            xform="<h/>",
            titles={"": "Streets"},
            files=files,
        )


async def how_many(database: Database, table: type) -> int:
    async with database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def test_files_come_back_as_they_were_and_only_tables_go_into_the_form(place: Place) -> None:
    questionnaire_id = await imported(place, TREE, SONG, STREETS)
    async with place.database.read() as connection:
        assert await load_files(connection, questionnaire_id) == {"streets.csv": STREETS.content}
        media = await media_of(connection, questionnaire_id)
        assert {name: kind for name, (_, kind) in media.items()} == {"tree.jpg": "photo", "song.mp3": "audio"}
        content = select(Attachment.content).where(Attachment.id == media["tree.jpg"][0])
        assert await connection.scalar(content) == TREE.content
        assert await list_files(connection, questionnaire_id) == (
            FileFacts("song.mp3", "audio", len(SONG.content)),
            FileFacts("streets.csv", "data", len(STREETS.content)),
            FileFacts("tree.jpg", "photo", len(TREE.content)),
        )
        assert await load_every_file(connection, questionnaire_id) == {
            each.name: each.content for each in (SONG, STREETS, TREE)
        }
        facts = await find_questionnaire(connection, place.town_id, questionnaire_id)
        assert facts is not None
        assert facts.files == (("streets.csv", STREETS.content),)
        assert [each.files for each in await list_questionnaires(connection, place.town_id)] == [()]


async def test_the_same_workbook_with_other_files_is_another_version(place: Place) -> None:
    first = await imported(place)
    assert await imported(place, STREETS) == (second := await imported(place, STREETS)) != first
    changed = KeptFile("streets.csv", AttachmentKind.DATA, b"name,label\n")
    assert await imported(place, changed) not in {first, second}
    renamed = KeptFile("roads.csv", AttachmentKind.DATA, STREETS.content)
    assert await imported(place, renamed) not in {first, second}
    assert await imported(place, TREE, STREETS) == await imported(place, STREETS, TREE)
    async with place.database.read() as connection:
        assert await find_version(connection, place.town_id, digest_of(WORKBOOK, [STREETS])) == second


def test_without_files_a_version_is_known_by_its_workbook_alone() -> None:
    assert digest_of(WORKBOOK) == hashlib.sha256(WORKBOOK).hexdigest()


async def test_files_of_what_surveys_ask_are_found_by_survey(place: Place) -> None:
    questionnaire_id = await imported(place, STREETS, TREE)
    async with place.database.write() as connection:
        survey_id = await draft_survey(connection, town_id=place.town_id, questionnaire_id=questionnaire_id)
        assert await files_of_surveys(connection, (survey_id, 99)) == {survey_id: {"streets.csv": STREETS.content}}
        assert await files_of_surveys(connection, ()) == {}


async def test_with_a_questionnaire_its_files_go(place: Place) -> None:
    stays, goes = await imported(place, STREETS, workbook=b"another"), await imported(place, STREETS, TREE)
    async with place.database.write() as connection:
        assert await remove_questionnaire(connection, town_id=place.town_id, questionnaire_id=goes)
    assert await how_many(place.database, QuestionnaireFile) == 1
    assert await how_many(place.database, Attachment) == 1
    async with place.database.read() as connection:
        assert await load_files(connection, stays) == {"streets.csv": STREETS.content}
        assert await load_files(connection, goes) == {}
