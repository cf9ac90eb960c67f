"""A message to many: everybody in their own language, nobody who does not want it, once, and it is known what became
of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from bot import broadcasts
from bot.simulator.samples import sample
from dialogues.broadcast import Place
from storage.models import AttachmentKind, Contact, Delivery, DeliveryState, SendingState
from storage.queries.audience import Audience
from storage.queries.outbox import forget_sent
from storage.services.broadcasts import (
    cancel_sending,
    correct_sending,
    go_on,
    leave_uncertain,
    pause_sending,
    resend_uncertain,
    resume_sending,
    stop_everything,
    take_back_sending,
)
from tests.bot.people import QUESTIONNAIRE
from tests.bot.resident import Resident
from tests.bot.sending import GREETING, Office, eventually
from tests.bot.town import Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")
FSI, PDI = "\u2068", "\u2069"


@pytest.fixture(autouse=True)
def the_bot_looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests wait for its next look several times."""
    monkeypatch.setattr(broadcasts, "TICK_SECONDS", 0.1)


@pytest_asyncio.fixture(loop_scope="session")
async def office(town: Town) -> Office:
    office = Office(town)
    await office.has_no_quiet_hours()
    return office


# --- in whose language, and to whom ---------------------------------------------------------------------------------


async def test_everybody_gets_the_language_they_chose_and_not_their_phones(office: Office) -> None:
    resident = await office.neighbour("de")
    await resident.press_anything("s:lang:tr")
    await resident.send(text="/help", language_code="de")
    await office.sent()
    assert resident.last().text == "Cumartesi günü Nordstadt mahallesinde şenlik var."


async def test_in_a_message_to_many_nobody_gets_anothers_language_or_quarter(office: Office) -> None:
    people = [
        await office.neighbour(language, quarter)
        for language in ("ar", "bg", "de", "en", "ro", "tr")
        for quarter in ("Nordstadt", "Hafenviertel")
    ]
    links = {language: f"https://example.org/{language}" for language in GREETING}
    number = await office.sent(links=links)
    for index, resident in enumerate(people):
        quarter = ("Nordstadt", "Hafenviertel")[index % 2]
        last = resident.last()
        assert last.text == GREETING[resident.language].replace("{area}", quarter).replace("*", "")
        assert f"{FSI}{quarter}{PDI}" in last.raw
        [[button]] = last.json["reply_markup"]["inline_keyboard"]
        assert button["url"] == f"https://example.org/{resident.language}"
    assert {language: account.sent for language, account in (await office.accounts(number)).items()} == dict.fromkeys(
        GREETING, 2
    )


async def test_a_text_in_another_language_says_so(office: Office) -> None:
    resident = await office.neighbour("ro")
    await office.sent({"de": "Am Samstag ist ein Fest."}, fallback={"ro": "de"})
    assert (
        resident.last().text == f"{resident.says('We have this message in German only.')}\n\nAm Samstag ist ein Fest."
    )


async def test_whoever_has_no_text_gets_nothing_in_another_language(office: Office) -> None:
    resident = await office.neighbour("ro")
    before = len(resident.heard())
    number = await office.sent({"de": "Am Samstag ist ein Fest."})
    assert len(resident.heard()) == before
    assert (await office.account(number)).total == 0


async def test_areas_languages_and_taking_part_choose_who_gets_it(office: Office) -> None:
    town = office.town
    await town.add_house("Lindenstraße 5", "Nordstadt")
    house = await office.neighbour("en", "Lindenstraße 5")
    north, harbour, turkish = [
        await office.neighbour(*where) for where in (("en", "Nordstadt"), ("en", "Hafenviertel"), ("tr", "Nordstadt"))
    ]
    survey = await town.open_survey(table(QUESTIONNAIRE))
    everybody = [house, north, harbour, turkish]

    async def gets(audience: Audience) -> list[bool]:
        before = [len(resident.heard()) for resident in everybody]
        reach = await office.reach(audience)
        await office.rules(weekly_share=0)
        number = await office.sent(audience=audience)
        got = [len(resident.heard()) > count for resident, count in zip(everybody, before, strict=True)]
        assert reach.total == sum(got) == (await office.account(number)).sent
        return got

    assert await gets(Audience()) == [True] * 4
    assert await gets(Audience(areas=frozenset({town.areas["Nordstadt"]}))) == [True, True, False, True]
    assert await gets(Audience(areas=frozenset({town.areas["Lindenstraße 5"]}))) == [True, False, False, False]
    assert await gets(Audience(languages=frozenset({"tr"}))) == [False, False, False, True]
    assert await gets(Audience(took_part=survey.id)) == [False] * 4
    assert await gets(Audience(not_took_part=survey.id)) == [True] * 4


async def test_who_wants_none_cannot_be_reached_or_had_enough_is_left_out(office: Office) -> None:
    wants, paused, gone = [await office.neighbour() for _ in range(3)]
    await paused.send(text="/stop")
    await gone.block()
    await office.rules(weekly_share=1)
    reach = await office.reach()
    assert (reach.total, reach.paused, reach.blocked, reach.had_enough) == (1, 1, 1, 0)
    await office.sent()
    reach = await office.reach()
    assert (reach.total, reach.paused, reach.blocked, reach.had_enough) == (0, 1, 1, 1)
    heard = len(wants.heard())
    again = await office.sent()
    assert len(wants.heard()) == heard
    assert (await office.account(again)).total == 0


async def test_somebody_under_sixteen_is_not_asked_to_a_survey(office: Office) -> None:
    survey = await office.town.open_survey(table(QUESTIONNAIRE))
    child = await office.town.resident()
    await child.start(await office.town.link(area="Nordstadt"))
    await child.tap("I agree, go on")
    await child.tap("No")
    assert (await office.reach(adults=True)).too_young == 1
    heard = len(child.heard())
    await office.sent(survey_id=survey.id, survey_titles={"": "Our quarter"})
    assert len(child.heard()) == heard


# --- files and places -----------------------------------------------------------------------------------------------


async def test_a_picture_is_uploaded_once_and_reaches_all(office: Office) -> None:
    people = [await office.neighbour() for _ in range(3)]
    picture = await office.attach(AttachmentKind.PHOTO, "party.jpg", sample("photo.jpg"))
    await office.sent(attachment_id=picture, is_photo=True)
    for resident in people:
        last = resident.last().json
        assert last["photo"]
        assert last["caption"].startswith("There is a party")
        assert last["caption_entities"][0]["type"] == "bold"
    uploads = [call for call in office.town.calls("sendPhoto") if isinstance(call["parameters"].get("photo"), dict)]
    names = {str(call["parameters"]["photo"]) for call in office.town.calls("sendPhoto")}
    assert len(office.town.calls("sendPhoto")) == 3
    assert len(uploads) <= 1
    assert len(names) <= 2


async def test_a_picture_that_takes_long_holds_up_no_reply(office: Office) -> None:
    people = [await office.neighbour() for _ in range(4)]
    picture = await office.attach(AttachmentKind.PHOTO, "party.jpg", sample("photo.jpg"))
    await fault(office, kind="delay", methods=["sendPhoto"], count=1, delay=3)
    number = await office.send(attachment_id=picture, is_photo=True)
    await eventually(lambda: _on_the_wire(office, number, 1), lambda: "one uploads")
    before = [len(resident.heard()) for resident in people]
    for resident in people:
        await resident.act("send", text="/help")
    await eventually(
        partial(_hear_more, people, before), lambda: "all but the one who waits for the picture", seconds=2
    )
    await office.ends(number)
    assert (await office.account(number)).sent == 4


async def _hear_more(people: list[Resident], before: list[int]) -> bool:
    return sum(len(resident.heard()) > count for resident, count in zip(people, before, strict=True)) >= len(people) - 1


async def test_a_document_keeps_its_name(office: Office) -> None:
    resident = await office.neighbour()
    paper = await office.attach(AttachmentKind.DOCUMENT, "Programm.pdf", b"%PDF-1.4 a program")
    await office.sent(attachment_id=paper)
    assert resident.last().json["document"]["file_name"] == "Programm.pdf"


async def test_the_place_is_shown_on_the_map_by_a_button(office: Office) -> None:
    resident = await office.neighbour()
    await office.sent(place=Place("Nachbarschaftshaus", "Lindenstraße 5", 51.21, 6.77))
    await resident.tap("Show on the map")
    assert resident.last().json["venue"]["address"] == "Lindenstraße 5"


async def test_a_day_is_written_as_each_language_writes_it(office: Office) -> None:
    german, turkish = await office.neighbour("de"), await office.neighbour("tr")
    await office.sent({"de": "Am {date}.", "tr": "{datum} günü."}, said_on=date(2026, 11, 28))
    assert german.last().text == "Am Samstag, 28. November 2026."
    assert turkish.last().text == "28 Kasım 2026 Cumartesi günü."


# --- what goes wrong ------------------------------------------------------------------------------------------------


async def fault(office: Office, **what: object) -> None:
    answer = await office.town.control.post("/sim/faults", json={"bot": office.town.bot.username, **what})
    assert answer.status_code < 300, answer.text


async def test_who_has_blocked_or_deleted_their_account_stops_nobody(office: Office) -> None:
    people = [await office.neighbour() for _ in range(4)]
    town = office.town
    for resident, what in ((people[0], "deactivate"), (people[1], "block")):
        town.telegram.updates.allow(town.bot.id, ["message"])  # the bot hears nothing of it
        await resident.act(what)
    async with town.database.write() as connection:
        await connection.execute(update(Contact).where(Contact.town_id == town.id).values(blocked_on=None))
    number = await office.sent()
    account = await office.account(number)
    assert (account.sent, account.blocked, account.failed) == (2, 2, 0)
    assert (await office.reach()).blocked == 2
    for resident in people[2:]:
        assert "party" in resident.last().text


async def test_what_may_have_arrived_is_sent_again_only_by_a_persons_decision(office: Office) -> None:
    resident = await office.neighbour()
    await fault(office, kind="reset", methods=["sendMessage"], count=1)
    number = await office.sent()
    assert (await office.account(number)).uncertain == 1
    assert "party" in resident.last().text  # it has arrived, but nobody can know
    heard = len(resident.heard())
    async with office.town.database.write() as connection:
        assert await leave_uncertain(connection, sending_id=number) == 1
    assert (await office.account(number)).left == 1
    assert await office.do(resend_uncertain, number, now=datetime.now(UTC)) == 0
    assert len(resident.heard()) == heard
    await office.rules(weekly_share=0)
    await fault(office, kind="reset", methods=["sendMessage"], count=1, carried_out=False)
    number = await office.sent()
    assert await office.do(resend_uncertain, number, now=datetime.now(UTC)) == 1
    await office.ends(number)
    account = await office.account(number)
    assert (account.sent, account.uncertain) == (1, 0)
    assert len(resident.heard()) == heard + 1


async def test_too_many_requests_lose_nobody(office: Office) -> None:
    people = [await office.neighbour() for _ in range(5)]
    await fault(office, kind="status", status=429, retry_after=1, methods=["sendMessage"], count=1)
    number = await office.sent()
    assert (await office.account(number)).sent == 5
    for resident in people:
        assert sum("party" in message.text for message in resident.heard()) == 1


async def test_a_chat_that_has_moved_is_followed(office: Office) -> None:
    town = office.town
    group = (await town.control.post("/sim/groups", json={"title": "Our house", "basic": True})).json()["id"]
    moved = (await town.control.post(f"/sim/groups/{group}/migrate", json={})).json()["migrate_to_chat_id"]
    await town.settled()
    resident = await office.neighbour()
    async with town.database.write() as connection:
        contact_id = await connection.scalar(select(Contact.id).where(Contact.chat_id == resident.id))
        await connection.execute(update(Contact).where(Contact.id == contact_id).values(chat_id=group))
    number = await office.sent()
    assert (await office.account(number)).sent == 1
    chat_id = (await town.row(select(Contact.chat_id).where(Contact.id == contact_id))).chat_id
    assert chat_id == moved


# --- when -----------------------------------------------------------------------------------------------------------


async def test_quiet_hours_move_a_message_and_drop_none(office: Office) -> None:
    resident = await office.neighbour()
    now = datetime.now(UTC)
    start, end = (
        (now + timedelta(hours=hours)).astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") for hours in (-1, 2)
    )
    await office.rules(quiet_from=start, quiet_to=end)
    number = await office.send()
    await office.town.service.feeder.tick(now)
    assert (await office.sending(number)).state == SendingState.PLANNED
    assert "party" not in resident.last().text
    await office.has_no_quiet_hours()
    await office.ends(number)
    assert "party" in resident.last().text


async def test_a_message_waits_for_its_time_over_a_restart_and_goes_once(office: Office) -> None:
    resident = await office.neighbour()
    number = await office.send(wall="2099-01-01T10:00")
    await office.town.restart()
    await office.town.service.feeder.tick(datetime.now(UTC))
    assert (await office.sending(number)).state == SendingState.PLANNED
    tomorrow = datetime(2099, 1, 1, 9, 0, 1, tzinfo=UTC)
    await office.town.service.feeder.tick(tomorrow)
    await office.town.service.feeder.tick(tomorrow)
    await office.comes_to(number, SendingState.RUNNING)
    async with office.town.database.write() as connection:  # what is due in 2099 may go now
        await connection.execute(update(Delivery).where(Delivery.sending_id == number).values(due_at=datetime.now(UTC)))
    await office.town.restart()
    await office.ends(number)
    assert sum("party" in message.text for message in resident.heard()) == 1


async def test_what_is_paused_is_held_and_goes_on(office: Office) -> None:
    people = [await office.neighbour() for _ in range(3)]
    await stopped(office)
    number = await office.send()
    await office.comes_to(number, SendingState.RUNNING)
    await eventually(lambda: _queued(office, number, 3), lambda: "three are queued")
    assert await office.do(pause_sending, number)
    account = await office.account(number)
    assert (account.queued, account.held) == (0, 3)
    await going(office)
    await people[0].send(text="/help")  # whoever is held back from still gets answers
    assert (await office.account(number)).sent == 0
    assert await office.do(resume_sending, number)
    await office.ends(number)
    assert (await office.account(number)).sent == 3


async def test_what_is_cancelled_never_leaves(office: Office) -> None:
    resident = await office.neighbour()
    await stopped(office)
    number = await office.send()
    await office.comes_to(number, SendingState.RUNNING)
    assert await office.do(cancel_sending, number, now=datetime.now(UTC))
    assert not await office.do(cancel_sending, number, now=datetime.now(UTC))
    await going(office)
    await resident.send(text="/help")
    assert not any("party" in message.text for message in resident.heard())


async def test_the_emergency_stop_stops_everything_and_loses_nothing(office: Office) -> None:
    resident = await office.neighbour()
    await stopped(office)
    heard = len(resident.heard())
    await resident.act("send", text="/help")
    await eventually(lambda: _waiting(office), lambda: "an answer waits")
    assert len(resident.heard()) == heard
    await going(office)
    await office.town.settled()
    assert len(resident.heard()) == heard + 1


async def test_whoever_wants_no_messages_any_more_gets_none_that_was_held(office: Office) -> None:
    stops, deletes = await office.neighbour(), await office.neighbour()
    await stopped(office)
    number = await office.send()
    await eventually(lambda: _queued(office, number, 2), lambda: "two are queued")
    await office.do(pause_sending, number)
    await going(office)
    await stops.send(text="/stop")
    await deletes.send(text="/delete")
    await deletes.tap("Delete everything")
    await office.do(resume_sending, number)
    await office.ends(number)
    assert (await office.account(number)).total == 0


# --- afterwards -----------------------------------------------------------------------------------------------------


async def test_a_correction_changes_what_was_sent_in_its_place(office: Office) -> None:
    people = [await office.neighbour("en"), await office.neighbour("de")]
    number = await office.sent()
    content = (await office.sending(number)).content
    changed = {
        language: text.replace("Saturday", "Sunday").replace("Samstag", "Sonntag")
        for language, text in content.texts.items()
    }
    edit = await office.do(
        correct_sending, number, content=replace(content, texts=changed), staff_id=None, now=datetime.now(UTC)
    )
    assert edit is not None
    await office.ends(edit)
    assert (await office.account(edit)).sent == 2
    assert people[0].last().text == "There is a party in Nordstadt on Sunday."
    assert people[1].last().text == "Am Sonntag ist ein Fest in Nordstadt."
    assert len(office.town.calls("editMessageText")) >= 2


async def corrected(office: Office, number: int, **changes: Any) -> int:
    """Correct what a pass has sent; returns the pass that does so, when it is through."""
    content = replace((await office.sending(number)).content, **changes)
    edit = await office.do(correct_sending, number, content=content, staff_id=None, now=datetime.now(UTC))
    assert edit is not None
    await office.ends(edit)
    return int(edit)


async def test_a_caption_and_its_buttons_are_corrected_and_the_picture_stays(office: Office) -> None:
    people = [await office.neighbour() for _ in range(2)]
    picture = await office.attach(AttachmentKind.PHOTO, "party.jpg", sample("photo.jpg"))
    number = await office.sent(attachment_id=picture, is_photo=True, links={"": "https://example.org/a"})
    before = people[0].last().json
    edit = await corrected(office, number, texts={"en": "It is *over*."}, links={"": "https://example.org/b"})
    assert (await office.account(edit)).sent == 2
    for resident in people:
        now = resident.last().json
        assert now["message_id"] == before["message_id"] or resident is not people[0]
        assert now["caption"] == "It is over."
        assert now["caption_entities"][0]["type"] == "italic"
        assert now["photo"]
        assert "https://example.org/b" in str(now["reply_markup"])
    assert people[0].last().json["photo"][-1]["file_unique_id"] == before["photo"][-1]["file_unique_id"]


@pytest.mark.parametrize("was", ["photo", "document", "text"])
async def test_another_picture_takes_the_place_of_what_was_sent_and_is_uploaded_once(office: Office, was: str) -> None:
    people = [await office.neighbour() for _ in range(4)]
    first: dict[str, Any] = {}
    if was == "photo":
        first = {"attachment_id": await office.attach(AttachmentKind.PHOTO, "old.jpg", sample("photo.jpg"))}
        first["is_photo"] = True
    elif was == "document":
        first = {"attachment_id": await office.attach(AttachmentKind.DOCUMENT, "Old.pdf", b"%PDF-1.4 old")}
    number = await office.sent(**first)
    old = [resident.last().json for resident in people]
    other = await office.attach(AttachmentKind.PHOTO, "new.jpg", sample("photo.jpg") + b"another")
    edit = await corrected(office, number, attachment_id=other, is_photo=True)
    assert (await office.account(edit)).sent == len(people)
    for resident, before in zip(people, old, strict=True):
        now = resident.last().json
        assert now["message_id"] == before["message_id"]
        assert now["caption"].startswith("There is a party")
        assert not {"document", "text"} & set(now)
        assert now["photo"] != before.get("photo")
    given = {str(call["parameters"]["media"]) for call in office.town.calls("editMessageMedia")}
    assert sum("attach://" in each for each in given) == 1, given


async def test_who_is_still_to_get_it_gets_the_other_file_at_once(office: Office) -> None:
    resident = await office.neighbour()
    await stopped(office)
    number = await office.send()
    await eventually(lambda: _queued(office, number, 1), lambda: "one is queued")
    assert await office.do(pause_sending, number)
    paper = await office.attach(AttachmentKind.DOCUMENT, "Programm.pdf", b"%PDF-1.4 a program")
    content = replace((await office.sending(number)).content, attachment_id=paper)
    assert await office.do(correct_sending, number, content=content, staff_id=None, now=datetime.now(UTC))
    await going(office)
    assert await office.do(resume_sending, number)
    await office.ends(number)
    assert resident.last().json["document"]["file_name"] == "Programm.pdf"


async def test_what_was_unclear_is_sent_again_with_the_file_that_it_has_by_now(office: Office) -> None:
    resident = await office.neighbour()
    await fault(office, kind="reset", methods=["sendMessage"], count=1, carried_out=False)
    number = await office.sent()
    assert (await office.account(number)).uncertain == 1
    paper = await office.attach(AttachmentKind.DOCUMENT, "Programm.pdf", b"%PDF-1.4 a program")
    await corrected(office, number, attachment_id=paper)
    assert await office.do(resend_uncertain, number, now=datetime.now(UTC)) == 1
    await office.ends(number)
    assert resident.last().json["document"]["file_name"] == "Programm.pdf"


async def test_a_file_that_was_sent_is_not_taken_away_by_a_correction(office: Office) -> None:
    resident = await office.neighbour()
    paper = await office.attach(AttachmentKind.DOCUMENT, "Programm.pdf", b"%PDF-1.4 a program")
    number = await office.sent(attachment_id=paper)
    await corrected(office, number, attachment_id=None, texts={"en": "There is no party."})
    assert resident.last().json["document"]["file_name"] == "Programm.pdf"
    assert resident.last().json["caption"] == "There is no party."


async def test_what_is_running_cannot_be_corrected_before_it_is_paused(office: Office) -> None:
    await office.neighbour()
    await stopped(office)
    number = await office.send()
    await office.comes_to(number, SendingState.RUNNING)
    content = (await office.sending(number)).content
    correct = {"content": content, "staff_id": None, "now": datetime.now(UTC)}
    assert await office.do(correct_sending, number, **correct) is None
    await office.do(pause_sending, number)
    assert await office.do(correct_sending, number, **correct) is not None
    await going(office)


async def test_what_was_sent_is_taken_back_and_the_rest_never_leaves(office: Office) -> None:
    resident = await office.neighbour()
    number = await office.sent()
    assert "party" in resident.last().text
    back = await office.do(take_back_sending, number, staff_id=None, now=datetime.now(UTC))
    assert back is not None
    await office.ends(back)
    assert not any("party" in message.text for message in resident.heard())
    assert (await office.account(back)).sent == 1


async def test_what_was_sent_is_counted_when_it_is_forgotten(office: Office) -> None:
    await office.neighbour()
    number = await office.sent()
    async with office.town.database.write() as connection:
        await forget_sent(connection, now=datetime.now(UTC) + timedelta(days=8))
    assert not await office.town.count(select(Delivery).where(Delivery.sending_id == number))
    assert (await office.account(number)).sent == 1


async def test_what_is_unclear_is_forgotten_after_a_week_and_stays_counted(office: Office) -> None:
    await office.neighbour()
    await fault(office, kind="reset", methods=["sendMessage"], count=1)
    number = await office.sent()
    async with office.town.database.write() as connection:
        await forget_sent(connection, now=datetime.now(UTC) + timedelta(days=6))
    account = await office.account(number)
    assert (account.uncertain, account.left) == (1, 0)
    async with office.town.database.write() as connection:
        await forget_sent(connection, now=datetime.now(UTC) + timedelta(days=8))
    assert not await office.town.count(select(Delivery).where(Delivery.sending_id == number))
    account = await office.account(number)
    assert (account.uncertain, account.left) == (1, 1)


async def test_a_change_that_nobody_knows_the_end_of_is_forgotten_like_any_other(office: Office) -> None:
    resident = await office.neighbour()
    async with office.town.database.write() as connection:
        last = select(func.max(Delivery.seq)).where(Delivery.bot_id == office.town.bot.id)
        await connection.execute(
            update(Delivery)
            .where(Delivery.seq == await connection.scalar(last))
            .values(method="editMessageText", state=DeliveryState.UNCERTAIN)
        )
    doubtful = select(Delivery).where(Delivery.bot_id == office.town.bot.id, Delivery.state == DeliveryState.UNCERTAIN)
    assert await office.town.count(doubtful) == 1
    async with office.town.database.write() as connection:
        await forget_sent(connection, now=datetime.now(UTC) + timedelta(hours=49))
    assert not await office.town.count(doubtful)
    assert resident.heard()


async def test_who_erases_themselves_stays_counted(office: Office) -> None:
    people = [await office.neighbour() for _ in range(3)]
    number = await office.sent()
    for resident in people[:2]:
        await resident.write("/delete")
        await resident.tap("Delete everything")
    await office.town.settled()
    assert await office.town.count(select(Delivery).where(Delivery.sending_id == number)) == 1
    assert (await office.account(number)).sent == 3
    async with office.town.database.write() as connection:
        await forget_sent(connection, now=datetime.now(UTC) + timedelta(days=8))
    assert (await office.account(number)).sent == 3


async def test_of_who_is_gone_nothing_unclear_can_be_decided_any_more(office: Office) -> None:
    resident = await office.neighbour()
    number = await office.sent()
    async with office.town.database.write() as connection:
        await connection.execute(
            update(Delivery).where(Delivery.sending_id == number).values(state=DeliveryState.UNCERTAIN)
        )
    await resident.write("/delete")
    await resident.tap("Delete everything")
    await office.town.settled()
    account = await office.account(number)
    assert (account.uncertain, account.left) == (1, 1)


async def stopped(office: Office) -> None:
    async with office.town.database.write() as connection:
        await stop_everything(connection, town_id=office.town.id, now=datetime.now(UTC))


async def going(office: Office) -> None:
    async with office.town.database.write() as connection:
        await go_on(connection, town_id=office.town.id)


async def _queued(office: Office, number: int, count: int) -> bool:
    return (await office.account(number)).queued == count


async def _waiting(office: Office) -> bool:
    waiting = select(Delivery).where(Delivery.bot_id == office.town.bot.id, Delivery.state == DeliveryState.WAITING)
    return await office.town.count(waiting) > 0


async def test_what_comes_back_after_a_cancel_never_leaves(office: Office) -> None:
    people = [await office.neighbour() for _ in range(2)]
    await fault(office, kind="status", status=429, retry_after=1, methods=["sendMessage"], count=2, delay=0.6)
    number = await office.send()
    await eventually(lambda: _on_the_wire(office, number), lambda: "both are on the wire")
    assert await office.do(cancel_sending, number, now=datetime.now(UTC))
    await eventually(lambda: _is_gone(office, number), lambda: "nothing of it is left")
    await office.town.settled()
    for resident in people:
        assert not any("party" in message.text for message in resident.heard())


async def _on_the_wire(office: Office, number: int, count: int = 2) -> bool:
    started = select(Delivery).where(Delivery.sending_id == number, Delivery.state == DeliveryState.STARTED)
    return await office.town.count(started) >= count


async def _is_gone(office: Office, number: int) -> bool:
    return not await office.town.count(select(Delivery).where(Delivery.sending_id == number))


async def test_a_correction_may_name_the_quarter_where_the_first_text_did_not(office: Office) -> None:
    resident = await office.neighbour()
    number = await office.sent({"en": "There is a party."})
    content = replace((await office.sending(number)).content, texts={"en": "There is a party in {area}."})
    edit = await office.do(correct_sending, number, content=content, staff_id=None, now=datetime.now(UTC))
    await office.ends(edit)
    assert resident.last().text == "There is a party in Nordstadt."


async def test_what_was_taken_back_or_is_not_wanted_any_more_is_not_sent_again(office: Office) -> None:
    stops, stays = await office.neighbour(), await office.neighbour()
    await fault(office, kind="reset", methods=["sendMessage"], count=2, carried_out=False)
    number = await office.sent()
    await stops.send(text="/stop")
    assert await office.do(resend_uncertain, number, now=datetime.now(UTC)) == 1
    await office.ends(number)
    assert "party" in stays.last().text
    assert await office.do(take_back_sending, number, staff_id=None, now=datetime.now(UTC)) is not None
    assert await office.do(resend_uncertain, number, now=datetime.now(UTC)) == 0


async def test_a_message_whose_survey_was_closed_meanwhile_is_paused_and_nobody_gets_it(office: Office) -> None:
    resident = await office.neighbour()
    survey = await office.town.open_survey(table(QUESTIONNAIRE))
    heard = len(resident.heard())
    await office.town.close_survey(survey)
    number = await office.send(survey_id=survey.id, survey_titles={"": "Our quarter"})
    await office.ends(number, SendingState.PAUSED)
    assert (await office.sending(number)).began_at is None
    assert await office.do(resume_sending, number)  # whoever goes on all the same sends nothing either
    await office.ends(number, SendingState.PAUSED)
    assert len(resident.heard()) == heard
    assert await office.do(cancel_sending, number, now=datetime.now(UTC))
    await office.sent()
    assert "party" in resident.last().text


async def test_a_message_whose_survey_closes_while_it_is_being_sent_goes_to_nobody_else(office: Office) -> None:
    people = [await office.neighbour() for _ in range(3)]
    survey = await office.town.open_survey(table(QUESTIONNAIRE))
    await stopped(office)
    number = await office.send(survey_id=survey.id, survey_titles={"": "Our quarter"})
    await eventually(lambda: _queued(office, number, 3), lambda: "three are queued")
    await office.town.change_survey(survey, closes_at=datetime.now(UTC))
    await office.comes_to(number, SendingState.PAUSED)
    await going(office)
    await office.town.settled()
    account = await office.account(number)
    assert (account.queued, account.held, account.sent) == (0, 3, 0)
    await office.town.change_survey(survey, closes_at=None)  # whoever gives it more time can let the message go on
    assert await office.do(resume_sending, number)
    await office.ends(number)
    assert all("party" in resident.last().text for resident in people)


async def test_a_message_that_is_through_stays_so_when_its_survey_closes(office: Office) -> None:
    await office.neighbour()
    survey = await office.town.open_survey(table(QUESTIONNAIRE))
    number = await office.sent(survey_id=survey.id, survey_titles={"": "Our quarter"})
    await office.town.close_survey(survey)
    await office.town.service.feeder.tick(datetime.now(UTC))
    assert (await office.sending(number)).state == SendingState.DONE


async def test_a_message_whose_surveys_time_is_over_is_paused(office: Office) -> None:
    await office.neighbour()
    over = datetime.now(UTC) - timedelta(minutes=1)
    survey = await office.town.open_survey(table(QUESTIONNAIRE), closes_at=over)
    number = await office.send(survey_id=survey.id, survey_titles={"": "Our quarter"})
    await office.ends(number, SendingState.PAUSED)
    assert (await office.account(number)).total == 0


async def test_a_correction_leaves_what_is_older_than_seven_days(office: Office) -> None:
    old, new = await office.neighbour(), await office.neighbour()
    number = await office.sent()
    async with office.town.database.write() as connection:
        first = select(Delivery.seq).where(Delivery.sending_id == number).order_by(Delivery.seq).limit(1)
        await connection.execute(
            update(Delivery)
            .where(Delivery.seq == await connection.scalar(first))
            .values(finished_at=datetime.now(UTC) - timedelta(days=7, minutes=1))
        )
    content = replace((await office.sending(number)).content, texts={"en": "There is no party."})
    edit = await office.do(correct_sending, number, content=content, staff_id=None, now=datetime.now(UTC))
    await office.ends(edit)
    assert (await office.account(edit)).sent == 1
    assert sorted(each.last().text == "There is no party." for each in (old, new)) == [False, True]
