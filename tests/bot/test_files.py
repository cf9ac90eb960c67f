"""Files as answers: they are fetched, cleaned and kept, and go with the answer; what cannot be one is said kindly."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from pikepdf import Pdf
from PIL import Image
from sqlalchemy import select, update

from bot.fetching import FIRST_PAUSE, MOST_ATTEMPTS
from bot.simulator.samples import sample
from dialogues.sent_files import is_name
from storage.models import AnswerFile, FileState, Response
from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.sent import FILES, ONE, TWO, files, pause, settled
from tests.bot.town import Town, table
from tests.pdfs import made, told

pytestmark = pytest.mark.asyncio(loop_scope="session")


def photo_with_place() -> bytes:
    """A picture that says where and with what it was taken."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (640, 480), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


def by_amina(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = "Amina"


async def test_each_kind_is_fetched_cleaned_and_kept_under_a_name_that_says_nothing(town: Town) -> None:
    resident, survey = await town.interview(table(FILES))
    await resident.send(photo=base64.b64encode(photo_with_place()).decode(), caption="This is no answer")
    await resident.send(audio=True, file_name="Amina at home.mp3")
    await resident.send(video=True)
    written = base64.b64encode(made(by_amina)).decode()
    await resident.send(document=written, file_name="../../Amina.pdf", media_type="application/pdf")
    film, paper, picture, sound = await settled(town, survey)
    answers = await resident.answers(survey)
    kept = {"film": film, "paper": paper, "picture": picture, "sound": sound}
    assert {name: row.name for name, row in kept.items()} == answers
    assert all(is_name(row.name) for row in kept.values())
    assert {row.state for row in kept.values()} == {FileState.FETCHED}
    assert {name: row.media_type for name, row in kept.items()} == {
        "picture": "image/jpeg",
        "sound": "audio/mpeg",
        "film": "video/mp4",
        "paper": "application/pdf",
    }
    for row in kept.values():
        assert (row.file_id, row.next_at, row.attempts, row.size) == (None, None, 0, len(row.content))
    assert Image.open(BytesIO(picture.content)).size == (640, 480)
    assert b"Maker of cameras" not in picture.content
    assert sound.content == sample("audio.mp3")
    assert b"Amina" not in told(paper.content)
    assert b"What is seen" in told(paper.content)
    assert len(film.content) == len(sample("video.mp4"))


async def test_a_file_goes_with_its_answer(town: Town) -> None:
    resident, survey = await town.interview(table(ONE))
    await resident.send_photo()
    [first] = await settled(town, survey)
    await resident.tap("Back")
    await resident.send_photo()
    [second] = await settled(town, survey)
    assert first.name != second.name
    assert await resident.answers(survey) == {"picture": second.name}
    await resident.tap("Back")
    await resident.tap("Delete this answer")
    assert await files(town, survey) == []


async def test_whoever_deletes_everything_deletes_files(town: Town) -> None:
    resident, survey = await town.interview(table(ONE))
    await resident.send_photo()
    assert len(await settled(town, survey)) == 1
    await resident.write("/delete")
    await resident.tap("Delete everything")
    assert await files(town, survey) == []


RELEVANT = """
| survey |                    |         |                    |                     |
|        | type               | name    | label              | relevant            |
|        | select_one yes_no  | want    | Have you a photo?  |                     |
|        | image              | picture | What does it show? | ${want} = 'yes'     |
| choices |           |      |       |
|         | list_name | name | label |
|         | yes_no    | yes  | Have  |
|         | yes_no    | no   | None  |
"""


@ON_ONE_DATABASE
async def test_a_file_that_is_irrelevant_in_the_end_is_not_kept(town: Town) -> None:
    resident, survey = await town.interview(table(RELEVANT))
    await resident.tap("Have")
    await resident.send_photo()
    await settled(town, survey)
    await resident.tap("1")
    await resident.tap("None")
    assert len(await files(town, survey)) == 1, "until the answers are sent, it may come back with its question"
    await resident.tap("Send my answers")
    assert await files(town, survey) == []


@ON_ONE_DATABASE
async def test_what_is_too_large_is_said_before_it_becomes_an_answer(town: Town) -> None:
    resident, survey = await town.interview(table(ONE))
    await resident.send_other(photo=[picture_of(21 * 1024 * 1024)])
    assert "This file is too large for us." in resident.last().text
    assert "What does it show?" in resident.last().text
    assert await resident.answers(survey) == {}
    assert await files(town, survey) == []
    await resident.send_photo()
    assert (await resident.answers(survey))["picture"]


@ON_ONE_DATABASE
async def test_what_we_do_not_keep_is_said_before_it_becomes_an_answer(town: Town) -> None:
    resident, survey = await town.interview(table(FILES))
    for _ in range(3):
        await resident.tap("Skip")
    await resident.send(document="UEsDBA==", file_name="a.pdf", media_type="application/zip")
    assert "We cannot open files of this kind." in resident.last().text
    assert await resident.answers(survey) == {}
    assert await files(town, survey) == []


@ON_ONE_DATABASE
async def test_where_no_file_is_asked_for_nothing_is_said_of_its_size(town: Town) -> None:
    resident, _ = await town.interview(table(ONE))
    await resident.tap("Skip")
    await resident.send_other(photo=[picture_of(21 * 1024 * 1024)])
    assert resident.last().text.startswith("We cannot read this here. Please write your answer.")


async def test_what_is_not_what_it_claims_to_be_is_not_kept(town: Town) -> None:
    resident, survey = await town.interview(table(FILES))
    for _ in range(3):
        await resident.tap("Skip")
    page = base64.b64encode(b"<html><script>alert(1)</script>").decode()
    await resident.send(document=page, file_name="a.pdf", media_type="application/pdf")
    [row] = await settled(town, survey)
    assert (row.state, row.content, row.file_id, row.size) == (FileState.FAILED, None, None, None)


async def test_what_telegram_does_not_have_is_given_up(town: Town) -> None:
    resident, survey = await town.interview(table(ONE))
    await resident.send_other(photo=[picture_of(1000)])
    [row] = await settled(town, survey)
    assert (row.state, row.file_id) == (FileState.FAILED, None)


async def test_while_telegram_does_not_answer_it_waits(town: Town) -> None:
    fault = {"kind": "status", "status": 502, "methods": ["getFile"], "count": 1, "bot": town.bot.username}
    assert (await town.control.post("/sim/faults", json=fault)).status_code == 201
    resident, survey = await town.interview(table(ONE))
    await resident.send_photo()
    await town.until(lambda: bool(town.calls("getFile")))
    rows = await files(town, survey)
    while rows[0].attempts and rows[0].next_at and (rows[0].next_at - datetime.now(UTC)).total_seconds() > 60:
        rows = await files(town, survey)  # the claim holds until the failure is recorded
    assert (rows[0].state, rows[0].attempts) == (FileState.WAITING, 1)
    async with town.database.write() as connection:
        await connection.execute(update(AnswerFile).values(next_at=datetime.now(UTC)))
    [row] = await settled(town, survey)
    assert row.state == FileState.FETCHED


@ON_ONE_DATABASE
async def test_who_is_asked_to_wait_waits_and_that_is_no_attempt(town: Town) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": 1, "methods": ["getFile"], "count": 1}
    await town.control.post("/sim/faults", json={**fault, "bot": town.bot.username})
    resident, survey = await town.interview(table(ONE))
    await resident.send_photo()
    [row] = await settled(town, survey)
    assert row.state == FileState.FETCHED
    asked = [call["time"] for call in town.calls("getFile")]
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 1


@ON_ONE_DATABASE
async def test_after_so_many_attempts_a_file_is_given_up(town: Town) -> None:
    fault = {"kind": "status", "status": 502, "methods": ["getFile"], "bot": town.bot.username}
    await town.control.post("/sim/faults", json=fault)
    resident, survey = await town.interview(table(ONE))
    await resident.send_photo()
    await town.until(lambda: bool(town.calls("getFile")))
    while (await files(town, survey))[0].next_at > datetime.now(UTC) + FIRST_PAUSE * 2:
        await pause()  # until the failure is recorded
    async with town.database.write() as connection:
        values = {"attempts": MOST_ATTEMPTS - 1, "next_at": datetime.now(UTC)}
        await connection.execute(update(AnswerFile).where(AnswerFile.town_id == town.id).values(values))
    [row] = await settled(town, survey)
    await town.control.delete("/sim/faults")
    assert (row.state, row.file_id) == (FileState.FAILED, None)
    assert (await resident.answers(survey))["picture"] == row.name, "the answer stays"


async def test_a_file_waits_for_a_process_that_fetches_it(town: Town) -> None:
    """Killed between the answer and the fetching, and once more in the middle of it."""
    hang = {"kind": "hang", "methods": ["getFile"], "bot": town.bot.username}
    await town.control.post("/sim/faults", json=hang)
    resident, survey = await town.interview(table(ONE))
    await resident.send_photo()
    await town.until(lambda: bool(town.calls("getFile")))
    [row] = await files(town, survey)
    assert (row.state, row.attempts) == (FileState.WAITING, 1)
    await town.control.delete("/sim/faults")
    await town.restart()
    [row] = await settled(town, survey)
    assert (row.state, row.name) == (FileState.FETCHED, (await resident.answers(survey))["picture"])


async def test_closing_renames_what_is_here_and_drops_what_still_waits(town: Town) -> None:
    paper = table(ONE)
    survey = await town.open_survey(paper, "Nordstadt")
    people = [await town.resident() for _ in range(3)]
    for number, person in enumerate(people):
        await person.arrive(survey.code)
        if number == 2:
            hang = {"kind": "status", "status": 502, "methods": ["getFile"], "bot": town.bot.username}
            await town.control.post("/sim/faults", json=hang)
        await person.send_photo()
        if number != 1:
            await person.write("Done")
            await person.tap("Send my answers")
        if number < 2:
            await settled(town, survey)
    before = {row.name: row for row in await files(town, survey)}
    assert len(before) == 3
    await town.control.delete("/sim/faults")
    await town.close_survey(survey)
    after = await files(town, survey)
    complete = await town.rows(select(Response.id).where(Response.survey_id == survey.id, Response.complete))
    assert {row.response_id for row in after} == {row.id for row in complete}, "what was not sent is erased"
    assert {row.state for row in after} == {FileState.FETCHED, FileState.FAILED}
    for row in after:
        assert row.id != before[row.name].id
        assert (row.file_id, row.next_at, row.attempts) == (None, None, 0)
        assert row.content == (before[row.name].content if row.state == FileState.FETCHED else None)


async def test_a_survey_that_is_not_anonymous_gets_what_still_waits(town: Town) -> None:
    hang = {"kind": "status", "status": 502, "methods": ["getFile"], "count": 1, "bot": town.bot.username}
    await town.control.post("/sim/faults", json=hang)
    resident, survey = await town.interview(table(ONE), anonymous=False)
    await resident.send_photo()
    await resident.write("Done")
    await resident.tap("Send my answers")
    await town.close_survey(survey)
    async with town.database.write() as connection:
        await connection.execute(update(AnswerFile).values(next_at=datetime.now(UTC)))
    [row] = await settled(town, survey)
    assert row.state == FileState.FETCHED


# --- albums -----------------------------------------------------------------------------------------------------------

KEPT = "We kept the first photo or file."


@ON_ONE_DATABASE
async def test_an_album_answers_one_question_and_none_that_nobody_has_seen(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    number = len(resident.heard())
    await resident.send(album=[True, True, True])
    assert set(await resident.answers(survey)) == {"before"}
    assert len(resident.heard()) == number + 1
    assert len(await settled(town, survey)) == 1
    assert (KEPT in resident.last().text, "How is it now?" in resident.last().text) == (True, True)


@ON_ONE_DATABASE
async def test_of_what_an_album_has_too_many_of_is_spoken_once(town: Town) -> None:
    resident, survey = await town.interview(table(ONE))
    number = len(resident.heard())
    await resident.send(album=[True, True, True])
    assert set(await resident.answers(survey)) == {"picture"}
    assert len(resident.heard()) == number + 1
    assert len(await files(town, survey)) == 1
    assert sum(KEPT in message.text for message in resident.heard()) == 1
    last = resident.last()
    assert (KEPT in last.text, "What do you say?" in last.text, last.id) == (
        True,
        True,
        (await resident.asked_now()).id,
    )
    await resident.send(album=[True, True])
    assert KEPT not in resident.last().text, "nothing was kept of an album that is no answer"


THREE = """
| survey |       |        |                  |
|        | type  | name   | label            |
|        | image | before | How was it?      |
|        | image | after  | How is it now?   |
|        | image | later  | How should it be? |
|        | text  | words  | What do you say? |
"""


MANY = """
| survey |              |         |               |
|        | type         | name    | label         |
|        | begin_repeat | spot    | Spot          |
|        | image        | picture | Show it.      |
|        | end_repeat   |         |               |
|        | text         | words   | Anything else?|
"""


@ON_ONE_DATABASE
async def test_an_album_fills_as_many_instances_of_a_repeat(town: Town) -> None:
    resident, survey = await town.interview(table(MANY))
    if "Show it." not in resident.last().text:  # it is asked first whether there is one
        await resident.press(resident.last(), next(iter(resident.last().buttons)))
    before = len(resident.heard())
    await resident.send(album=[True] * 4)
    rows = await settled(town, survey)
    assert [row.ref for row in rows] == [f"/data/spot[{place}]/picture" for place in range(1, 5)]
    assert len(resident.heard()) <= before + 2
    assert resident.last().id == (await resident.asked_now()).id


FULL = "There is no room for another file."


async def unanswered(town: Town) -> None:
    """Telegram gives no file from now on, so those that come wait."""
    fault = {"kind": "status", "status": 502, "methods": ["getFile"], "bot": town.bot.username}
    await town.control.post("/sim/faults", json=fault)


async def test_there_is_room_for_so_many_files_and_one_that_goes_makes_room(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialogues.sent_files.MOST_FILES", 2)
    resident, survey = await town.interview(table(THREE))
    await unanswered(town)
    await resident.send_photo()
    await resident.send_photo()
    await resident.send_photo()
    assert FULL in resident.last().text
    kept = await resident.answers(survey)
    assert set(kept) == {"before", "after"}
    assert {row.name for row in await files(town, survey)} == set(kept.values()), "those that wait count"
    await resident.tap("Back")
    await resident.send_photo()
    assert (await resident.answers(survey))["after"] != kept["after"], "another one in its place takes no more room"
    await resident.tap("Back")
    await resident.tap("Delete this answer")
    await resident.send_photo()
    assert set(await resident.answers(survey)) == {"before", "later"}
    await town.control.delete("/sim/faults")


async def test_there_is_room_for_so_many_bytes(town: Town) -> None:
    resident, survey = await town.interview(table(MANY))
    await unanswered(town)
    if "Show it." not in resident.last().text:
        await resident.press(resident.last(), next(iter(resident.last().buttons)))
    for _ in range(5):
        await resident.send_other(photo=[picture_of(20 * 1024 * 1024)])
    assert len(await files(town, survey)) == 5
    await resident.send_other(photo=[picture_of(1)])
    assert FULL in resident.last().text
    assert len(await files(town, survey)) == 5
    async with town.database.write() as connection:
        gone = {"state": FileState.FAILED, "size": None, "file_id": None, "next_at": None}
        await connection.execute(update(AnswerFile).where(AnswerFile.ref.like("%[5]%")).values(gone))
    await resident.send_other(photo=[picture_of(20 * 1024 * 1024)])
    assert len(await files(town, survey)) == 6, "what could not be fetched takes no room"
    await town.control.delete("/sim/faults")


@ON_ONE_DATABASE
async def test_of_an_album_without_room_is_spoken_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialogues.sent_files.MOST_FILES", 2)
    resident, survey = await town.interview(table(MANY))
    if "Show it." not in resident.last().text:
        await resident.press(resident.last(), next(iter(resident.last().buttons)))
    await resident.send(album=[True] * 5)
    assert len(await files(town, survey)) == 2
    assert sum(FULL in message.text for message in resident.heard()) == 1
    asked_before = resident.last()
    await resident.send(album=[True] * 3)
    assert sum(FULL in message.text for message in resident.heard()) == 1, "the one before has moved down"
    assert (FULL in resident.last().text, resident.last() == asked_before) == (True, False)


@ON_ONE_DATABASE
async def test_a_voice_is_an_answer_where_a_sound_is_asked_for(town: Town) -> None:
    resident, survey = await town.interview(table(FILES))
    await resident.tap("Skip")
    await resident.send_voice()
    [row] = await settled(town, survey)
    assert (row.media_type, row.state, len(row.content)) == ("audio/ogg", FileState.FETCHED, len(sample("voice.oga")))


def picture_of(size: int) -> dict[str, Any]:
    """As Telegram announces a picture of so many bytes, which it does not have."""
    return {"file_id": "AgACgone", "file_unique_id": "u", "width": 9, "height": 9, "file_size": size}
