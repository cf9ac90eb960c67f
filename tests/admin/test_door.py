"""At the door: people are counted by the number from their chat, others by their language; nothing counts twice,
however often the page sends it; and the figures stay when the list has gone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from httpx import Response
from sqlalchemy import select

from admin.site import Site
from dialogues.waiting_list import Standing
from storage.models import Occurrence, SignUp, WalkIn
from storage.queries.attendance import Attendance, attendance
from storage.services.sign_ups import SIGN_UPS_KEPT, forget_details, forget_sign_ups, say_no
from tests.admin.office import Clock, Office
from tests.admin.test_broadcasts import plain
from tests.admin.test_events import ON_ONE_DATABASE, Plan


class Door:
    """Somebody at the door of the first date of an event, with a page that was loaded once."""

    def __init__(self, plan: Plan, date: int) -> None:
        self.plan, self.date = plan, date
        self.it = f"{plan.it}/dates/{date}/door"
        self.token = ""

    @classmethod
    async def of(cls, plan: Plan) -> Door:
        return cls(plan, (await plan.event()).occasions[0].id)

    async def look(self) -> str:
        page = await self.plan.office.read(self.it)
        [self.token] = re.findall('data-token="([^"]+)"', page)
        return page

    async def sends(self, *entries: Any, **more: Any) -> Response:
        headers = {"x-csrftoken": self.token}
        return await self.plan.office.client.post(self.it, json={"entries": [*entries], **more}, headers=headers)

    async def figures(self) -> Attendance:
        async with self.plan.site.database.read() as connection:
            return (await attendance(connection, self.plan.id)).get(self.date, Attendance())

    async def code(self, resident: int) -> str:
        wanted = select(SignUp.code).where(SignUp.resident_id == resident)
        async with self.plan.site.database.read() as connection:
            return str(await connection.scalar(wanted))


async def begins(plan: Plan, clock: Clock) -> None:
    """It is an hour before the first date."""
    occasion = (await plan.event()).occasions[0]
    clock.move(occasion.starts_at - timedelta(hours=1) - clock())
    await plan.waits(clock, 0)


async def test_who_shows_a_number_is_counted_once(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open(places="40")
    amina = await plan.come("ar", 3, needs=("interpreter",), children=1, name="Amina")
    ion = await plan.come("ro", 2)
    await begins(plan, clock)
    door = await Door.of(plan)
    page = await door.look()
    assert "Amina" in page
    assert "Dolmetschen: Arabisch" in plain(page)
    code = await door.code(amina)
    said = await door.sends({"key": "a-first-key", "code": code, "persons": 0})
    again = await door.sends({"key": "a-first-key", "code": code, "persons": 0})
    assert said.json()["fates"] == again.json()["fates"] == {"a-first-key": "taken"}
    assert [each["arrived"] for each in again.json()["guests"]] == [3, None]
    # Only two of them are here; and one more party that came in full, by mistake.
    await door.sends(
        {"key": "second-key", "code": code, "persons": 2},
        {"key": "third-key", "code": await door.code(ion), "persons": 0},
        {"key": "fourth-key", "code": await door.code(ion), "persons": None},
    )
    came = await door.figures()
    assert (came.expected, came.arrived, came.absent, came.parties) == (5, 2, 3, 2)
    # An entry whose answer was lost comes again after it was taken back, maybe by another phone: it stays so.
    await door.sends({"key": "third-key", "code": await door.code(ion), "persons": 0})
    assert await door.figures() == came
    strange = await door.sends({"key": "fifth-key", "code": "99999", "persons": 0})
    assert strange.json()["fates"] == {"fifth-key": "unknown"}
    assert await door.figures() == came


async def test_who_comes_without_a_sign_up_is_counted_by_language(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    await begins(plan, clock)
    door = await Door.of(plan)
    await door.look()
    entries = [{"key": f"walk-in-{number}", "language": "bg", "persons": 1} for number in range(3)]
    await door.sends(*entries)
    await door.sends(*entries, {"key": "walk-in-less", "language": "bg", "persons": -1})
    await door.sends({"key": "walk-in-other", "language": "Kurdî", "persons": 1})
    came = await door.figures()
    assert came.walk_ins == {"bg": 2, "other": 1}
    assert (came.without, came.present, came.is_counted) == (3, 3, True)
    # Two phones take back the same two, and one more: nobody who comes later is lost by that.
    await door.sends(*({"key": f"too-many-{number}", "language": "bg", "persons": -1} for number in range(3)))
    await door.sends({"key": "somebody-later", "language": "bg", "persons": 1})
    await door.sends({"key": "too-many-2", "language": "bg", "persons": -1})  # its answer was lost
    assert (await door.figures()).walk_ins == {"bg": 1, "other": 1}


@ON_ONE_DATABASE
async def test_what_makes_no_sense_at_the_door_is_left_out(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    await begins(plan, clock)
    door = await Door.of(plan)
    await door.look()
    nonsense: list[Any] = [
        None,
        7,
        {"key": "x", "language": "de", "persons": 1},
        {"key": "a-good-key", "language": "de", "persons": 10**30},
        {"key": "a-good-key", "language": "de", "persons": True},
        {"key": "a-good-key", "code": "<b>", "persons": 1},
        {"key": ["a"], "code": "1234", "persons": 1},
        {"key": "a-good-key", "code": "1234", "persons": -1},
    ]
    assert (await door.sends(*nonsense)).json()["fates"] == {}
    headers = {"x-csrftoken": door.token, "content-type": "application/json"}
    for body in (b"", b"[", b"[]", b'{"entries": 3}', b"\xff", b"[" * 100_000):
        answer = await office.client.post(door.it, content=body, headers=headers)
        assert (answer.status_code, answer.json()["fates"]) == (200, {})
    async with site.database.read() as connection:
        assert (await connection.scalars(select(WalkIn.key))).all() == []


@ON_ONE_DATABASE
async def test_the_door_works_without_scripts(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    amina = await plan.come("ar", 3)
    await begins(plan, clock)
    door = await Door.of(plan)
    await door.look()

    async def typed(**fields: str) -> str:
        sent = await office.send(door.it, {"_csrf_token": door.token, **fields})
        assert sent.status_code == 303
        return await office.read(door.it)

    code = await door.code(amina)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert "Gezählt." in plain(await typed(key="abcdefgh", code=f" {arabic} ", persons="0"))
    assert "Niemand auf der Liste" in plain(await typed(key="abcdefgh", code="99999", persons="0"))
    assert "Bitte die Nummer" in plain(await typed(key="abcdefgh", code="Amina", persons="0"))
    await typed(key="abcdefgh", language="tr", persons="1")
    came = await door.figures()
    assert (came.arrived, came.walk_ins) == (3, {"tr": 1})


@ON_ONE_DATABASE
async def test_the_door_opens_in_time_and_says_why_it_is_closed(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    door = await Door.of(plan)
    assert (await office.client.get(door.it)).headers["location"] == plan.it
    assert "öffnet" in plain(await office.read(plan.it))
    assert f"/dates/{door.date}/door" not in await office.read(plan.it)
    await begins(plan, clock)
    assert f"/dates/{door.date}/door" in await office.read(plan.it)
    await door.look()
    await plan.waits(clock, 4)
    assert (await office.client.get(door.it)).headers["location"] == plan.it
    assert "Liste ist gelöscht" in plain(await office.read(plan.it))
    missing = await office.client.get(f"{plan.it}/dates/{door.date + 1}/door")
    assert missing.status_code == 404


async def test_figures_stay_when_sign_ups_are_forgotten(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    here = await plan.come("ar", 3, children=1)
    await plan.come("ro", 2)
    gone = await plan.come("tr", 4)
    door = await Door.of(plan)
    async with site.database.write() as connection:
        now = site.now()
        await say_no(connection, occurrence_id=door.date, resident_id=gone, standing=Standing.DECLINED, now=now)
    await begins(plan, clock)
    await door.look()
    await door.sends(
        {"key": "first-key", "code": await door.code(here), "persons": 0},
        {"key": "second-key", "language": "bg", "persons": 1},
    )
    before = await door.figures()
    assert (before.expected, before.children, before.arrived, before.absent, before.present) == (5, 1, 3, 2, 4)
    assert before.languages == {"ar": 1, "ro": 1}
    clock.move(SIGN_UPS_KEPT + timedelta(days=2))
    async with site.database.write() as connection:
        await forget_details(connection, now=site.now())
        assert await forget_sign_ups(connection, now=site.now()) == 1
        assert await forget_sign_ups(connection, now=site.now()) == 0
        assert (await connection.scalars(select(SignUp.id))).all() == []
        assert (await connection.scalars(select(WalkIn.key))).all() == []
        assert [each["arrived"] for each in await connection.scalars(select(Occurrence.tally))] == [3]
    assert await door.figures() == before


async def test_who_was_counted_and_says_no_before_it_begins_does_not_count(
    office: Office, site: Site, clock: Clock
) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    early = await plan.come("ar", 3)
    await begins(plan, clock)
    door = await Door.of(plan)
    await door.look()
    await door.sends({"key": "first-key", "code": await door.code(early), "persons": 0})
    async with site.database.write() as connection:
        await say_no(connection, occurrence_id=door.date, resident_id=early, standing=Standing.DECLINED, now=site.now())
    assert await door.figures() == Attendance()
