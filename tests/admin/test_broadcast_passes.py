"""Where a message stands: which pass counts, what was never sent or was taken back, what waits, and until when."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from admin.site import Site
from storage.models import Contact, DeliveryState, Staff
from tests.admin.office import Clock, Office
from tests.admin.papers import fields_of
from tests.admin.test_broadcasts import GERMAN, Desk, notice, plain
from tests.admin.townspeople import BOT, becomes, begin, ends, move_in

LATER = {"begin": "later", "wall": "2026-11-27T14:00"}
AT_NIGHT = {"begin": "later", "wall": "2026-11-27T03:00"}
MORNING = "27. November 2026, 08:00 Uhr"


class Message:
    """A message that is written and released, for ten people."""

    def __init__(self, desk: Desk, site: Site, people: list[int]) -> None:
        self.desk, self.site, self.people, self.office = desk, site, people, desk.office

    async def listed(self) -> str:
        return plain(await self.office.read("/admin/broadcasts")).partition("Wann")[2]

    async def page(self) -> str:
        """Where it stands, on its own page: what is read above the steps."""
        return plain((await self.office.read(self.desk.here)).partition('<nav class="steps"')[0])

    async def of(self, sending: int) -> str:
        return plain(await self.office.read(f"/admin/sendings/{sending}"))

    async def leads_to(self) -> list[str]:
        head = (await self.office.read(self.desk.here)).partition('<nav class="steps"')[0]
        return re.findall(r'href="(/admin/sendings/\d+)"', head)

    async def is_sent(self, sending: int, **more: str) -> None:
        assert await self.desk.has_sent(**more) == f"/admin/sendings/{sending}"
        await begin(self.site, sending, {"de": self.people})
        await becomes(self.site, sending, self.people, DeliveryState.SENT)
        await ends(self.site, sending)

    async def is_planned_and_cancelled(self, sending: int, **more: str) -> None:
        await self.desk.has_sent(**LATER, **more)
        await self.office.send(f"/admin/sendings/{sending}/cancel")

    async def is_later(self, clock: Clock, by: timedelta) -> None:
        """Time goes by; the session has ended meanwhile."""
        clock.move(by)
        await self.office.enter(self.site, 1)


@pytest.fixture
async def message(office: Office, site: Site) -> Message:
    desk = await Desk.at(office)
    people = await move_in(site, "de", 10)
    await office.send("/admin/settings", {"from": "20:00", "to": "08:00", "share": "0"})
    await desk.writes(de=GERMAN)
    return Message(desk, site, people)


# --- which pass counts ----------------------------------------------------------------------------------------------


async def test_every_pass_can_be_reached_from_the_page_of_the_message(message: Message, clock: Clock) -> None:
    await message.is_sent(1)
    await message.is_later(clock, timedelta(hours=2))
    await message.is_planned_and_cancelled(2, again="yes")
    await message.desk.has_sent(**LATER, again="yes")
    assert await message.leads_to() == [f"/admin/sendings/{each}" for each in (3, 2, 1)]
    page = await message.page()
    assert page.index("geplant") < page.index("Frühere Versände") < page.index("fertig")
    for words in (
        "geplant Versand: beginnt am 27. November 2026, 14:00 Uhr",
        "abgebrochen Versand: am 26. November 2026, 12:00 Uhr, bevor er begann",
        "fertig Versand: am 26. November 2026, 10:00 Uhr",
    ):
        assert words in page


async def test_a_cancelled_pass_hides_none_that_was_sent(message: Message, clock: Clock) -> None:
    await message.is_sent(1)
    await message.is_later(clock, timedelta(hours=2))
    await message.is_planned_and_cancelled(2, again="yes")
    page = await message.office.read("/admin/broadcasts")
    assert "/admin/sendings/1" in page
    assert "fertig Deutsch verschickt am 26. November 2026, 10:00 Uhr" in await message.listed()


async def test_an_older_pass_that_runs_again_counts(message: Message, clock: Clock) -> None:
    await message.is_sent(1)
    await message.is_sent(2, again="yes")
    await becomes(message.site, 1, message.people, DeliveryState.UNCERTAIN)
    await message.office.send("/admin/sendings/1/resend")
    assert "/admin/sendings/1" in await message.office.read("/admin/broadcasts")
    assert "wird verschickt" in await message.listed()


# --- never begun ----------------------------------------------------------------------------------------------------


async def test_what_was_cancelled_before_it_began_was_not_sent(message: Message) -> None:
    await message.is_planned_and_cancelled(1)
    assert "Entwurf Deutsch angelegt am 26. November 2026, 10:00 Uhr" in await message.listed()
    assert 'href="/admin/broadcasts/1"' in await message.office.read("/admin/broadcasts")
    page = await message.office.read(message.desk.here)
    assert "verschickt oder geplant" not in page
    assert "Entwurf" in await message.page()
    assert "schon einmal verschickt" not in await message.office.read(f"{message.desk.here}/send")
    own = await message.of(1)
    assert "abgebrochen am 26. November 2026, 10:00 Uhr, bevor er begann Es wurde nichts verschickt." in own
    assert not re.search("Korrigieren|Zurücknehmen|abbrechen|niemand", own)
    await message.is_sent(2)  # and no tick is asked for


async def test_an_old_form_begins_nothing_after_a_pass_was_cancelled(message: Message) -> None:
    form = {**await message.desk.form_to_send(), "begin": "now"}
    await message.is_planned_and_cancelled(1)
    answer = await message.office.send(f"{message.desk.here}/send", form)
    assert answer.headers["location"] == "/admin/sendings/1"


async def test_why_it_cannot_be_deleted_says_which(message: Message) -> None:
    async def why() -> str:
        return notice(await message.office.send(f"{message.desk.here}/discard"))

    await message.desk.has_sent(**LATER)
    assert "ist geplant oder läuft" in await why()
    await message.office.send("/admin/sendings/1/cancel")
    await message.is_sent(2)
    assert "ist schon verschickt" in await why()


async def test_a_draft_that_was_only_planned_can_be_deleted(message: Message) -> None:
    await message.is_planned_and_cancelled(1)
    assert f'href="{message.desk.here}/discard"' in await message.office.read(message.desk.here)
    assert "Entwurf löschen" in await message.office.read(f"{message.desk.here}/discard")
    assert "gelöscht" in notice(await message.office.send(f"{message.desk.here}/discard"))
    assert (await message.office.get(message.desk.here)).status_code == 404
    assert (await message.office.get("/admin/sendings/1")).status_code == 404


async def test_what_never_began_is_neither_corrected_nor_taken_back(message: Message) -> None:
    await message.is_planned_and_cancelled(1)
    await message.desk.writes(de="Wir feiern doch nicht.")
    for deed in ("correct", "take-back"):
        here = f"/admin/sendings/1/{deed}"
        for answer in (await message.office.get(here), await message.office.send(here, {"understood": "yes"})):
            assert "Das geht nicht mehr" in notice(answer), deed


# --- corrected and taken back ---------------------------------------------------------------------------------------


async def test_what_was_taken_back_is_said_to_be_with_the_times_of_its_pass(message: Message, clock: Clock) -> None:
    await message.is_sent(1)
    await message.is_later(clock, timedelta(hours=3))
    await message.office.send("/admin/sendings/1/take-back", {"understood": "yes"})
    assert "zurückgenommen Deutsch verschickt am 26. November 2026, 10:00 Uhr" in await message.listed()
    assert "zurückgenommen Versand: am 26. November 2026, 10:00 Uhr" in await message.page()
    assert "zurückgenommen am 26. November 2026, 10:00 Uhr" in await message.of(1)
    page = await message.office.read(f"{message.desk.here}/send")
    assert "schon einmal verschickt und zurückgenommen" in page
    assert "/correct" not in page
    await message.office.send("/admin/sendings/2/cancel")
    assert "fertig" in await message.listed(), "whoever cancels the take-back leaves the message in the chats"


async def test_a_correction_leaves_the_times_as_they_are(message: Message, clock: Clock) -> None:
    await message.is_sent(1)
    await message.is_later(clock, timedelta(hours=3))
    await message.desk.writes(de="Wir feiern **doch nicht**.")
    form = {"seen": re.findall(r'name="seen" value="([^"]+)"', await message.office.read("/admin/sendings/1/correct"))}
    await message.office.send("/admin/sendings/1/correct", form)
    await begin(message.site, 2, {})
    assert "fertig Deutsch verschickt am 26. November 2026, 10:00 Uhr" in await message.listed()
    assert "seit 26. November 2026, 13:00 Uhr" in await message.of(1)


# --- what waits -----------------------------------------------------------------------------------------------------


async def test_in_quiet_hours_it_is_said_when_it_goes_out(message: Message, clock: Clock) -> None:
    await message.is_later(clock, timedelta(hours=12))
    page = await message.office.read(f"{message.desk.here}/send")
    assert f"Jetzt ist Ruhezeit (20:00 bis 08:00). Die Nachrichten gehen erst ab {MORNING} hinaus." in page
    assert "beginnt" not in plain(page).partition("Wann?")[2]
    sent = await message.desk.sends()
    assert notice(sent) == f"Die Nachricht ist geplant: Sie geht ab {MORNING} hinaus."
    words = f"geplant geht ab {MORNING} hinaus (Ruhezeit)"
    assert words in await message.of(1)
    assert f"geplant Deutsch geht ab {MORNING} hinaus (Ruhezeit)" in await message.listed()
    overview = plain(await message.office.read("/admin"))
    assert f"Sommerfest {words}" in overview
    assert "Keine Nachricht wartet" not in overview
    await message.is_later(clock, timedelta(hours=10, minutes=1))
    assert "beginnt gleich" in await message.of(1)


async def test_a_time_at_night_is_not_when_it_goes_out(message: Message) -> None:
    answer = await message.office.send(f"{message.desk.here}/send/when", AT_NIGHT)
    told = plain("<main>" + answer.text)
    assert "Geplant für 27. November 2026, 03:00 Uhr. Das liegt in der Ruhezeit" in told
    assert "beginnt" not in told
    assert MORNING in notice(await message.desk.sends(**AT_NIGHT))
    assert f"geht ab {MORNING} hinaus (Ruhezeit)" in await message.of(1)


async def test_what_runs_into_the_quiet_hours_waits(message: Message, clock: Clock) -> None:
    await message.desk.has_sent()
    await begin(message.site, 1, {"de": message.people})
    assert "wird verschickt seit 26. November 2026, 10:00 Uhr" in await message.of(1)
    await message.is_later(clock, timedelta(hours=11))
    assert f"wartet geht ab {MORNING} weiter (Ruhezeit)" in await message.of(1)
    assert f"Sommerfest wartet geht ab {MORNING} weiter" in plain(await message.office.read("/admin"))


async def test_during_the_emergency_stop_it_waits_for_the_bot(message: Message) -> None:
    await message.office.send("/admin/stop")
    page = await message.office.read(f"{message.desk.here}/send")
    assert "Die Nachricht wartet, bis der Bot wieder sendet" in page
    assert "beginnt sofort" not in page
    sent = await message.desk.sends()
    assert notice(sent) == "Die Nachricht wartet: Sie geht hinaus, sobald der Bot wieder sendet (Not-Aus)."
    waits = "geht hinaus, sobald der Bot wieder sendet (Not-Aus)"
    assert f"geplant {waits}" in await message.of(1)
    await begin(message.site, 1, {"de": message.people})
    assert f"wartet {waits}" in await message.of(1)
    assert f"wartet Deutsch {waits}" in await message.listed()
    assert f"Sommerfest wartet {waits}" in plain(await message.office.read("/admin"))
    await message.office.send("/admin/go-on")
    assert "wird verschickt" in await message.of(1)


async def test_what_is_planned_for_later_goes_out_if_the_stop_is_over_by_then(message: Message) -> None:
    await message.office.send("/admin/stop")
    told = (await message.office.send(f"{message.desk.here}/send/when", LATER)).text
    assert "Bis dahin muss der Not-Aus beendet sein" in told
    assert "wenn der Not-Aus bis dahin beendet ist" in notice(await message.desk.sends(**LATER))
    words = "beginnt am 27. November 2026, 14:00 Uhr, wenn der Not-Aus bis dahin beendet ist"
    assert words in await message.of(1)


async def test_during_the_emergency_stop_changes_wait_too(message: Message) -> None:
    await message.is_sent(1)
    await message.desk.writes(de="Wir feiern doch nicht.")
    await message.office.send("/admin/stop")
    page = await message.office.read("/admin/sendings/1/correct")
    said = notice(await message.office.send("/admin/sendings/1/correct", fields_of(page)))
    assert "Die Korrektur wartet" in said
    assert "Not-Aus" in said
    said = notice(await message.office.send("/admin/sendings/1/take-back", {"understood": "yes"}))
    assert "sobald der Bot wieder sendet (Not-Aus)" in said


async def test_a_trial_waits_for_the_bot_as_well(message: Message, site: Site) -> None:
    async with site.database.write() as connection:
        await connection.execute(insert(Contact).values(id=999, town_id=site.town_id, bot_id=BOT, chat_id=999))
        await connection.execute(update(Staff).values(contact_id=999))
    await message.office.send("/admin/stop")
    words = "Sie kommt in Ihren Chat, sobald der Bot wieder sendet"
    for beginning in ("Die Probe wartet: ", "Eine Probe wartet schon: "):
        assert beginning + words in notice(await message.office.send(f"{message.desk.here}/try"))
    assert (await message.office.get("/admin/sendings/1")).status_code == 200


# --- times and the log ----------------------------------------------------------------------------------------------


async def test_a_day_and_a_time_are_said_once(message: Message, clock: Clock) -> None:
    await message.is_sent(1)
    page = await message.of(1)
    assert "fertig am 26. November 2026, 10:00 Uhr" in page
    assert not re.search(r"bis 26\.|Erledigt", page)
    assert "<progress" not in await message.office.read("/admin/sendings/1")
    for by, words in (
        (timedelta(minutes=17), "am 26. November 2026, 10:00 bis 10:17 Uhr"),
        (timedelta(days=1), "vom 26. November 2026, 10:00 Uhr bis 27. November 2026, 10:17 Uhr"),
    ):
        await message.is_later(clock, by)
        await ends(message.site, 1)
        assert f"fertig {words}" in await message.of(1)


async def test_the_log_says_whether_it_was_planned_and_for_when(message: Message) -> None:
    await message.is_sent(1)
    await message.desk.has_sent(**AT_NIGHT, again="yes")
    log = plain(await message.office.read("/admin/audit"))
    assert "Der Versand einer Nachricht wurde gestartet." in log
    assert "Der Versand einer Nachricht wurde geplant." in log
    assert "27. November 2026, 03:00 Uhr" in log
    assert "2026-11-27" not in log
