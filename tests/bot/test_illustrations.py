"""What is shown or played with a question: before it, in its order, uploaded once; and the question always comes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.knowledge import Knowing
from bot.lanes import Waiting
from bot.simulator.samples import sample
from bot.turn import MOST_ILLUSTRATIONS, Named, begin
from dialogues.markup import Markup
from dialogues.prompts import Illustration, IllustrationKind, Prompt, Say
from storage.models import AttachmentKind, Interview
from storage.queries.town import touch
from storage.queries.turns import load_chats
from storage.services.questionnaire_files import KeptFile, keep_files
from storage.statements import FINISH_UPDATE
from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.resident import Resident
from tests.bot.sent import ONE
from tests.bot.town import Opened, Town, table

TEXTS = ONE.replace("image", "text ").replace("picture", "first  ")
pytestmark = pytest.mark.asyncio(loop_scope="session")

AT_HAND = (
    KeptFile("square.jpg", AttachmentKind.PHOTO, sample("photo.jpg")),
    KeptFile("song.mp3", AttachmentKind.AUDIO, sample("audio.mp3")),
    KeptFile("spoken.ogg", AttachmentKind.AUDIO, sample("voice.oga")),
    KeptFile("film.mp4", AttachmentKind.VIDEO, sample("video.mp4")),
    KeptFile("broken.jpg", AttachmentKind.PHOTO, b"no picture"),
)
PICTURE = Illustration(IllustrationKind.IMAGE, "square.jpg", "Trees <b> & ‮grass")
SONG = Illustration(IllustrationKind.AUDIO, "song.mp3")
SPOKEN = Illustration(IllustrationKind.AUDIO, "spoken.ogg")
FILM = Illustration(IllustrationKind.VIDEO, "film.mp4")
BROKEN = Illustration(IllustrationKind.IMAGE, "broken.jpg")
UNKNOWN = Illustration(IllustrationKind.IMAGE, "unknown.jpg")


SHOWN = """
| survey  |                    |       |                 |              |              |
|         | type               | name  | label           | media::image | media::audio |
|         | select_one trees   | best  | Which is best?  | square.jpg   | song.mp3     |
|         | text               | words | Anything else?  |              |              |
| choices |                    |       |                 |              |
|         | list_name          | name  | label           | media::image |
|         | trees              | old   | The old one     | square.jpg   |
|         | trees              | new   | The new one     | unknown.jpg  |
"""


async def test_what_a_questionnaire_shows_with_a_question_comes_with_it(town: Town) -> None:
    survey = await town.open_survey(table(SHOWN), "Nordstadt")
    async with town.database.write() as connection:
        await keep_files(connection, town_id=town.id, questionnaire_id=survey.questionnaire_id, files=AT_HAND)
        await touch(connection, town.id)
    resident = await town.resident()
    await resident.arrive(survey.code)
    shown = [message.json for message in resident.heard()][-4:]
    assert sorted(kinds(shown[:3])) == ["audio", "photo", "photo"]
    assert [each.get("caption") for each in shown if "photo" in each] == [None, "The old one"]
    assert "Which is best?" in resident.last().text
    await resident.tap("The new one")
    assert "Anything else?" in resident.last().text


async def test_going_back_sends_no_picture_that_stands_in_the_chat_until_another_day(town: Town) -> None:
    survey = await town.open_survey(table(SHOWN), "Nordstadt")
    async with town.database.write() as connection:
        await keep_files(connection, town_id=town.id, questionnaire_id=survey.questionnaire_id, files=AT_HAND)
        await touch(connection, town.id)
    resident = await town.resident()
    await resident.arrive(survey.code)
    await resident.tap("The new one")
    before = len(resident.heard())
    await resident.tap("Back")
    await town.restart()
    await resident.tap("The old one")
    await resident.tap("Back")
    assert "Which is best?" in resident.last().text
    assert {"text"} >= set(kinds([each.json for each in resident.heard()[before:]]))
    async with town.database.write() as connection:
        held = Interview.survey_id == survey.id
        [(seen,)] = (await connection.execute(select(Interview.seen).where(held))).all()
        before_today = [[what, revision, "2026-11-01"] for what, revision, _ in seen]
        await connection.execute(update(Interview).where(held).values(seen=before_today))
    await resident.tap("The old one")
    before = len(resident.heard())
    await resident.tap("Back")
    assert sorted(kinds([each.json for each in resident.heard()[before:]])) == ["audio", "photo", "photo", "text"]


async def with_files(town: Town) -> tuple[Resident, Opened]:
    resident, survey = await town.interview(table(TEXTS))
    async with town.database.write() as connection:
        await keep_files(connection, town_id=town.id, questionnaire_id=survey.questionnaire_id, files=AT_HAND)
    return resident, survey


async def ask(town: Town, resident: Resident, survey: Opened, *shown: Illustration) -> list[Any]:
    """Let the bot say a question with these files; returns what has come."""
    before = len(resident.heard())
    async with town.database.read() as connection:
        knowledge = await Knowing(town_id=town.id, texts=town.texts).refresh(connection)
        chats = await load_chats(connection, bot_id=town.bot.id, chat_ids={resident.id}, keys=knowledge.keys)
    now = datetime.now(UTC)
    turn = begin(
        knowledge,
        chats[resident.id],
        Waiting(0, resident.id, {}, now),
        bot_id=town.bot.id,
        chat_id=resident.id,
        links={},
        took_part=frozenset(),
        sign_ups=(),
        named=Named(),
        now=now,
    )
    prompt = Prompt(Markup("Which one?"), "en", revision=9, asks=True, illustrations=shown)
    turn.say([Say(prompt)], interview=turn.interviews[survey.id].id)
    await town.service.writer.write([each for each in turn.writes() if each.statement is not FINISH_UPDATE])
    town.service.deliverer.wake()
    await town.settled()
    return [message.json for message in resident.heard()[before:]]


def kinds(messages: list[Any]) -> list[str]:
    known = ("photo", "audio", "voice", "video", "document", "text")
    return [next(kind for kind in known if kind in message) for message in messages]


async def test_files_come_before_their_question_in_their_order_and_are_uploaded_once(town: Town) -> None:
    resident, survey = await with_files(town)
    shown = (PICTURE, SONG, SPOKEN, FILM)
    first = await ask(town, resident, survey, *shown)
    assert kinds(first) == ["photo", "audio", "voice", "video", "text"]
    assert first[0]["caption"] == "Trees <b> & grass"
    again = await ask(town, resident, survey, *shown)
    assert kinds(again) == kinds(first)
    assert [each["photo"][-1]["file_id"] for each in (first[0], again[0])] == [first[0]["photo"][-1]["file_id"]] * 2
    assert [each["video"]["file_id"] for each in (first[3], again[3])] == [first[3]["video"]["file_id"]] * 2
    another = await town.resident()
    await another.arrive(survey.code)
    await town.restart()  # Telegram's names are remembered beyond the process
    assert (await ask(town, another, survey, FILM))[0]["video"]["file_id"] == first[3]["video"]["file_id"]


@ON_ONE_DATABASE
async def test_what_is_missing_or_refused_is_left_out_and_the_question_comes(town: Town) -> None:
    resident, survey = await with_files(town)
    assert kinds(await ask(town, resident, survey, UNKNOWN, BROKEN, PICTURE)) == ["photo", "text"]


@ON_ONE_DATABASE
async def test_there_is_a_limit_to_what_one_question_shows(town: Town) -> None:
    resident, survey = await with_files(town)
    sent = await ask(town, resident, survey, *([PICTURE] * (MOST_ILLUSTRATIONS + 3)))
    assert kinds(sent) == ["photo"] * MOST_ILLUSTRATIONS + ["text"]
