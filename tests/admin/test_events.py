"""Events in the admin: planned, written, opened, moved after one question, cancelled; who comes is seen exactly, and
nobody is recognised by their language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from admin.event_form import Typed, in_words, read_form
from admin.people import by_language
from admin.site import Site
from dialogues.waiting_list import Standing
from storage.models import AuditEntry, Event, Occurrence, SignUp, Staff
from storage.queries.attendance import concerned, expected, preparations
from storage.queries.events import EventFacts, find_event, heads
from storage.services.sign_ups import say_no, set_details, sign_up
from tests.admin.office import Clock, Office, heading, hire
from tests.admin.papers import fields_of
from tests.admin.test_broadcasts import Desk, actions, chosen_of, notice, plain, texts_of
from tests.admin.townspeople import begin, ends, move_in

ON_ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is said rather than stored."""
WHERE = {"place-title": "Quartierszentrum", "place-address": "Lindenstraße 5", "point": "51.05, 13.73"}
SATURDAY = {"day": "2026-12-05", "begins": "15:00", "ends": "17:00"}
GERMAN = "Gemeinsam essen\nWir kochen.\nℹ️ Bringen Sie einen Teller mit.\n♿ Eingang im Hof."


@dataclass
class Plan:
    """Somebody who plans an event: what its form would send, kept up as a browser does."""

    office: Office
    site: Site
    it: str
    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    async def at(cls, office: Office, site: Site, title: str = "Gemeinsam essen") -> Plan:
        made = await office.send("/admin/events", {"title": title})
        assert made.status_code == 303, made.text
        plan = cls(office, site, made.headers["location"].removesuffix("/edit"))
        await plan.look()
        return plan

    @property
    def id(self) -> int:
        return int(self.it.rpartition("/")[2])

    async def look(self) -> str:
        """Load the form anew: it is as it stands there."""
        page = await self.office.read(f"{self.it}/edit")
        self.fields = form_of(page)
        return page

    async def saves(self, **more: Any) -> Response:
        """Send the form with changes; ``_`` stands for ``-`` in the names."""
        self.fields |= {name.replace("_", "-"): value for name, value in more.items()}
        return await self.office.send(f"{self.it}/edit", self.fields)

    async def settles(self, **more: Any) -> None:
        """Have day and place, and what is said besides."""
        saved = await self.saves(**{**SATURDAY, **WHERE, **more})
        assert saved.status_code == 303, plain(saved.text)
        await self.look()

    async def writes(self, german: str = GERMAN) -> Desk:
        desk = Desk(self.office, f"/admin/broadcasts/{(await self.event()).broadcast_id}")
        await desk.look()
        await desk.writes(de=german)
        return desk

    async def opens(self) -> Response:
        """Without questions afterwards: `tests.admin.test_afterwards` has them asked."""
        page = f"{self.it}/open"
        return await self.office.send(page, fields_of(await self.office.read(page)) | {"ask": ""})

    async def is_open(self, **more: Any) -> None:
        """Settled, written and opened."""
        await self.settles(**more)
        await self.writes()
        assert (await self.opens()).status_code == 303
        await self.look()

    async def waits(self, clock: Clock, days: int) -> None:
        """Days later Maria signs in again."""
        clock.move(timedelta(days=days))
        async with self.site.database.read() as connection:
            maria = await connection.scalar(select(Staff.id))
        await self.office.enter(self.site, int(maria or 0))

    async def event(self) -> EventFacts:
        async with self.site.database.read() as connection:
            event = await find_event(connection, self.site.town_id, self.id)
        assert event is not None
        return event

    async def dates(self) -> list[str]:
        return [each.start for each in (await self.event()).occasions if not each.cancelled]

    async def come(self, language: str, persons: int, *, needs: tuple[str, ...] = (), **more: Any) -> int:
        """Somebody signs up; returns the id of the resident."""
        [resident] = await move_in(self.site, language)
        occasion = (await self.event()).occasions[0]
        async with self.site.database.write() as connection:
            now = self.site.now()
            await sign_up(connection, occurrence_id=occasion.id, resident_id=resident, persons=persons, now=now)
            for need in needs:
                await set_details(connection, occurrence_id=occasion.id, resident_id=resident, need=(need, True))
            if more:
                await set_details(connection, occurrence_id=occasion.id, resident_id=resident, **more)
        return resident


def form_of(page: str) -> dict[str, Any]:
    """What the form of a page would send as it stands; of boxes with one name, all that are ticked."""
    found = {**fields_of(page), **texts_of(page), **chosen_of(page), **written_in(page)}
    for name in ("reminder", "food", "interpreter"):
        tags = re.findall(rf'<input[^>]* name="{name}"[^>]* checked>', page)
        found[name] = [re.findall('value="([^"]*)"', tag)[0] for tag in tags]
    return found


def written_in(page: str) -> dict[str, str]:
    return dict(re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', page, re.S))


@pytest.fixture
async def plan(office: Office, site: Site) -> Plan:
    return await Plan.at(office, site)


# --- planning -------------------------------------------------------------------------------------------------------


async def test_an_event_is_planned_from_a_name_to_its_dates(plan: Plan, site: Site) -> None:
    await plan.settles(
        repeats="weekly",
        until="2026-12-31",
        without="24.12.2026, 26.12.2026",
        places="40",
        closes="2880",
        offer="180",
        reminder=["10080", "120"],
        food=["halal", "vegetarian"],
        interpreter=["ar", "tr"],
        childcare="yes",
        step_free="yes",
        free="yes",
        contact="Frau Yılmaz, 0340 123",
    )
    event = await plan.event()
    assert [each.start for each in event.occasions] == ["2026-12-05T15:00", "2026-12-12T15:00", "2026-12-19T15:00"]
    assert (event.capacity, event.closes_before, event.offer_minutes, event.reminders) == (40, 2880, 180, [10080, 120])
    offers = event.offers
    assert (offers.food, offers.interpreters) == (("halal", "vegetarian"), ("ar", "tr"))
    assert (offers.childcare, offers.step_free, offers.free_of_charge) == (True, True, True)
    assert event.contact == "Frau Yılmaz, 0340 123"
    assert event.broadcast.place is not None
    assert event.broadcast.place.title == "Quartierszentrum"
    assert await actions(site) == ["event.create", "event.change"]
    assert plan.fields["without"] == "24.12.2026\n26.12.2026"
    assert (plan.fields["repeats"], plan.fields["until"]) == ("weekly", "2026-12-31")
    assert plan.fields["reminder"] == ["10080", "120"]


@ON_ONE_DATABASE
async def test_a_new_event_reminds_the_day_before_and_two_hours_before(plan: Plan) -> None:
    assert plan.fields["reminder"] == ["1440", "120"]
    assert (plan.fields["closes"], plan.fields["offer"]) == ("0", "720")


@ON_ONE_DATABASE
async def test_an_event_needs_a_name_and_nothing_else(office: Office) -> None:
    refused = await office.send("/admin/events", {"title": " \u202e "})
    assert (refused.status_code, "Bitte geben Sie der Veranstaltung einen Namen" in refused.text) == (422, True)
    refused = await office.send("/admin/events", {"title": "x" * 121})
    assert (refused.status_code, "x" * 121 in refused.text) == (422, True)
    assert (await office.send("/admin/events", {"title": "Fest"})).headers["location"] == "/admin/events/1/edit"


async def test_saving_twice_counts_once(plan: Plan, site: Site) -> None:
    await plan.settles()
    again = await plan.saves()
    assert (again.status_code, again.headers["location"]) == (303, plan.it)
    assert await actions(site) == ["event.create", "event.change"]


@ON_ONE_DATABASE
async def test_an_end_before_the_beginning_is_on_the_next_day(plan: Plan) -> None:
    await plan.settles(begins="20:00", ends="01:30")
    event = await plan.event()
    assert (event.starts, event.ends) == ("2026-12-05T20:00", "2026-12-06T01:30")
    assert "Samstag, 5. Dezember 2026, 20:00 bis 01:30 Uhr" in plain(await plan.office.read(plan.it))


FAULTS = [
    ({"title": ""}, "Bitte geben Sie der Veranstaltung einen Namen"),
    ({"title": "x" * 121}, "höchstens 120 Zeichen"),
    ({"day": "2026-11-25"}, "Dieser Tag ist vorbei"),
    ({"day": "2026-11-26", "begins": "08:00"}, "Dieser Zeitpunkt ist vorbei"),
    ({"day": "2026-13-01"}, "Bitte schreiben Sie einen Tag"),
    ({"day": "2099-01-01"}, "mehr als fünf Jahre"),
    ({"begins": ""}, "Bitte schreiben Sie eine Uhrzeit"),
    ({"ends": "25:00"}, "Bitte schreiben Sie eine Uhrzeit"),
    ({"ends": "15:00"}, "Das Ende muss nach dem Beginn liegen"),
    ({"ends": "14:00"}, "Das Ende liegt vor dem Beginn."),
    ({"ends": "05:01"}, "höchstens 14 Stunden dauern"),
    ({"repeats": "weekly"}, "bis zu welchem Tag"),
    ({"repeats": "weekly", "until": "2026-12-04"}, "darf nicht vor dem ersten liegen"),
    ({"repeats": "daily", "until": "2027-12-01"}, "mehr als 60 Termine"),
    ({"repeats": "hourly", "until": "2027-12-01"}, "aus der Liste"),
    ({"repeats": "weekly", "until": "2026-12-31", "without": "Heiligabend 24.12."}, "„Heiligabend“ ist kein Datum"),
    ({"repeats": "weekly", "until": "2026-12-05", "without": "5.12.2026"}, "bleibt kein Termin"),
    ({"place-address": ""}, "Bitte schreiben Sie Straße und Hausnummer"),
    ({"point": "am Markt"}, "zwei Zahlen"),
    ({"places": "0"}, "eine Zahl von 1 bis 10000"),
    ({"places": "viele"}, "eine Zahl von 1 bis 10000"),
    ({"places": "100000000000000"}, "eine Zahl von 1 bis 10000"),
    ({"closes": "7"}, "aus der Liste"),
    ({"offer": ""}, "aus der Liste"),
    ({"contact": "x" * 121}, "höchstens 120 Zeichen"),
]


@ON_ONE_DATABASE
async def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(plan: Plan) -> None:
    await plan.look()
    fresh = {**plan.fields, **SATURDAY, **WHERE, "contact": "Frau Yılmaz"}
    for wrong, words in FAULTS:
        plan.fields = dict(fresh)
        refused = await plan.saves(**wrong)
        assert refused.status_code == 422, wrong
        assert words in plain(refused.text), (wrong, plain(refused.text)[:1500])
        kept = form_of(refused.text)
        chosen = {"repeats", "closes", "offer"}  # what is in no list cannot stay chosen
        assert {each: kept[each] for each in wrong if each not in chosen} == {
            each: value for each, value in wrong.items() if each not in chosen
        }
        assert 'aria-invalid="true"' in refused.text
        if "contact" not in wrong:
            assert kept["contact"] == "Frau Yılmaz"
    assert (await plan.event()).starts is None


@ON_ONE_DATABASE
async def test_whatever_a_stranger_sends_is_answered(plan: Plan) -> None:
    for junk in ("\x00", "☃" * 5000, "-1", "9" * 400, "2026-02-30", "<b>", "2026-12-05T15:00"):
        names = (*plan.fields, "sure")
        sent = await plan.office.send(f"{plan.it}/edit", {**dict.fromkeys(names, junk), "seen": plan.fields["seen"]})
        assert sent.status_code == 422, junk
        shown = await plan.office.send(f"{plan.it}/edit/dates", dict.fromkeys(names, junk))
        assert shown.status_code == 200, junk
    assert (await plan.event()).starts is None
    assert (await plan.office.send(f"{plan.it}/edit", {})).status_code == 422


@ON_ONE_DATABASE
async def test_the_dates_are_seen_while_one_chooses(plan: Plan) -> None:
    async def seen(**more: str) -> str:
        answer = await plan.office.send(f"{plan.it}/edit/dates", {**plan.fields, **SATURDAY, **more})
        assert answer.status_code == 200
        return " ".join(re.sub("<[^>]+>", " ", answer.text).split())

    assert await seen() == "Das ist der Termin: Samstag, 5. Dezember 2026, 15:00 bis 17:00 Uhr"
    monthly = await seen(repeats="monthly", until="2027-02-28")
    assert "Das sind die 3 Termine: Samstag, 5. Dezember 2026" in monthly
    assert "Samstag, 2. Januar 2027" in monthly
    assert "Samstag, 6. Februar 2027" in monthly
    idle = await seen(repeats="fortnightly", until="2026-12-31", without="12.12.2026;19.12.2026")
    assert "Das ist der Termin: Samstag, 5. Dezember" in idle
    assert "An diesen Tagen wäre ohnehin kein Termin: 12.12.2026." in idle
    night = await seen(begins="20:00", ends="01:30")
    assert "Samstag, 5. Dezember 2026, 20:00 bis 01:30 Uhr – bis zum nächsten Tag" in night
    assert "Das Ende liegt vor dem Beginn" in await seen(ends="14:00")
    assert "Bitte schreiben Sie eine Uhrzeit" in await seen(begins="")
    assert "Sobald Tag und Uhrzeiten" in await seen(day="", begins="", ends="")


@ON_ONE_DATABASE
async def test_the_field_for_places_cuts_no_number_short(plan: Plan) -> None:
    [most] = re.findall(r'id="places"[^>]* maxlength="(\d+)"', await plan.look())
    assert int(most) > len("100000000000000")


@pytest.mark.parametrize(
    ("other", "is_said"),
    [
        ({}, True),
        ({"begins": "16:59", "ends": "18:00"}, True),
        ({"day": "2026-11-28", "repeats": "weekly", "until": "2026-12-19"}, True),
        ({"place-title": "quartierszentrum"}, True),
        ({"begins": "17:00", "ends": "18:00"}, False),
        ({"day": "2026-12-06"}, False),
        ({"place-title": "Saal"}, False),
        ({"place-address": "Lindenstraße 7"}, False),
    ],
)
async def test_what_else_is_open_at_this_place_at_this_time_is_said_and_hinders_nothing(
    plan: Plan, other: dict[str, str], is_said: bool
) -> None:
    await plan.settles()
    second = await Plan.at(plan.office, plan.site, title="Fest & Musik")
    fields = {**second.fields, **SATURDAY, **WHERE, **other}

    async def hint() -> bool:
        shown = (await plan.office.send(f"{second.it}/edit/dates", fields)).text
        assert ("Gemeinsam essen" in shown) == ("ist an diesem Ort schon etwas anderes" in shown)
        return f'href="{plan.it}"' in shown

    assert not await hint()  # a draft takes no place
    await plan.writes()
    await plan.opens()
    assert await hint() == is_said
    await second.settles(**other)
    assert (f'href="{plan.it}" target' in await second.look()) == is_said
    await plan.office.send(f"{plan.it}/cancel", page=f"{plan.it}/cancel")
    assert not await hint()


@ON_ONE_DATABASE
async def test_the_preview_says_which_fields_are_right_by_now(plan: Plan) -> None:
    fields = {**plan.fields, **SATURDAY}
    right = (await plan.office.send(f"{plan.it}/edit/dates", fields)).text
    assert 'data-judged="day begins ends repeats until without"' in right
    for wrong in ({"ends": "14:00"}, {"day": ""}):
        assert "data-judged" not in (await plan.office.send(f"{plan.it}/edit/dates", {**fields, **wrong})).text


@ON_ONE_DATABASE
async def test_an_hour_that_does_not_exist_or_comes_twice_is_said(plan: Plan) -> None:
    spring = {**plan.fields, "day": "2027-03-28", "begins": "02:30", "ends": "05:00"}
    shown = (await plan.office.send(f"{plan.it}/edit/dates", spring)).text
    assert "gibt es nicht" in shown
    assert "28. März 2027, 03:30 Uhr" in shown
    autumn = {**spring, "day": "2027-10-31"}
    assert "kommt zweimal" in (await plan.office.send(f"{plan.it}/edit/dates", autumn)).text
    shrunk = {**spring, "ends": "03:15"}
    assert "das Ende läge vor dem Beginn" in (await plan.office.send(f"{plan.it}/edit/dates", shrunk)).text


async def test_of_two_who_plan_the_second_is_told(plan: Plan) -> None:
    other = Plan(plan.office, plan.site, plan.it)
    await other.look()
    await plan.settles(places="20")
    late = await other.saves(**SATURDAY, places="30", contact="Herr Klein")
    assert (late.status_code, "In der Zwischenzeit hat jemand" in plain(late.text)) == (409, True)
    assert (await plan.event()).capacity == 20
    other.fields = form_of(late.text)
    assert (other.fields["places"], other.fields["contact"]) == ("30", "Herr Klein")
    assert (await other.saves()).status_code == 303
    assert ((await plan.event()).capacity, (await plan.event()).contact) == (30, "Herr Klein")


async def test_texts_and_plan_do_not_get_into_each_others_way(plan: Plan) -> None:
    await plan.settles()
    seen = dict(plan.fields)
    await plan.writes()
    plan.fields = seen
    assert (await plan.saves(places="12")).status_code == 303
    event = await plan.event()
    assert (event.capacity, event.broadcast.texts["de"].released) == (12, True)


# --- the event at a glance ------------------------------------------------------------------------------------------


@ON_ONE_DATABASE
async def test_the_page_leads_from_step_to_step(plan: Plan) -> None:
    async def primary() -> str:
        page = await plan.office.read(plan.it)
        [label] = re.findall(r'kern-btn--primary" href="[^"]*"><span class="kern-label">([^<]*)', page)
        return str(label)

    assert await primary() == "Tag und Ort festlegen"
    await plan.settles()
    assert await primary() == "Texte schreiben"
    await plan.writes()
    assert await primary() == "Für Anmeldungen öffnen"
    assert "Freigegeben auf: Deutsch" in plain(await plan.office.read(plan.it))
    await plan.opens()
    assert await primary() == "Einladen"


async def test_what_is_missing_before_it_is_opened_is_said(plan: Plan, site: Site, clock: Clock) -> None:
    page = plain(await plan.office.read(f"{plan.it}/open"))
    for words in ("Ein Tag, der noch bevorsteht", "Ein Ort", "Ein freigegebener Text"):
        assert words in page
    assert "Jetzt öffnen" not in page
    refused = await plan.office.send(f"{plan.it}/open", {"seen": "x"})
    assert (refused.status_code, (await plan.event()).state) == (422, "draft")
    await plan.settles()
    await plan.writes()
    form = fields_of(await plan.office.read(f"{plan.it}/open"))
    await plan.saves(places="5")
    changed = await plan.office.send(f"{plan.it}/open", form)
    assert (changed.status_code, "hat sich in der Zwischenzeit geändert" in plain(changed.text)) == (409, True)
    assert (await plan.opens()).status_code == 303
    assert (await plan.event()).state == "open"
    again = await plan.office.send(f"{plan.it}/open", form)
    assert "ist schon offen" in notice(again)
    assert (await actions(site)).count("event.open") == 1
    await plan.waits(clock, 20)
    assert "vorbei" in plain(await plan.office.read(plan.it))


@ON_ONE_DATABASE
async def test_the_overview_names_the_next_events(plan: Plan, site: Site, clock: Clock) -> None:
    assert "Nächste Veranstaltungen" not in plain(await plan.office.read("/admin"))
    await plan.is_open(places="9")
    await plan.come("de", 4)
    for at, day in enumerate(("2026-12-03", "2026-12-12", "2026-12-19")):
        other = await Plan.at(plan.office, site, f"Treffen {at}")
        await other.is_open(day=day)
    await Plan.at(plan.office, site, "Entwurf")
    page = plain(await plan.office.read("/admin")).partition("Nächste Veranstaltungen")[2]
    named = page.partition("Der Bot")[0]
    assert "Gemeinsam essen Samstag, 5. Dezember 2026, 15:00 bis 17:00 Uhr · 4 von 9 Personen werden erwartet" in named
    assert re.findall("Treffen [0-9]|Gemeinsam essen|Entwurf", named) == ["Treffen 0", "Gemeinsam essen", "Treffen 1"]
    assert f'href="{plan.it}"' in await plan.office.read("/admin")
    await plan.waits(clock, 60)
    assert "Nächste Veranstaltungen" not in plain(await plan.office.read("/admin"))


@ON_ONE_DATABASE
async def test_of_a_draft_it_is_said_that_its_day_has_passed(plan: Plan, clock: Clock) -> None:
    await plan.settles()
    for path in (plan.it, "/admin/events"):
        assert "vorbei" not in plain(await plan.office.read(path))
    await plan.waits(clock, 20)
    for path in (plan.it, "/admin/events"):
        assert "17:00 Uhr (dieser Tag ist vorbei)" in plain(await plan.office.read(path))


async def test_a_draft_whose_day_has_come_cannot_be_opened(plan: Plan, clock: Clock) -> None:
    await plan.settles()
    await plan.writes()
    form = fields_of(await plan.office.read(f"{plan.it}/open"))
    await plan.waits(clock, 20)
    refused = await plan.office.send(f"{plan.it}/open", form)
    assert (refused.status_code, "Ein Tag, der noch bevorsteht" in plain(refused.text)) == (422, True)


async def test_who_comes_is_counted_exactly_and_languages_roughly(plan: Plan, site: Site) -> None:
    await plan.is_open(places="9", interpreter=["ar"], childcare="yes", repeats="weekly", until="2026-12-12")
    await plan.come("ar", 4, needs=("interpreter", "childcare"), children=2)
    await plan.come("ar", 1, needs=("interpreter",))
    await plan.come("de", 2, needs=("wheelchair",))
    await plan.come("tr", 3)
    page = plain(await plan.office.read(plan.it))
    first = page.partition("12. Dezember 2026")[0]
    assert "7 von 9 Personen werden erwartet" in first
    assert "5 Erwachsene, 2 Kinder (3 Anmeldungen)" in first
    assert "Freigehaltene Plätze 2" in first
    assert "Dolmetschen gewünscht Arabisch: 2 Anmeldungen" in first
    assert "Kinderbetreuung gewünscht 2 Kinder (1 Anmeldung)" in first
    assert "Mit Rollstuhl 1 Anmeldung" in first
    languages = first.partition("Anmeldungen nach Sprache")[2].partition("Anmeldung bis")[0]
    assert "in jeder Sprache weniger als 5" in languages
    assert "Arabisch" not in languages
    assert "Kommen vielleicht" not in first
    listed = plain(await plan.office.read("/admin/events"))
    assert "7 von 9" in listed
    event = await plan.event()
    async with site.database.read() as connection:
        needs = (await preparations(connection, event.id))[event.occasions[0].id]
        assert (needs.interpreters, needs.childcare, needs.children, needs.wheelchair) == ({"ar": 2}, 1, 2, 1)
        assert needs.languages == {"ar": 2, "de": 1}
        assert await expected(connection, [each.id for each in event.occasions]) == {event.occasions[0].id: 7}
        assert await concerned(connection, [each.id for each in event.occasions]) == 4
        assert await concerned(connection, []) == 0


@ON_ONE_DATABASE
async def test_who_may_come_is_counted_roughly_and_of_languages_those_that_many_speak(plan: Plan, site: Site) -> None:
    await plan.is_open()
    for _ in range(5):
        await plan.come("ar", 1)
    await plan.come("de", 2)
    occasion = (await plan.event()).occasions[0]

    async def may_come(persons: int) -> None:
        resident = await plan.come("tr", persons)
        async with site.database.write() as connection:
            maybe = Standing.MAYBE
            now = site.now()
            await say_no(connection, occurrence_id=occasion.id, resident_id=resident, standing=maybe, now=now)

    await may_come(3)
    page = plain(await plan.office.read(plan.it))
    assert "Kommen vielleicht weniger als 5 Personen" in page
    assert "7 Personen werden erwartet" in page
    assert "Anmeldungen nach Sprache Arabisch: etwa 5 · die übrigen Sprachen: jeweils weniger als 5" in page
    await may_come(5)
    assert "Kommen vielleicht etwa 10 Personen" in plain(await plan.office.read(plan.it))


# --- changing what is open ------------------------------------------------------------------------------------------


async def test_moving_an_open_event_is_asked_once(plan: Plan, site: Site) -> None:
    await plan.is_open()
    for _ in range(7):
        await plan.come("de", 1)
    asked = await plan.saves(begins="16:00", ends="18:00", place_title="Rathaus", point_is_right="yes")
    words = plain(asked.text)
    assert (asked.status_code, heading(asked)) == (200, "Termin oder Ort ändern?")
    assert "an etwa 5 Menschen" in words
    assert "Samstag, 5. Dezember 2026, 15:00 bis 17:00 Uhr" in words
    assert "Samstag, 5. Dezember 2026, 16:00 bis 18:00 Uhr" in words
    assert "Quartierszentrum, Lindenstraße 5" in words
    assert "Rathaus, Lindenstraße 5" in words
    assert await plan.dates() == ["2026-12-05T15:00"]
    hidden = fields_of(asked.text) | {"reminder": plan.fields["reminder"]}
    back = await plan.office.send(f"{plan.it}/edit", {**hidden, "sure": "no"})
    assert (back.status_code, form_of(back.text)["begins"]) == (200, "16:00")
    assert form_of(back.text)["reminder"] == ["1440", "120"]
    kept = await plan.office.send(f"{plan.it}/edit", {**hidden, "sure": "yes"})
    assert kept.status_code == 303
    event = await plan.event()
    assert [(each.start, each.sequence) for each in event.occasions] == [("2026-12-05T16:00", 1)]
    again = await plan.office.send(f"{plan.it}/edit", {**hidden, "sure": "yes"})
    assert again.status_code == 303
    assert (await plan.event()).occasions[0].sequence == 1
    async with site.database.read() as connection:
        assert (await heads(connection, plan.id))[event.occasions[0].id].coming == 7


@ON_ONE_DATABASE
async def test_at_another_place_the_old_point_and_the_old_way_are_asked_about(plan: Plan) -> None:
    """Whoever reads the new address must not be led to the old door."""
    await plan.is_open()
    await plan.come("de", 2)
    refused = await plan.saves(place_title="Rathaus", place_address="Am Markt 1", step_free="yes")
    assert (refused.status_code, "noch der alte" in plain(refused.text)) == (422, True)
    assert 'name="point-is-right"' in refused.text
    assert "checked" not in refused.text.partition('name="point-is-right"')[2].partition(">")[0]
    right = await plan.saves(point_is_right="yes")
    assert heading(right) == "Termin oder Ort ändern?"
    assert fields_of(right.text)["point-is-right"] == "yes"
    del plan.fields["point-is-right"]
    asked = await plan.saves(point="51.06, 13.74")
    words = plain(asked.text)
    assert "Stimmt der Weg ohne Stufen noch?" in words
    assert "beschreiben Zeilen mit ♿ den Weg: Deutsch." in words
    assert "auch für den neuen Ort angekreuzt" in words
    assert f'href="/admin/broadcasts/{(await plan.event()).broadcast_id}"' in asked.text
    kept = await plan.saves(sure="yes")
    assert (kept.status_code, "prüfen Sie den Weg ohne Stufen (♿)" in notice(kept)) == (303, True)
    await plan.look()
    asked = await plan.saves(begins="16:00")
    assert "♿" not in plain(asked.text), "the place is the same"
    await plan.look()
    assert (await plan.saves(place_title="RATHAUS", sure="yes")).status_code == 303


@ON_ONE_DATABASE
async def test_who_is_not_concerned_is_not_asked_about(plan: Plan) -> None:
    await plan.is_open()
    await plan.come("de", 2)
    assert (await plan.saves(places="30", contact="Frau Yılmaz")).status_code == 303
    await plan.look()
    more = await plan.saves(repeats="weekly", until="2026-12-19")
    assert more.status_code == 303, "more dates are news to nobody who has signed up"
    assert len(await plan.dates()) == 3


@ON_ONE_DATABASE
async def test_fewer_places_than_persons_on_the_list_are_asked_about_once(plan: Plan) -> None:
    await plan.is_open(places="9")
    for persons in (4, 3):
        await plan.come("de", persons)
    assert (await plan.saves(places="8")).status_code == 303
    await plan.look()
    asked = await plan.saves(places="6")
    words = plain(asked.text)
    assert (asked.status_code, heading(asked)) == (200, "Weniger Plätze als Personen auf der Liste?")
    assert "Samstag, 5. Dezember 2026, 15:00 bis 17:00 Uhr: 7 Personen" in words
    assert "Es gibt dann nur noch 6 Plätze. Niemand wird von der Liste gestrichen." in words
    assert "Nachricht" not in words.partition("auf der Liste?")[2].partition("Zurück zum Formular")[0]
    assert (await plan.event()).capacity == 8
    assert (await plan.saves(sure="yes")).status_code == 303
    assert (await plan.event()).capacity == 6
    await plan.look()
    assert (await plan.saves(contact="Frau Yılmaz")).status_code == 303, "who has been asked is not asked again"


@ON_ONE_DATABASE
async def test_an_open_event_keeps_day_and_place(plan: Plan) -> None:
    await plan.is_open()
    for name in ("day", "begins", "ends", "place-title", "place-address", "point"):
        plan.fields[name] = ""
    refused = await plan.saves()
    assert refused.status_code == 422
    assert "braucht sie einen Tag" in plain(refused.text)
    assert "wie der Ort heißt" in plain(refused.text)


async def test_what_is_over_stays_and_the_rest_can_be_changed(plan: Plan, clock: Clock) -> None:
    await plan.is_open(repeats="weekly", until="2026-12-26")
    await plan.waits(clock, 12)
    await plan.look()
    refused = await plan.saves(begins="16:00", ends="18:00")
    assert (refused.status_code, "Termine, die vorbei sind" in plain(refused.text)) == (422, True)
    asked = await plan.saves(day="2026-12-12", begins="16:00", ends="18:00")
    kept = await plan.office.send(f"{plan.it}/edit", {**plan.fields, "sure": "yes"})
    assert (asked.status_code, kept.status_code) == (200, 303)
    assert await plan.dates() == ["2026-12-05T15:00", "2026-12-12T16:00", "2026-12-19T16:00", "2026-12-26T16:00"]
    await plan.look()
    assert (await plan.saves(contact="Herr Klein")).status_code == 303


# --- one date of a series -------------------------------------------------------------------------------------------


async def test_one_date_is_moved_after_one_question_and_the_form_keeps_it(plan: Plan, site: Site) -> None:
    await plan.is_open(repeats="weekly", until="2026-12-19")
    second = (await plan.event()).occasions[1]
    page = f"{plan.it}/dates/{second.id}/move"
    assert f'href="{page}"' in await plan.office.read(plan.it)
    shown = await plan.office.read(page)
    assert "Samstag, 12. Dezember 2026, 15:00 bis 17:00 Uhr" in plain(shown)
    fields = form_of(shown)
    assert (fields["day"], fields["begins"], fields["ends"]) == ("2026-12-12", "15:00", "17:00")
    sunday = {**fields, "day": "2026-12-13", "begins": "11:00", "ends": "13:00"}
    asked = await plan.office.send(page, sunday)
    words = plain(asked.text)
    assert (asked.status_code, heading(asked)) == (200, "Diesen Termin verschieben?")
    assert "Samstag, 12. Dezember 2026, 15:00 bis 17:00 Uhr" in words
    assert "Sonntag, 13. Dezember 2026, 11:00 bis 13:00 Uhr" in words
    hidden = fields_of(asked.text)
    back = await plan.office.send(page, {**hidden, "sure": "no"})
    assert (back.status_code, form_of(back.text)["day"]) == (200, "2026-12-13")
    done = await plan.office.send(page, {**hidden, "sure": "yes"})
    assert (done.headers["location"], "wurde verschoben" in notice(done)) == (plan.it, True)
    again = await plan.office.send(page, {**hidden, "sure": "yes"})
    assert "Es wurde nichts verschoben" in notice(again)
    assert await plan.dates() == ["2026-12-05T15:00", "2026-12-13T11:00", "2026-12-19T15:00"]
    form = plain(await plan.look())
    assert "Das sind die 2 Termine" in form
    assert "verschoben und bleibt, wie er ist: Sonntag, 13. Dezember 2026, 11:00" in form
    asked = await plan.saves(begins="14:00")
    assert (heading(asked), "13. Dezember" in plain(asked.text)) == ("Termin oder Ort ändern?", False)
    await plan.saves(sure="yes")
    assert await plan.dates() == ["2026-12-05T14:00", "2026-12-13T11:00", "2026-12-19T14:00"]
    assert (await actions(site)).count("event.move_date") == 1
    assert "Ein Termin einer Veranstaltung wurde verschoben." in plain(await plan.office.read("/admin/audit"))


@ON_ONE_DATABASE
async def test_a_date_is_moved_only_where_there_is_room_for_it(plan: Plan) -> None:
    await plan.is_open(repeats="weekly", until="2026-12-19")
    page = f"{plan.it}/dates/{(await plan.event()).occasions[1].id}/move"
    fields = form_of(await plan.office.read(page))
    for wrong, words in (
        ({"day": "2026-12-19"}, "an diesem Tag schon einen anderen Termin"),
        ({"day": "2026-11-20"}, "Dieser Tag ist vorbei"),
        ({"day": "\x00"}, "Bitte schreiben Sie einen Tag"),
        ({"ends": "15:00"}, "Das Ende muss nach dem Beginn liegen"),
        ({"ends": "14:00"}, "Das Ende liegt vor dem Beginn"),
        ({}, "Der Termin ist schon zu dieser Zeit"),
    ):
        refused = await plan.office.send(page, {**fields, **wrong})
        assert (refused.status_code, words in plain(refused.text)) == (422, True), wrong
    night = plain((await plan.office.send(page, {**fields, "begins": "20:00", "ends": "01:00"})).text)
    assert "Samstag, 12. Dezember 2026, 20:00 bis 01:00 Uhr – bis zum nächsten Tag" in night
    assert (await plan.office.send(page, {**fields, "seen": "7"})).status_code == 303
    assert (await plan.office.get(f"{plan.it}/dates/999/move")).status_code == 404
    assert (await plan.saves(repeats="once", until="", sure="yes")).status_code == 303
    only = (await plan.event()).occasions[0].id
    led = await plan.office.get(f"{plan.it}/dates/{only}/move")
    assert led.headers["location"] == f"{plan.it}/edit"
    await plan.office.send(f"{plan.it}/cancel")
    assert "Es wurde nichts verschoben" in notice(await plan.office.get(f"{plan.it}/dates/{only}/move"))


# --- cancelling -----------------------------------------------------------------------------------------------------


async def test_cancelling_says_who_is_told_and_calls_the_invitation_back(plan: Plan, site: Site) -> None:
    await plan.is_open()
    desk = await plan.writes()
    await plan.come("de", 2)
    await desk.sends(begin="later", wall="2026-11-30T10:00")
    asked = plain(await plan.office.read(f"{plan.it}/cancel"))
    assert "an weniger als 5 Menschen" in asked
    done = await plan.office.send(f"{plan.it}/cancel")
    assert (done.status_code, "ist abgesagt" in notice(done)) == (303, True)
    again = await plan.office.send(f"{plan.it}/cancel")
    assert "ist abgesagt" in notice(again)
    assert (await actions(site))[-1] == "event.cancel"
    page = plain(await plan.office.read(plan.it))
    assert "findet nicht statt" in page
    assert "abgesagt" in plain(await plan.office.read("/admin/events"))
    assert "abgebrochen" in plain(await plan.office.read("/admin/sendings/1"))
    assert "kann nicht mehr geändert werden" in notice(await plan.office.get(f"{plan.it}/edit"))
    assert (await plan.saves(places="3")).status_code == 303
    assert (await plan.event()).capacity is None
    assert "abgesagt" in plain(await plan.office.read(f"{desk.here}/send"))


async def test_one_date_is_cancelled_and_the_others_stay(plan: Plan, site: Site) -> None:
    await plan.is_open(repeats="weekly", until="2026-12-19")
    second = (await plan.event()).occasions[1]
    page = f"{plan.it}/dates/{second.id}/cancel"
    asked = plain(await plan.office.read(page))
    assert "Samstag, 12. Dezember 2026" in asked
    assert "Es hat sich noch niemand angemeldet" in asked
    assert (await plan.office.send(page)).headers["location"] == plan.it
    assert await plan.dates() == ["2026-12-05T15:00", "2026-12-19T15:00"]
    assert "vorbei oder schon abgesagt" in notice(await plan.office.send(page))
    assert "vorbei oder schon abgesagt" in notice(await plan.office.get(page))
    assert (await plan.office.send(f"{plan.it}/dates/999/cancel")).status_code == 404
    assert (await actions(site)).count("event.cancel_date") == 1
    page = await plan.look()
    assert plan.fields["without"] == "12.12.2026"
    assert "12. Dezember" not in plain(page)
    moved = await plan.saves(begins="16:00", without="")
    assert "12. Dezember" not in plain(moved.text)
    await plan.office.send(f"{plan.it}/edit", {**plan.fields, "sure": "yes"})
    assert await plan.dates() == ["2026-12-05T16:00", "2026-12-19T16:00"], "what is cancelled does not come back"


@ON_ONE_DATABASE
async def test_a_draft_is_not_cancelled_but_deleted(plan: Plan) -> None:
    await plan.settles()
    date = (await plan.event()).occasions[0].id
    for path in (f"{plan.it}/cancel", f"{plan.it}/dates/{date}/cancel"):
        assert "noch nicht offen" in notice(await plan.office.get(path))
        assert "noch nicht offen" in notice(await plan.office.send(path))
    assert await plan.dates() == ["2026-12-05T15:00"]


# --- duplicating and discarding -------------------------------------------------------------------------------------


async def test_a_copy_has_all_but_the_dates(plan: Plan, site: Site) -> None:
    await plan.is_open(places="9")
    made = await plan.office.send(f"{plan.it}/duplicate")
    copy = Plan(plan.office, site, made.headers["location"].partition("/edit")[0])
    event = await copy.event()
    assert (event.broadcast.title, event.capacity, event.state) == ("Kopie von Gemeinsam essen", 9, "draft")
    assert (event.occasions, event.broadcast.texts["de"].released) == ((), False)
    assert event.broadcast.place is not None
    assert (await actions(site))[-1] == "event.duplicate"


@ON_ONE_DATABASE
async def test_of_a_copy_only_the_day_is_to_be_set(plan: Plan, site: Site) -> None:
    await plan.settles(repeats="fortnightly", until="2027-01-02", without="19.12.2026")
    made = await plan.office.send(f"{plan.it}/duplicate")
    where = made.headers["location"]
    copy = Plan(plan.office, site, where.partition("/edit")[0])
    page = await plan.office.read(where)
    assert "Bitte schreiben Sie einen Tag" not in plain(page), "nobody is blamed before they have written anything"
    copy.fields = form_of(page)
    kept = {name: copy.fields[name] for name in ("day", "begins", "ends", "repeats", "until", "without")}
    assert kept == {"day": "", "begins": "15:00", "ends": "17:00", "repeats": "fortnightly", "until": "", "without": ""}
    seen = await plan.office.send(f"{copy.it}/edit/dates", {**copy.fields, "day": "2027-02-06"})
    assert "Das sind die 3 Termine" in seen.text
    assert "Bitte schreiben Sie einen Tag" in plain((await copy.saves(contact="Frau Yılmaz")).text)
    assert (await copy.saves(day="2027-02-06")).status_code == 303
    assert await copy.dates() == ["2027-02-06T15:00", "2027-02-20T15:00", "2027-03-06T15:00"]
    for odd in ("77", "x", "9" * 30, plan.id):
        assert (await plan.office.get(f"{copy.it}/edit?like={odd}")).status_code == (404 if odd == "77" else 200)


async def test_a_draft_is_deleted_with_all_that_is_its_own(plan: Plan, site: Site) -> None:
    await plan.settles()
    await plan.writes()
    assert "endgültig gelöscht" in plain(await plan.office.read(f"{plan.it}/discard"))
    assert (await plan.office.send(f"{plan.it}/discard")).headers["location"] == "/admin/events"
    assert (await plan.office.send(f"{plan.it}/discard")).status_code == 404
    async with site.database.read() as connection:
        assert await connection.scalar(select(Event.id)) is None
        assert await connection.scalar(select(Occurrence.id)) is None
        assert await connection.scalar(select(SignUp.id)) is None
    assert (await actions(site))[-1] == "event.discard"


async def test_what_is_open_cannot_be_deleted(plan: Plan, site: Site) -> None:
    await plan.is_open()
    assert "kann nicht mehr gelöscht werden" in notice(await plan.office.get(f"{plan.it}/discard"))
    assert "kann nicht mehr gelöscht werden" in notice(await plan.office.send(f"{plan.it}/discard"))
    assert "event.discard" not in await actions(site)


# --- its texts and invitation ---------------------------------------------------------------------------------------


@ON_ONE_DATABASE
async def test_its_texts_belong_to_the_event(plan: Plan) -> None:
    await plan.settles()
    desk = await plan.writes()
    page = await plan.office.read(desk.here)
    assert "Einladung: Gemeinsam essen" in plain(page)
    assert f'href="{plan.it}"' in page
    assert re.search(r'<a href="/admin/events" aria-current="true">', page)
    assert "Die erste Zeile ist der Titel" in plain(page)
    for name in ("survey", "place-title", "point", "said-on", "title"):
        assert f'name="{name}"' not in page
    assert "/discard" not in page
    assert "Samstag, 5. Dezember" in plain(page), "the preview says when it is"
    for path in ("/audience", "/send"):
        assert f'href="{plan.it}"' in await plan.office.read(desk.here + path)
    assert "Gemeinsam essen" not in plain(await plan.office.read("/admin/broadcasts"))


async def test_saving_its_texts_keeps_name_and_place(plan: Plan) -> None:
    await plan.settles()
    desk = await plan.writes()
    forged = {"place-title": "Anderswo", "place-address": "Weg 1", "point": "1, 2", "title": "Anders", "said-on": "x"}
    desk.fields |= {**forged, "text-de": f"{GERMAN}\nKommen Sie!"}
    saved = await desk.saves()
    assert saved.status_code == 303, plain(saved.text)
    broadcast = (await plan.event()).broadcast
    assert broadcast.place is not None
    assert (broadcast.title, broadcast.place.title, broadcast.said_on) == ("Gemeinsam essen", "Quartierszentrum", None)
    assert broadcast.texts["de"].text.endswith("Kommen Sie!")


@ON_ONE_DATABASE
async def test_what_is_wrong_with_its_text_is_said_in_its_words(plan: Plan) -> None:
    await plan.settles()
    desk = await plan.writes("ℹ️ nur ein Hinweis")
    assert "Der Titel fehlt: Er ist die erste Zeile." in plain(await desk.look())
    await desk.writes(de="Essen am {Datum}")
    assert "Tage und Ort sagt der Bot darunter von selbst" in plain(await desk.look())


async def test_nobody_is_invited_before_it_is_open(plan: Plan, site: Site) -> None:
    await move_in(site, "de", 12)
    await plan.settles()
    desk = await plan.writes()
    page = await plan.office.read(f"{desk.here}/send")
    assert "noch nicht für Anmeldungen offen" in plain(page)
    assert f'href="{plan.it}/open"' in page
    fields = {"seen": str((await plan.event()).broadcast.revision), "last": "0", "begin": "now"}
    refused = await plan.office.send(f"{desk.here}/send", fields)
    assert (refused.status_code, "noch nicht für Anmeldungen offen" in plain(refused.text)) == (422, True)
    await plan.opens()
    late = await desk.sends(begin="later", wall="2026-12-06T10:00")
    assert (late.status_code, "niemand mehr zur Veranstaltung anmelden" in plain(late.text)) == (422, True)
    where = await desk.has_sent()
    page = await plan.office.read(where)
    assert f'href="{plan.it}"' in page
    assert "Einladung: Gemeinsam essen" in plain(page)
    assert where in await plan.office.read(plan.it)


@ON_ONE_DATABASE
async def test_after_the_last_date_nobody_is_invited(plan: Plan, site: Site, clock: Clock) -> None:
    await move_in(site, "de", 12)
    await plan.is_open()
    desk = await plan.writes()
    await plan.waits(clock, 15)
    assert "Es kann sich niemand mehr anmelden" in plain(await plan.office.read(f"{desk.here}/send"))


@ON_ONE_DATABASE
async def test_of_an_invitation_with_an_old_date_it_is_said_how_to_correct_it(plan: Plan, site: Site) -> None:
    people = await move_in(site, "de", 12)
    await plan.is_open()
    desk = await plan.writes()
    page = plain(await plan.office.read(desk.here))
    assert ("noch nicht versendet" in page, "Entwurf" in page) == (True, False)
    where = await desk.has_sent()
    await begin(site, 1, {"de": people})
    await ends(site, 1)
    assert "/correct" not in await plan.office.read(plan.it)
    await plan.look()
    await plan.saves(begins="16:00", sure="yes")
    page = await plan.office.read(plan.it)
    assert f'href="{where}/correct"' in page
    assert "Die Einladung nennt etwas, das nicht mehr gilt" in plain(page)
    await plan.look()
    await plan.saves(begins="15:00", sure="yes")
    assert "/correct" not in await plan.office.read(plan.it)


@ON_ONE_DATABASE
async def test_its_texts_go_only_with_the_event(plan: Plan, site: Site) -> None:
    await plan.settles()
    here = f"/admin/broadcasts/{(await plan.event()).broadcast_id}/discard"
    for answer in (await plan.office.get(here), await plan.office.send(here)):
        assert (answer.status_code, answer.headers["location"]) == (303, plan.it)
        assert "nur zusammen mit" in notice(answer)
    assert "broadcast.discard" not in await actions(site)


# --- who may, and the log -------------------------------------------------------------------------------------------


@ON_ONE_DATABASE
async def test_who_only_translates_does_not_plan(plan: Plan, site: Site) -> None:
    mediator = await hire(site, "ayse", ("translate",))
    async with Office.at(site) as desk:
        await desk.enter(site, mediator)
        date = f"{plan.it}/dates/1/move"
        for path in ("/admin/events", plan.it, f"{plan.it}/edit", f"{plan.it}/open", f"{plan.it}/cancel", date):
            assert (await desk.get(path)).status_code == 403
            if path != plan.it:
                assert (await desk.send(path)).status_code == 403
        assert "/admin/events" not in await desk.read("/admin")


@ON_ONE_DATABASE
async def test_the_log_says_it_in_words(plan: Plan, site: Site) -> None:
    await plan.is_open(repeats="weekly", until="2026-12-12")
    await plan.office.send(f"{plan.it}/dates/{(await plan.event()).occasions[0].id}/cancel")
    await plan.office.send(f"{plan.it}/duplicate")
    await plan.office.send(f"{plan.it}/cancel")
    page = plain(await plan.office.read("/admin/audit"))
    for words in (
        "Eine Veranstaltung wurde begonnen.",
        "Eine Veranstaltung wurde geändert.",
        "Eine Veranstaltung wurde für Anmeldungen geöffnet.",
        "Ein Termin einer Veranstaltung wurde abgesagt.",
        "Eine Veranstaltung wurde dupliziert.",
        "Eine Veranstaltung wurde abgesagt.",
        "5. Dezember 2026, 15:00 Uhr",
    ):
        assert words in page
    async with site.database.read() as connection:
        stored = await connection.scalars(select(AuditEntry.action).where(AuditEntry.action.like("event.%")))
        assert {f"{each}" for each in stored} >= {"event.cancel", "event.cancel_date"}


@ON_ONE_DATABASE
async def test_an_event_that_is_not_there_is_not_found(office: Office) -> None:
    for path in ("", "/edit", "/open", "/cancel", "/discard", "/dates/1/cancel"):
        assert (await office.get(f"/admin/events/77{path}")).status_code == 404
        if path:
            assert (await office.send(f"/admin/events/77{path}")).status_code == 404
    assert (await office.send("/admin/events/77/duplicate")).status_code == 404


# --- pure -----------------------------------------------------------------------------------------------------------


def test_what_the_form_sends_it_reads_again() -> None:
    typed = Typed(
        title="Fest",
        day="2026-12-05",
        without="24.12.2026\n25.12.2026",
        offer="60",
        reminders=frozenset({"120", "1440"}),
        food=frozenset({"halal"}),
        interpreters=frozenset({"ar", "tr"}),
        childcare=True,
        free_of_charge=True,
    )
    sent = typed.fields()
    assert read_form(lambda name: [value for each, value in sent if each == name]) == typed


def test_of_languages_nobody_reads_like_a_few() -> None:
    names = {"de": "Deutsch", "ar": "Arabisch", "tr": "Türkisch"}
    assert by_language({"de": 7, "ar": 3}, names, str) == by_language({"de": 7, "tr": 1}, names, str)
    assert by_language({"de": 4}, names, str) == by_language({}, names, str)
    assert "other" not in by_language({"de": 5, "ar": 9, "tr": 6}, names, str)


def test_a_date_over_more_than_a_night_is_said_with_both_days() -> None:
    words = in_words(("2026-12-05T15:00", "2026-12-06T11:00"), "en", str)
    assert words == "Saturday 5 December 2026, 15:00, to Sunday 6 December 2026, 11:00"
