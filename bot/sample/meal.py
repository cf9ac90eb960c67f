"""The sample town's event: a shared meal, told in six languages, and invented people who have signed up for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.sample.people import NORTH, one
from dialogues.broadcast import Place
from dialogues.event import Offers
from dialogues.waiting_list import Standing
from storage.queries.audience import Audience
from storage.queries.events import find_event
from storage.services.broadcasts import change_broadcast, put_text
from storage.services.events import REMINDERS, Settled, change_event, draft_event, open_event
from storage.services.sign_ups import say_no, set_details, sign_up
from storage.services.towns import areas_by_name, link_to

TITLE = "Gemeinsam essen im Quartierszentrum"
TEXTS: Mapping[str, str] = {
    "de": (
        "Gemeinsam essen in der Nordstadt\n"
        "Wir kochen und essen zusammen. Die Kinder können spielen. Bringen Sie gern Ihre Familie mit.\n"
        "ℹ️ Bitte bringen Sie einen Teller und eine Tasse mit.\n"
        "♿ Der Eingang ohne Stufen ist im Hof."
    ),
    "en": (
        "A meal together in Nordstadt\n"
        "We cook and eat together. The children can play. You are welcome to bring your family.\n"
        "ℹ️ Please bring a plate and a cup.\n"
        "♿ The entrance without steps is in the yard."
    ),
    "ar": (
        "وجبة مشتركة في Nordstadt\n"
        "نطبخ ونأكل معًا. يمكن للأطفال أن يلعبوا. أهلًا بكم وبعائلاتكم.\n"
        "ℹ️ نرجو أن تحضروا معكم صحنًا وكوبًا.\n"
        "♿ المدخل بلا درج موجود في الفناء."
    ),
    "bg": (
        "Да хапнем заедно в Nordstadt\n"
        "Готвим и се храним заедно. Децата могат да си играят. Заповядайте с цялото семейство.\n"
        "ℹ️ Моля, донесете чиния и чаша.\n"
        "♿ Входът без стъпала е откъм двора."
    ),
    "ro": (
        "Masă împreună în Nordstadt\n"
        "Gătim și mâncăm împreună. Copiii se pot juca. Sunteți bineveniți cu toată familia.\n"
        "ℹ️ Vă rugăm să aduceți o farfurie și o cană.\n"
        "♿ Intrarea fără trepte este în curte."
    ),
    "tr": (
        "Nordstadt'ta birlikte yemek\n"
        "Birlikte yemek yapıp yiyoruz. Çocuklar oynayabilir. Ailenizle gelebilirsiniz.\n"
        "ℹ️ Lütfen bir tabak ve bir bardak getirin.\n"
        "♿ Basamaksız giriş avludadır."
    ),
}
PLACES = 40
_SIGNED_UP, _NOT_COMING = 14, 4
_SIZES = {"1": 30, "2": 30, "3": 20, "4": 15, "5": 5}
_DAYS_AHEAD = 4


async def invite(connection: AsyncConnection, town_id: int, residents: Sequence[tuple[int, str]], now: datetime) -> int:
    """Open the event, with people who have signed up; returns its id. ``residents``: ids and languages."""
    event_id = await draft_event(connection, town_id=town_id, title=TITLE, zone="Europe/Berlin", now=now)
    event = await find_event(connection, town_id, event_id)
    assert event is not None  # noqa: S101 (it was made just now)
    north = (await areas_by_name(connection, town_id))[NORTH]
    await change_broadcast(
        connection,
        town_id=town_id,
        broadcast_id=event.broadcast_id,
        seen=event.broadcast.revision,
        title=TITLE,
        audience=Audience(areas=frozenset({north})),
        fallback={},
        survey_id=None,
        shown_event_id=None,
        links={},
        place=None,
        said_on=None,
        attachment_id=None,
    )
    for language, text in TEXTS.items():
        await put_text(
            connection,
            town_id=town_id,
            broadcast_id=event.broadcast_id,
            language=language,
            text=text,
            released_by=None,
            released=True,
        )
    event = await find_event(connection, town_id, event_id)
    assert event is not None  # noqa: S101 (see above)
    await change_event(
        connection, town_id=town_id, event_id=event_id, seen=event.broadcast.revision, settled=_settled(now), now=now
    )
    await open_event(connection, town_id=town_id, event_id=event_id, now=now)
    await link_to(connection, town_id=town_id, event_id=event_id)
    await _answer(connection, town_id, event_id, residents, now)
    return event_id


def _settled(now: datetime) -> Settled:
    """On a Saturday afternoon that is some days away."""
    today = now.astimezone(ZoneInfo("Europe/Berlin")).date() + timedelta(days=_DAYS_AHEAD)
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    return Settled(
        title=TITLE,
        starts=f"{saturday.isoformat()}T15:00",
        ends=f"{saturday.isoformat()}T18:00",
        rule=None,
        exceptions=(),
        capacity=PLACES,
        closes_before=0,
        offer_minutes=720,
        reminders=REMINDERS,
        offers=Offers(("halal", "vegetarian"), ("ar", "tr"), True, True, True),
        contact=None,
        place=Place("Quartierszentrum Nordstadt", "Lindenstraße 5, Auenstadt", 51.0504, 13.7373),
    )


async def _answer(
    connection: AsyncConnection, town_id: int, event_id: int, residents: Sequence[tuple[int, str]], now: datetime
) -> None:
    event = await find_event(connection, town_id, event_id)
    assert event is not None  # noqa: S101 (see above)
    [date] = event.occasions
    for place, (resident_id, language) in enumerate(residents[: _SIGNED_UP + _NOT_COMING]):
        if place >= _SIGNED_UP:
            await say_no(
                connection, occurrence_id=date.id, resident_id=resident_id, standing=Standing.DECLINED, now=now
            )
            continue
        random = Random(f"meal {place}")  # noqa: S311 (no secret)
        persons = int(one(random, _SIZES))
        await sign_up(connection, occurrence_id=date.id, resident_id=resident_id, persons=persons, now=now)
        detail = partial(set_details, connection, occurrence_id=date.id, resident_id=resident_id)
        if persons > 2:
            await detail(children=persons - 2)
            await detail(need=("childcare", True))
        if language in ("ar", "tr") and random.random() < 0.6:
            await detail(need=("interpreter", True))
