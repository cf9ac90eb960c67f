"""Mediators at work in their own chat: linked by a code, told, translating, releasing; what goes wrong meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from dialogues.desk import to_signs
from dialogues.markup import Entity
from storage.models import AuditEntry, Broadcast, BroadcastText, SendingKind, Staff, StaffLink
from storage.models import Resident as Held
from storage.queries.desk import to_tell
from storage.queries.outbox import forget_sent
from storage.services import broadcasts, desk, staff
from tests.bot.papers import TWO
from tests.bot.resident import Resident
from tests.bot.sending import Office
from tests.bot.town import Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")
GERMAN = "Kommen Sie zum **Fest** in {area}.\n- Essen\n- [Mehr](https://example.org/fest)"


@dataclass
class Mediator:
    """Somebody of the staff, with a phone."""

    town: Town
    id: int
    name: str
    phone: Resident

    async def code(self, code: str = "", *, age: timedelta = timedelta()) -> str:
        code = code or f"staff-code_of-{self.id}"
        async with self.town.database.write() as connection:
            await staff.offer_link(
                connection, town_id=self.town.id, staff_id=self.id, code=code, now=datetime.now(UTC) - age
            )
        return code

    async def link(self) -> None:
        await self.phone.start(await self.code())

    async def row(self) -> Any:
        return await self.town.row(select(Staff).where(Staff.id == self.id))

    async def change(self, **values: Any) -> None:
        async with self.town.database.write() as connection:
            await connection.execute(update(Staff).where(Staff.id == self.id).values(**values))


async def hire(
    town: Town,
    name: str = "ioana",
    *languages: str,
    rights: tuple[str, ...] = ("translate",),
    phone: Resident | None = None,
    language: str = "en",
) -> Mediator:
    async with town.database.write() as connection:
        staff_id = await staff.add_staff(
            connection,
            town_id=town.id,
            name=name,
            password_hash="x",
            rights=rights,
            language=language,
            today=datetime.now(UTC).date(),
            translates=languages or ("ro",),
        )
    return Mediator(town, staff_id, name, phone or await town.resident("en"))


async def broadcast(town: Town, *asked: str, **how: Any) -> int:
    """A broadcast with a German text, and mediators asked for these languages; nobody is written to about it."""
    async with town.database.write() as connection:
        number = await ask(connection, town, *asked, **how)
        await connection.execute(update(BroadcastText).where(BroadcastText.broadcast_id == number).values(told=True))
    return number


async def ask(connection: Any, town: Town, *asked: str, released: bool = True, title: str = "Fest") -> int:
    """The same, and mediators are written to when the transaction is over."""
    number = await broadcasts.draft_broadcast(connection, town_id=town.id, title=title, now=datetime.now(UTC))
    await put(connection, town, number, "de", GERMAN, 1 if released else None)
    await broadcasts.ask_for_translation(
        connection, town_id=town.id, broadcast_id=number, languages=list(asked or ("ro",)), now=datetime.now(UTC)
    )
    return int(number)


async def put(connection: Any, town: Town, number: int, language: str, text: str, released_by: int | None) -> None:
    somebody = await connection.scalar(select(Staff.id).where(Staff.town_id == town.id))
    await broadcasts.put_text(
        connection,
        town_id=town.id,
        broadcast_id=number,
        language=language,
        text=text,
        released_by=somebody if released_by else None,
    )


async def text_of(town: Town, number: int, language: str = "ro") -> Any:
    return await town.row(
        select(BroadcastText).where(BroadcastText.broadcast_id == number, BroadcastText.language == language)
    )


async def logged(town: Town) -> list[tuple[str, int, Any]]:
    entries = await town.rows(
        select(AuditEntry.action, AuditEntry.staff_id, AuditEntry.detail)
        .where(AuditEntry.town_id == town.id)
        .order_by(AuditEntry.id)
    )
    return [tuple(each) for each in entries]


async def begin(town: Town, number: int, phone: Resident) -> None:
    """Begin with a text from the list of what waits."""
    await phone.write("/translate")
    [button] = [each for each in phone.last().buttons if each.key.startswith(f"desk:{number}:")]
    await phone.press(phone.last(), button)


@pytest_asyncio.fixture(loop_scope="session")
async def mediator(town: Town) -> Mediator:
    ioana = await hire(town)
    await ioana.link()
    return ioana


# --- the link of a chat ---------------------------------------------------------------------------------------------


async def test_a_code_links_the_chat_once(town: Town) -> None:
    ioana = await hire(town)
    code = await ioana.code()
    await ioana.phone.start(code)
    assert "This chat is now linked to this account: ioana" in ioana.phone.last().text
    assert "/translate" in ioana.phone.last().text
    contact = await ioana.phone.contact()
    assert (await ioana.row()).contact_id == contact.id
    assert contact.resident_id is None
    assert await town.rows(select(StaffLink).where(StaffLink.town_id == town.id)) == []
    stranger = await town.resident("en")
    await stranger.start(code)
    assert "This code does not work any more." in stranger.last().text
    assert (await ioana.row()).contact_id == contact.id
    assert await logged(town) == [("staff.link", ioana.id, {"name": "ioana"})]


async def test_a_code_is_too_old_after_a_quarter_of_an_hour(town: Town) -> None:
    ioana = await hire(town)
    await ioana.phone.start(await ioana.code(age=timedelta(minutes=16)))
    assert "This code does not work any more." in ioana.phone.last().text
    assert (await ioana.row()).contact_id is None
    assert await ioana.phone.held() is None


async def test_two_chats_with_one_code_at_once_and_one_is_linked(town: Town) -> None:
    ioana = await hire(town)
    code = await ioana.code()
    phones = [ioana.phone, await town.resident("en")]
    for phone in phones:
        await phone.act("send", start=code)
    await town.settled()
    said = sorted("linked" in phone.last().text for phone in phones)
    assert said == [False, True]
    assert len(await logged(town)) == 1


async def test_the_code_of_somebody_who_was_removed_links_nothing(town: Town) -> None:
    ioana = await hire(town)
    code = await ioana.code()
    async with town.database.write() as connection:
        await staff.remove_staff(connection, town_id=town.id, name="ioana")
    await ioana.phone.start(code)
    assert "This code does not work any more." in ioana.phone.last().text


async def test_a_chat_that_belonged_to_a_colleague_moves(town: Town, mediator: Mediator) -> None:
    other = await hire(town, "elena", phone=mediator.phone)
    await other.link()
    assert (await mediator.row()).contact_id is None
    assert (await other.row()).contact_id == (await other.phone.contact()).id
    assert await logged(town) == [
        ("staff.link", mediator.id, {"name": "ioana"}),
        ("staff.unlink", other.id, {"name": "ioana"}),
        ("staff.link", other.id, {"name": "elena"}),
    ]


async def test_a_new_phone_takes_the_place_of_the_old(town: Town, mediator: Mediator) -> None:
    old, mediator.phone = mediator.phone, await town.resident("en")
    await mediator.phone.start(await mediator.code("staff-another"))
    assert (await mediator.row()).contact_id == (await mediator.phone.contact()).id
    await old.write("/translate")
    assert "We do not know this command." in old.last().text
    await mediator.phone.start(await mediator.code("staff-once_more"))  # linked already
    assert [action for action, *_ in await logged(town)] == 3 * ["staff.link"]


async def test_a_linked_chat_is_not_forgotten_and_an_unlinked_one_is(town: Town, mediator: Mediator) -> None:
    later = datetime.now(UTC) + timedelta(hours=49)
    await town.service.writer.run(lambda connection: forget_sent(connection, now=later))
    assert await mediator.phone.contact() is not None
    async with town.database.write() as connection:
        assert await staff.unlink_chat(connection, staff_id=mediator.id)
    await town.service.writer.run(lambda connection: forget_sent(connection, now=later))
    assert await mediator.phone.contact() is None


async def test_a_mediator_may_be_a_resident_too_and_deleting_that_leaves_the_link(
    town: Town, mediator: Mediator
) -> None:
    survey = await town.open_survey(table(TWO), "Nordstadt")
    await mediator.phone.arrive(survey.code)
    await mediator.phone.tap("Good")
    assert await mediator.phone.answers(survey) == {"mood": "good"}
    await mediator.phone.write("/mydata")
    assert "This chat is linked to your account at the office." in mediator.phone.last().text
    await mediator.phone.write("/delete")
    await mediator.phone.tap("Delete everything")
    assert "This chat is linked to your account at the office." in mediator.phone.last().text
    assert await town.rows(select(Held).where(Held.town_id == town.id)) == []
    assert (await mediator.row()).contact_id == (await mediator.phone.contact()).id
    await mediator.phone.write("/mydata")
    assert "We hold nothing about you." not in mediator.phone.last().text
    assert "This chat is linked to your account at the office." in mediator.phone.last().text


async def test_residents_know_nothing_of_the_desk(town: Town) -> None:
    resident, _ = await town.interview(table(TWO))
    number = await broadcast(town)
    await resident.write("/translate")
    assert "We do not know this command." in resident.last().text
    await resident.press_anything(f"s:desk:{number}:ro")
    assert "You cannot translate this text with your account." in resident.last().text
    assert "Fest" not in resident.last().text


# --- who is told ----------------------------------------------------------------------------------------------------


async def test_those_are_told_who_have_a_chat_the_language_and_the_right(town: Town, mediator: Mediator) -> None:
    for name, languages, rights in (
        ("ahmet", ("tr",), ("translate",)),
        ("maria", ("ro", "tr"), ("manage",)),
        ("clerk", ("ro",), ("export",)),
    ):
        colleague = await hire(town, name, *languages, rights=rights)
        await colleague.link()
    await hire(town, "without a chat", "ro")
    async with town.database.write() as connection:
        number = await ask(connection, town, "ro", "tr", "bg")
        found = await to_tell(connection, town.id)
        rows = await connection.execute(select(Staff.id, Staff.name).where(Staff.town_id == town.id))
        names = {each.id: each.name for each in rows}
        assert {each.language: sorted(names[one.staff_id] for one in each.mediators) for each in found} == {
            "ro": ["ioana", "maria"],
            "tr": ["ahmet", "maria"],
        }
        for each in found:
            assert (each.broadcast_id, each.title) == (number, "Fest")
            await desk.mark_told(
                connection, town_id=town.id, broadcast_id=number, language=each.language, asked_at=each.asked_at
            )
        assert await to_tell(connection, town.id) == ()
        await broadcasts.ask_for_translation(
            connection, town_id=town.id, broadcast_id=number, languages=["ro"], now=datetime.now(UTC)
        )
        assert [each.language for each in await to_tell(connection, town.id)] == ["ro"]


async def test_what_was_asked_for_anew_meanwhile_is_not_noted_as_told(town: Town, mediator: Mediator) -> None:
    async with town.database.write() as connection:
        number = await ask(connection, town)
        [found] = await to_tell(connection, town.id)
        later = found.asked_at + timedelta(seconds=1)
        await broadcasts.ask_for_translation(
            connection, town_id=town.id, broadcast_id=number, languages=["ro"], now=later
        )
        await desk.mark_told(connection, town_id=town.id, broadcast_id=number, language="ro", asked_at=found.asked_at)
        assert len(await to_tell(connection, town.id)) == 1


async def test_a_request_reaches_the_chat_and_leads_to_the_text(town: Town, mediator: Mediator) -> None:
    async with town.database.write() as connection:
        await ask(connection, town, title="Fest <1>")
    await town.until(lambda: "Please translate a text" in mediator.phone.last().text)
    assert mediator.phone.last().text == "Please translate a text: Fest <1>\nInto this language: Română"
    await mediator.phone.tap("Translate")
    assert "Please write this text in this language: Română" in mediator.phone.last().text


# --- translating ----------------------------------------------------------------------------------------------------


async def test_a_text_is_translated_shown_and_released(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    source, asked = phone.heard()[-2:]
    assert source.text == "Kommen Sie zum Fest in {area}.\n- Essen\n- Mehr"
    assert "Please copy this without a change: {area}" in asked.text
    markup = town.calls("sendMessage")[-1]["parameters"]["reply_markup"]
    assert "force_reply" in str(markup)
    assert "Text in this language" in str(markup)
    text = "👋 Veniți la sărbătoare în {area}!\n- Mâncare * bună\nMai mult"
    units = len("👋 Veniți la ") + 1
    await phone.send_other(
        text=text,
        entities=[
            {"type": "bold", "offset": units, "length": len("sărbătoare")},
            {"type": "italic", "offset": units + 3, "length": 4},
            {"type": "text_link", "offset": len(text) + 1 - 8, "length": 8, "url": "https://example.org/ro_1"},
        ],
        reply_to_message=asked.json,
    )
    held = await text_of(town, number)
    assert held.text == (
        "👋 Veniți la **săr****_băto_****are** în {area}!\n- Mâncare * bună\n[Mai mult](https://example.org/ro_1)"
    )
    assert not held.released
    seen = phone.last()
    assert seen.text == "👋 Veniți la sărbătoare în Auenstadt!\n• Mâncare * bună\nMai mult"
    kinds = {each["type"] for each in seen.json["entities"]}
    assert {"bold", "italic", "text_link"} <= kinds
    assert seen.labels == [["✅ Release"], ["✏️ Write again"]]
    await phone.tap("Release")
    assert "The text is released. Thank you!" in phone.last().text
    held = await text_of(town, number)
    assert (held.released, held.released_by) == (True, mediator.id)
    assert not next(each for each in phone.heard() if each.id == seen.id).keyboard
    assert (await mediator.row()).translating is None
    assert await logged(town) == [
        ("staff.link", mediator.id, {"name": "ioana"}),
        ("broadcast.release", mediator.id, {"title": "Fest", "language": "ro"}),
    ]
    assert (await town.row(select(Broadcast).where(Broadcast.id == number))).revision == 3
    await phone.write("/translate")
    assert "No text waits for you now." in phone.last().text


async def test_release_twice_is_release_once(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    await begin(town, number, mediator.phone)
    await mediator.phone.write("Veniți!")
    message, button = mediator.phone.find("Release")
    await mediator.phone.push(message, button)
    assert "released" in await mediator.phone.press_as_it_was(message, button)
    assert [action for action, *_ in await logged(town)] == ["staff.link", "broadcast.release"]
    assert (await text_of(town, number)).released


async def test_write_again_replaces_what_was_written(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    await phone.write("Veniti!")
    first, release = phone.find("Release")
    await phone.tap("Write again")
    await phone.write("Veniți!")
    assert (await text_of(town, number)).text == "Veniți!"
    await phone.press_as_it_was(first, release)
    assert "Somebody else has changed this text meanwhile." in phone.heard()[-2].text
    assert not (await text_of(town, number)).released
    await phone.tap("Release", phone.last())
    assert (await text_of(town, number)).text == "Veniți!"
    assert (await text_of(town, number)).released


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Veniți la {cartier}", "We do not know this placeholder: {cartier}"),
        ("Veniți pe {date}", "The office has chosen no day."),
        ("Veniți [aici](www.example.org)", "This link does not work: [aici](www.example.org)"),
        ("{area}" * 600, "letters too long."),
    ],
)
async def test_a_text_that_cannot_be_sent_is_asked_for_again(
    town: Town, mediator: Mediator, text: str, why: str
) -> None:
    number = await broadcast(town)
    await begin(town, number, mediator.phone)
    await mediator.phone.write(text)
    assert why in mediator.phone.last().text
    assert "Please send the whole text once more." in mediator.phone.last().text
    assert (await text_of(town, number)).text == ""
    await mediator.phone.write("Veniți la {quartier}")
    assert (await text_of(town, number)).text == "Veniți la {quartier}"


async def test_what_the_translation_lacks_is_named_and_it_can_be_released_all_the_same(
    town: Town, mediator: Mediator
) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    await phone.write("Veniți la sărbătoare!")
    hint = phone.heard()[-2].text
    assert "This is missing in the text: {area} https://example.org/fest" in hint
    assert "If that is meant, you can release it as it is." in hint
    await begin(town, number, phone)
    assert "This is missing in the text: {area} https://example.org/fest" in phone.heard()[-2].text
    await phone.tap("Write again")
    await phone.write("Veniți în {Quartier}: https://example.org/ro")
    assert phone.heard()[-2].text == "People will see this text:"
    await phone.tap("Write again")
    await phone.write("Veniți la [sărbătoare](https://example.org/fest).")
    assert "This is missing in the text: {area}\n" in phone.heard()[-2].text
    await phone.tap("Release")
    assert (await text_of(town, number)).released


async def test_signs_in_the_chat_are_read_as_in_the_offices_form(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    written = "**Veniți** în {area}: 2 * 3 = 6\n- [mai *mult*](https://example.org/fest)\n- _azi_ și snake_case_ro"
    await phone.write(written)
    assert (await text_of(town, number)).text == written
    seen = phone.last()
    assert seen.text == "Veniți în Auenstadt: 2 * 3 = 6\n• mai *mult*\n• azi și snake_case_ro"
    assert sorted(each["type"] for each in seen.json["entities"]) == ["bold", "italic", "text_link"]


@pytest.mark.parametrize(
    ("text", "styled", "held"),
    [
        ("**Azi** la noi", "noi", "**Azi** la **noi**"),
        ("a*b și c*d", "c*d", "a*b și **c\\*d**"),
        ("**Azi", "Azi", "****Azi**"),
        ("*a b*", "b*", "*a b*"),
        ("[azi](https://a.example) *mâine*", "mâine", "[azi](https://a.example) *mâine*"),
    ],
)
async def test_typed_signs_and_styles_go_together_or_the_style_goes(text: str, styled: str, held: str) -> None:
    style = Entity("bold", text.index(styled), len(styled))
    assert to_signs(text, [style]) == held


async def test_a_picture_is_no_translation_and_commands_stay_commands(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    await begin(town, number, mediator.phone)
    await mediator.phone.send_photo()
    assert "Please send the translation as a written text." in mediator.phone.last().text
    await mediator.phone.write("/help")
    assert "How this works" in mediator.phone.last().text
    await mediator.phone.write("Veniți!")
    assert (await text_of(town, number)).text == "Veniți!"


async def test_not_now_lets_texts_be_answers_again(town: Town, mediator: Mediator) -> None:
    survey = await town.open_survey(table(TWO), "Nordstadt")
    phone = mediator.phone
    await phone.arrive(survey.code)
    await phone.tap("Good")
    number = await broadcast(town)
    await begin(town, number, phone)
    await phone.tap("Not now")
    assert "/translate" in phone.last().text
    await phone.write("Shade")
    assert await phone.answers(survey) == {"mood": "good", "wish": "Shade"}
    assert (await text_of(town, number)).text == ""


async def test_a_translation_is_no_answer_to_a_question(town: Town, mediator: Mediator) -> None:
    survey = await town.open_survey(table(TWO), "Nordstadt")
    phone = mediator.phone
    await phone.arrive(survey.code)
    await phone.tap("Good")
    number = await broadcast(town)
    await begin(town, number, phone)
    await phone.write("Veniti!")
    await phone.write("Veniți!")  # better so, though no button was pressed for it
    assert await phone.answers(survey) == {"mood": "good"}
    assert (await text_of(town, number)).text == "Veniți!"
    await phone.tap("Release")
    await phone.write("Shade")
    assert await phone.answers(survey) == {"mood": "good", "wish": "Shade"}
    assert (await text_of(town, number)).text == "Veniți!"


async def test_who_goes_on_with_a_survey_writes_no_translation(town: Town, mediator: Mediator) -> None:
    survey = await town.open_survey(table(TWO), "Nordstadt")
    phone = mediator.phone
    await phone.arrive(survey.code)
    question = phone.last()
    number = await broadcast(town)
    await begin(town, number, phone)
    await phone.write("Veniți!")
    await phone.tap("Good", question)
    await phone.write("Shade")
    assert await phone.answers(survey) == {"mood": "good", "wish": "Shade"}
    assert (await text_of(town, number)).text == "Veniți!"
    await phone.tap("Release")
    assert (await text_of(town, number)).released


async def test_a_translation_that_is_changed_in_the_chat_is_the_one_that_is_released(
    town: Town, mediator: Mediator
) -> None:
    survey = await town.open_survey(table(TWO), "Nordstadt")
    phone = mediator.phone
    await phone.arrive(survey.code)
    await phone.tap("Good")
    number = await broadcast(town)
    await begin(town, number, phone)
    await phone.write("Veniti!")
    written = next(message for message in phone.messages() if message.text == "Veniti!")
    await phone.edit(written, "Veniți!")
    assert phone.last().text == "Veniți!"
    await phone.tap("Release")
    assert (await text_of(town, number)).text == "Veniți!"
    await phone.edit(written, "Nu veniți!")  # too late: it is released
    assert (await text_of(town, number)).text == "Veniți!"
    assert await phone.answers(survey) == {"mood": "good"}


async def test_staff_is_spoken_to_in_the_language_of_their_account(town: Town) -> None:
    ahmet = await hire(town, "ahmet", "tr", language="de")
    await ahmet.link()
    assert "Dieser Chat gehört jetzt zu diesem Konto: ahmet" in ahmet.phone.last().text
    number = await broadcast(town, "tr")
    await begin(town, number, ahmet.phone)
    await ahmet.phone.write("Gelin!")
    assert ahmet.phone.last().labels == [["✅ Freigeben"], ["✏️ Neu schreiben"]]


async def test_the_source_is_what_is_released(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town, released=False)
    async with town.database.write() as connection:
        await put(connection, town, number, "tr", "Gelin!", 1)
    await begin(town, number, mediator.phone)
    assert mediator.phone.heard()[-2].text == "Gelin!"
    async with town.database.write() as connection:
        await put(connection, town, number, "de", "Kommen Sie!", 1)
    await mediator.phone.write("/translate")
    await begin(town, number, mediator.phone)
    assert mediator.phone.heard()[-2].text == "Kommen Sie!"


# --- what happens meanwhile -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("released", [False, True])
async def test_a_colleague_who_was_quicker_is_not_overwritten(town: Town, mediator: Mediator, released: bool) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    async with town.database.write() as connection:
        await put(connection, town, number, "ro", "De la altcineva", 1 if released else None)
    await phone.write("Al meu")
    assert "Somebody else has changed this text meanwhile." in phone.heard()[-2].text
    assert phone.last().text == "De la altcineva"
    held = await text_of(town, number)
    assert (held.text, held.released) == ("De la altcineva", released)
    await phone.tap("Write again")
    await phone.write("Al meu")
    held = await text_of(town, number)
    assert (held.text, held.released) == ("Al meu", False)


async def test_a_text_that_changed_after_it_was_shown_is_not_released_unseen(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    await phone.write("Al meu")
    async with town.database.write() as connection:
        await put(connection, town, number, "ro", "De la altcineva", None)
    await phone.tap("Release")
    assert phone.last().text == "De la altcineva"
    assert not (await text_of(town, number)).released


async def test_what_was_released_by_somebody_else_is_shown_so(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    async with town.database.write() as connection:
        await put(connection, town, number, "ro", "Gata", 1)
    await mediator.phone.press_anything(f"s:desk:{number}:ro")
    assert "This text is released already:" in mediator.phone.heard()[-2].text
    assert mediator.phone.last().labels == [["✏️ Write again"]]


async def test_a_broadcast_that_was_discarded_needs_no_translation(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    async with town.database.write() as connection:
        assert await broadcasts.discard_broadcast(connection, town_id=town.id, broadcast_id=number)
    await phone.write("Veniți!")
    assert "This text is not needed any more." in phone.last().text
    assert (await mediator.row()).translating_into is None
    await phone.press_anything(f"s:desk:{number}:ro")
    assert "This text is not needed any more." in phone.last().text


async def test_who_lost_the_right_hears_it_and_changes_nothing(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town)
    phone = mediator.phone
    await begin(town, number, phone)
    await mediator.change(rights=[])
    await phone.write("Veniți!")
    assert "You cannot translate this text with your account." in phone.last().text
    assert "Your own text is still here in the chat." in phone.last().text
    assert (await text_of(town, number)).text == ""
    for data in (f"s:desk:{number}:ro", f"s:desk:ok:{number}:ro:00000000"):
        await phone.press_anything(data)
        assert "You cannot translate this text with your account." in phone.last().text
    await phone.write("/translate")
    assert "You cannot translate this text with your account." in phone.last().text


async def test_nobody_releases_a_language_that_is_not_theirs(town: Town, mediator: Mediator) -> None:
    number = await broadcast(town, "ro", "tr")
    await mediator.phone.write("/translate")
    assert len(list(mediator.phone.last().buttons)) == 1
    await mediator.phone.press_anything(f"s:desk:{number}:tr")
    assert "You cannot translate this text with your account." in mediator.phone.last().text


@pytest.mark.parametrize(
    "key", ["desk:", "desk:x", "desk:0:ro", "desk:1:fr", "desk:99999999999:ro", "desk:ok:1:ro", "desk:ok:1:ro:zz"]
)
async def test_a_button_that_we_never_wrote_does_no_harm(town: Town, mediator: Mediator, key: str) -> None:
    await mediator.phone.press_anything(f"s:{key}")
    assert "not needed any more" in mediator.phone.last().text or "cannot translate" in mediator.phone.last().text
    assert all(row.state == "done" for row in await town.updates())


async def test_two_mediators_who_write_at_once_do_not_overwrite_each_other(town: Town, mediator: Mediator) -> None:
    elena = await hire(town, "elena")
    await elena.link()
    number = await broadcast(town)
    both = [mediator.phone, elena.phone]
    for phone in both:
        await begin(town, number, phone)
    for phone in both:
        await phone.act("send", text=f"Text de la {phone.id}")
    await town.settled()
    kept = (await text_of(town, number)).text
    assert kept in {f"Text de la {phone.id}" for phone in both}
    assert [phone.last().text for phone in both] == [kept, kept]
    slower = next(phone for phone in both if f"{phone.id}" not in kept)
    assert "Somebody else has changed this text meanwhile." in slower.heard()[-2].text
    assert (await town.row(select(Broadcast).where(Broadcast.id == number))).revision == 2


async def test_a_release_beside_a_change_releases_nothing_unseen(town: Town, mediator: Mediator) -> None:
    elena = await hire(town, "elena")
    await elena.link()
    number = await broadcast(town)
    await begin(town, number, mediator.phone)
    await mediator.phone.write("Veniti")
    message, release = mediator.phone.find("Release")
    await elena.phone.press_anything(f"s:desk:{number}:ro")
    await elena.phone.tap("Write again")
    await elena.phone.act("send", text="Veniți")
    await mediator.phone.push(message, release)
    await town.settled()
    row = await text_of(town, number)
    assert (row.text, row.released) in {("Veniți", False), ("Veniti", True)}
    if row.released:
        assert "Somebody else has changed this text meanwhile." in elena.phone.heard()[-2].text


# --- trying a message out -------------------------------------------------------------------------------------------


async def test_whoever_tries_a_message_out_is_told_that_it_is_a_trial_and_sees_it_in_each_language(town: Town) -> None:
    mediator = await hire(town, language="de")
    await mediator.link()
    await town.settled()
    heard = len(mediator.phone.heard())
    office = Office(town)
    texts = {"de": "Fest in {area}.", "tr": "Şenlik: {area}."}
    number = await office.sent(texts, kind=SendingKind.TRIAL, staff_id=mediator.id)
    said = [message.text for message in mediator.phone.heard()[heard:]]
    assert said == [
        "Das ist eine Probe.\nNur Sie bekommen sie. So sieht die Nachricht aus:",
        "Fest in Auenstadt.",
        "Şenlik: Auenstadt.",
    ]
    assert (await office.account(number)).sent == 2
