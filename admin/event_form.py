"""The form of an event: what was typed, as it was typed, and what it means or why it cannot mean anything. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from admin.broadcast_form import MOST_PLACE, MOST_TITLE, day_of, mark, place_faults, place_of
from admin.map_point import MOST_POINT
from dialogues.dates_and_numbers import say_date
from dialogues.event import FOODS, Occasion, Offers, say_clock
from dialogues.markup import clean
from dialogues.series import MOST_DATES, Fault, Repeats, SeriesError, dates, repeats_of, rule_of
from dialogues.texts import LANGUAGES
from dialogues.wall_clock import comes_twice, moment, wall_time
from storage.models import EventState
from storage.queries.events import EventFacts
from storage.services.events import Settled, Walls, day_is_taken, given_dates, moved_by_hand

Say = Callable[[str], str]

MOST_PLACES = 10_000
MOST_CONTACT = 120
MOST_WITHOUT = 2_000
"""Letters of the field for days without."""
MOST_HOURS_OVER_NIGHT = 14
"""An end before the beginning is one on the next day; of what would last longer one of its times is wrong."""
HOUR, DAY = 60, 24 * 60
CLOSES = (0, 2 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY)
OFFERS = (HOUR, 3 * HOUR, 12 * HOUR, DAY, 2 * DAY)
REMINDERS = (7 * DAY, 2 * DAY, DAY, 2 * HOUR)
"""Minutes that the form offers: until when one can sign up, for how long a place is kept, when people are reminded."""
OTHERWISE = "otherwise"
"""It repeats by a rule that this form cannot write, and that it leaves as it is."""
_LATEST = timedelta(days=5 * 366)
_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand in the form. ``without``: days on which there is none, as they are written."""

    title: str = ""
    day: str = ""
    begins: str = ""
    ends: str = ""
    repeats: str = Repeats.ONCE.value
    until: str = ""
    lasts: str = ""
    """So many days lie between the first day and the last one of the series that this is a copy of."""
    without: str = ""
    place_title: str = ""
    place_address: str = ""
    point: str = ""
    places: str = ""
    closes: str = "0"
    offer: str = ""
    reminders: frozenset[str] = frozenset()
    food: frozenset[str] = frozenset()
    interpreters: frozenset[str] = frozenset()
    childcare: bool = False
    step_free: bool = False
    free_of_charge: bool = False
    contact: str = ""
    point_is_right: bool = False
    """The point on the map is meant, although the place is another one."""

    def fields(self) -> list[tuple[str, str]]:
        """What the form would send once more, by the names of its fields."""
        single = {name: str(getattr(self, attribute)) for name, attribute in _SINGLE.items()}
        ticked = [(name, "yes") for name, attribute in _TICKED.items() if getattr(self, attribute)]
        several = [(name, value) for name, attribute in _SEVERAL.items() for value in sorted(getattr(self, attribute))]
        return [*single.items(), *ticked, *several]


_SINGLE = {
    "title": "title",
    "day": "day",
    "begins": "begins",
    "ends": "ends",
    "repeats": "repeats",
    "until": "until",
    "lasts": "lasts",
    "without": "without",
    "place-title": "place_title",
    "place-address": "place_address",
    "point": "point",
    "places": "places",
    "closes": "closes",
    "offer": "offer",
    "contact": "contact",
}
_TICKED = {
    "childcare": "childcare",
    "step-free": "step_free",
    "free": "free_of_charge",
    "point-is-right": "point_is_right",
}
_SEVERAL = {"reminder": "reminders", "food": "food", "interpreter": "interpreters"}
"""The names of the fields in the page, each with its attribute of ``Typed``."""
_MOST = {
    "title": MOST_TITLE,
    "place-title": MOST_PLACE,
    "place-address": MOST_PLACE,
    "point": MOST_POINT,
    "contact": MOST_CONTACT,
}


def read_form(fields: Callable[[str], list[str]]) -> Typed:
    """What was sent; ``fields`` gives all values of a name. Takes whatever a browser or a stranger sends."""

    def one(name: str) -> str:
        values = fields(name)
        if not values:
            return ""
        if name == "without":
            return clean(values[0]).strip()[: MOST_WITHOUT * 2]
        return " ".join(clean(values[0]).split())[: _MOST.get(name, 50) * 2]

    single = {attribute: one(name) for name, attribute in _SINGLE.items()}
    ticked = {attribute: one(name) == "yes" for name, attribute in _TICKED.items()}
    known = {"reminder": None, "food": FOODS, "interpreter": LANGUAGES}
    several = {
        attribute: frozenset(
            each[:10] for each in fields(name)[:20] if (allowed := known[name]) is None or each in allowed
        )
        for name, attribute in _SEVERAL.items()
    }
    return _to_its_end(replace(Typed(), **single, **ticked, **several))  # type: ignore[arg-type]  # by the kind of each


def _to_its_end(typed: Typed) -> Typed:
    """The form of a copy with a last day, as far from the first one as that of the original."""
    day = day_of(typed.day)
    if day is None or typed.until or typed.repeats in ("", Repeats.ONCE) or not re.fullmatch("[0-9]{1,3}", typed.lasts):
        return typed
    return replace(typed, until=(day + timedelta(days=int(typed.lasts))).isoformat())


def typed_of(event: EventFacts) -> Typed:
    """The form of an event as it is."""
    place, offers = event.broadcast.place, event.offers
    known = repeats_of(event.rule)
    until = known[1] if known else None
    return Typed(
        title=event.broadcast.title,
        day=event.starts[:10] if event.starts else "",
        begins=say_clock(event.starts) if event.starts else "",
        ends=say_clock(event.ends) if event.ends else "",
        repeats=known[0].value if known else OTHERWISE,
        until=until.isoformat() if until else "",
        without="\n".join(_day_as_written(each) for each in _days_without(event)),
        place_title=place.title if place else "",
        place_address=place.address if place else "",
        point=f"{place.latitude}, {place.longitude}" if place else "",
        places=str(event.capacity) if event.capacity is not None else "",
        closes=str(event.closes_before),
        offer=str(event.offer_minutes),
        reminders=frozenset(map(str, event.reminders)),
        food=frozenset(offers.food),
        interpreters=frozenset(offers.interpreters),
        childcare=offers.childcare,
        step_free=offers.step_free,
        free_of_charge=offers.free_of_charge,
        contact=event.contact or "",
    )


def like(typed: Typed, original: EventFacts) -> Typed:
    """The form of a copy that has no day yet, with the times and the rhythm of the original."""
    its = typed_of(original)
    if typed.day or not its.day:
        return typed
    day, until = day_of(its.day), day_of(its.until)
    repeats = its.repeats if day and until else Repeats.ONCE.value
    lasts = str((until - day).days) if day and until else ""
    return replace(typed, begins=its.begins, ends=its.ends, repeats=repeats, lasts=lasts)


def _day_as_written(day: str) -> str:
    found = re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", day)
    return f"{found[3]}.{found[2]}.{found[1]}" if found else day


# --- judging --------------------------------------------------------------------------------------------------------


def judge(typed: Typed, event: EventFacts, now: datetime, _: Say) -> Settled | dict[str, str]:
    """What the form means; or what has to be mended, by the name of the field, in the order of the page."""
    faults: dict[str, str] = {}
    too_long = _("Please write at most {number} letters.")
    if not typed.title:
        faults["title"] = _("Please give the event a name. Only the office sees it.")
    elif len(typed.title) > MOST_TITLE:
        faults["title"] = too_long.format(number=MOST_TITLE)
    when = when_of(typed, event, now, _)
    is_open = event.state == EventState.OPEN
    if not isinstance(when, When):
        faults |= when
    elif when.first is None and is_open:
        faults["day"] = _("The event is open: it needs a day. If it does not take place, please cancel it.")
    place = place_of(typed)
    if place is None and (typed.place_title or typed.place_address or typed.point or is_open):
        faults |= place_faults(typed, _)
    elif keeps_point(typed, event) and not typed.point_is_right:
        faults["point"] = _(
            "The place is another one, and the point on the map is still the old one. Please set it anew, or say below "
            "that it is right."
        )
    places = int(typed.places) if re.fullmatch("[0-9]{1,5}", typed.places) else 0
    if typed.places and not 0 < places <= MOST_PLACES:
        words = _("Please write a number from 1 to {number}, or leave it empty: then there is room for all.")
        faults["places"] = words.format(number=MOST_PLACES)
    closes = _chosen(typed.closes, (*CLOSES, event.closes_before))
    if closes is None:
        faults["closes"] = _("Please choose from the list.")
    offer = _chosen(typed.offer, (*OFFERS, event.offer_minutes))
    if offer is None:
        faults["offer"] = _("Please choose from the list.")
    if len(typed.contact) > MOST_CONTACT:
        faults["contact"] = too_long.format(number=MOST_CONTACT)
    if faults or not isinstance(when, When) or closes is None or offer is None:
        return faults
    known = {str(each): each for each in (*REMINDERS, *event.reminders)}
    return Settled(
        title=typed.title,
        starts=when.first[0] if when.first else None,
        ends=when.first[1] if when.first else None,
        rule=when.rule,
        exceptions=when.without,
        capacity=places or None,
        closes_before=closes,
        offer_minutes=offer,
        reminders=tuple(sorted((known[each] for each in typed.reminders if each in known), reverse=True)),
        offers=Offers(
            tuple(each for each in FOODS if each in typed.food),
            tuple(each for each in LANGUAGES if each in typed.interpreters),
            typed.childcare,
            typed.step_free,
            typed.free_of_charge,
        ),
        contact=typed.contact or None,
        place=place,
    )


def keeps_point(typed: Typed, event: EventFacts) -> bool:
    """Whether the place has another name or address now, but still the point on the map that it had."""
    place, before = place_of(typed), event.broadcast.place
    if place is None or before is None or (place.latitude, place.longitude) != (before.latitude, before.longitude):
        return False
    return (place.title.casefold(), place.address.casefold()) != (before.title.casefold(), before.address.casefold())


def _chosen(value: str, offered: tuple[int, ...]) -> int | None:
    return next((each for each in offered if str(each) == value), None)


def fingerprint(event: EventFacts) -> str:
    """Stands for what is settled about an event: a form that was drawn from another state of it is recognised."""
    return mark(repr((event.state, settled_of(event))))


def settled_of(event: EventFacts) -> Settled:
    """What an event settles as it is."""
    return Settled(
        title=event.broadcast.title,
        starts=event.starts,
        ends=event.ends,
        rule=event.rule,
        exceptions=_days_without(event),
        capacity=event.capacity,
        closes_before=event.closes_before,
        offer_minutes=event.offer_minutes,
        reminders=tuple(event.reminders),
        offers=event.offers,
        contact=event.contact,
        place=event.broadcast.place,
    )


def _days_without(event: EventFacts) -> tuple[str, ...]:
    """The days on which a series has no date."""
    return tuple(sorted({*event.exceptions, *_called_off(event)})) if event.rule is not None else ()


def _called_off(event: EventFacts) -> set[str]:
    """The days of a series whose dates were cancelled: for good, so they do not come back at another time of day."""
    return {each.start[:10] for each in event.occasions if each.cancelled} if event.rule is not None else set()


# --- when -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """The dates that the form means. ``first``: None: not settled yet. ``kept``: those moved by hand, which stay.
    ``idle``: days without on which there would be none anyway."""

    first: Walls | None = None
    rule: str | None = None
    without: tuple[str, ...] = ()
    walls: tuple[Walls, ...] = ()
    kept: tuple[Walls, ...] = ()
    idle: tuple[str, ...] = ()


def when_of(typed: Typed, event: EventFacts, now: datetime, _: Say) -> When | dict[str, str]:
    """The dates that the form means, or what has to be mended, by the name of the field."""
    if not (typed.day or typed.begins or typed.ends):
        return When()
    faults = _unreadable(typed, _)
    day = day_of(typed.day)
    if faults or day is None:
        return faults
    zone, first = ZoneInfo(event.zone), _walls(typed, day)
    if day > (now + _LATEST).astimezone(zone).date():
        return {"day": _("This is more than five years ahead. Please choose an earlier day.")}
    rule = _rule(typed, event, day, first[0])
    called_off = _called_off(event)
    without = tuple(sorted({*_days(typed.without), *called_off})) if rule is not None else ()
    kept = moved_by_hand(event, now) if rule is not None else ()
    try:
        walls = dates(*first, rule, without)
    except SeriesError as error:
        if error.fault is not Fault.NONE or not kept:
            return _no_dates(error.fault, _)
        walls = ()
    walls = tuple(each for each in walls if each[0][:10] not in {other.start[:10] for other in kept})
    if any(_seconds(each, zone) <= 0 for each in walls):
        return {"ends": _("The clocks are changed that night, and the end would lie before the beginning.")}
    begun = {each.start for each in event.occasions if each.starts_at <= now}
    if any(at(each[0], zone) <= now for each in walls if each[0] not in begun):
        return {"day": _gone_by(event, begun, day, now.astimezone(zone).date(), _)}
    whole = {each[0][:10] for each in dates(*first, rule)} if without else set()
    idle = tuple(each for each in without if each not in whole | called_off)
    return When(first, rule, without, walls, tuple((each.start, each.end) for each in kept), idle)


def moved_to(typed: Typed, event: EventFacts, date_id: int, now: datetime, _: Say) -> Walls | dict[str, str]:
    """When one date of a series shall be, by day and times; or what has to be mended, by the name of the field."""
    faults = _unreadable(typed, _)
    day = day_of(typed.day)
    if faults or day is None:
        return faults
    walls, zone = _walls(typed, day), ZoneInfo(event.zone)
    if day > (now + _LATEST).astimezone(zone).date():
        return {"day": _("This is more than five years ahead. Please choose an earlier day.")}
    if at(walls[0], zone) <= now:
        return {"day": _gone_by(event, set(), day, now.astimezone(zone).date(), _)}
    if _seconds(walls, zone) <= 0:
        return {"ends": _("The clocks are changed that night, and the end would lie before the beginning.")}
    if day_is_taken(event, date_id, typed.day):
        return {"day": _("This event has another date on this day already. Please choose another day.")}
    return walls


def _walls(typed: Typed, day: date) -> Walls:
    """Beginning and end on a day; an end that lies before the beginning is on the next one."""
    last = day + timedelta(days=typed.ends < typed.begins)
    return f"{typed.day}T{typed.begins}", f"{last.isoformat()}T{typed.ends}"


def _hours_over_night(typed: Typed) -> float:
    """How long it lasts, if its end lies before its beginning and so on the next day; else 0."""
    if typed.ends >= typed.begins:
        return 0
    begins, ends = (int(each[:2]) + int(each[3:]) / 60 for each in (typed.begins, typed.ends))
    return 24 - begins + ends


def _unreadable(typed: Typed, _: Say) -> dict[str, str]:
    faults: dict[str, str] = {}
    if day_of(typed.day) is None:
        faults["day"] = _("Please write a day, for example 01.12.2026.")
    for name, value in (("begins", typed.begins), ("ends", typed.ends)):
        if not _CLOCK.fullmatch(value):
            faults[name] = _("Please write a time, for example 15:00.")
    if not faults and typed.begins == typed.ends:
        faults["ends"] = _("The end must be after the beginning.")
    elif not faults and _hours_over_night(typed) > MOST_HOURS_OVER_NIGHT:
        faults["ends"] = _(
            "The end lies before the beginning. Over midnight an event can last {number} hours at most. Please look at "
            "both times again."
        ).format(number=MOST_HOURS_OVER_NIGHT)
    if typed.repeats not in {*Repeats, OTHERWISE}:
        faults["repeats"] = _("Please choose from the list.")
    elif typed.repeats not in (Repeats.ONCE, OTHERWISE):
        if day_of(typed.until) is None:
            faults["until"] = _("Please write until which day it repeats.")
        elif "day" not in faults and typed.until < typed.day:
            faults["until"] = _("The last day must not be before the first one.")
    if typed.repeats != Repeats.ONCE and (odd := _odd_days(typed.without)):
        words = _("“{what}” is no day. Please write it like this: 24.12.2026")
        faults["without"] = words.format(what=odd[0][:20])
    return faults


def _rule(typed: Typed, event: EventFacts, day: date, start: str) -> str | None:
    if typed.repeats == OTHERWISE:
        return event.rule
    return rule_of(Repeats(typed.repeats), start, day_of(typed.until) or day)


def _no_dates(fault: Fault, _: Say) -> dict[str, str]:
    if fault is Fault.TOO_MANY:
        words = _("That would be more than {number} dates. Please choose an earlier last day.")
        return {"until": words.format(number=MOST_DATES)}
    if fault is Fault.NONE:
        return {"without": _("With these days left out, there is no date.")}
    return {"day": _("This gives no dates. Please choose another day.")}


def _gone_by(event: EventFacts, begun: set[str], day: date, today: date, _: Say) -> str:
    if begun and event.state == EventState.OPEN:
        return _(
            "Dates that are over stay as they were, and there can be no new ones in the past. Please choose as the "
            "first day the next one that shall be different."
        )
    if day < today:
        return _("This day has passed. Please choose a later one.")
    return _("This moment has passed. Please choose a later one.")


def at(wall: str, zone: ZoneInfo) -> datetime:
    """The moment of a wall time."""
    found = moment(wall, zone)
    assert found is not None  # noqa: S101 (a series gives wall times)
    return found


def _seconds(walls: Walls, zone: ZoneInfo) -> float:
    return (at(walls[1], zone) - at(walls[0], zone)).total_seconds()


_WRITTEN = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>20[0-9]{2})")


def _day_typed(written: str) -> str | None:
    """A day as people write it, as ``2026-12-24``; None: it is none."""
    found = _WRITTEN.fullmatch(written)
    iso = f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}" if found else written
    return iso if day_of(iso) else None


def _written_days(text: str) -> list[str]:
    return [each for each in re.split(r"[,;\s]+", text) if each]


def _days(text: str) -> list[str]:
    return sorted({day for each in _written_days(text) if (day := _day_typed(each))})


def _odd_days(text: str) -> list[str]:
    return [each for each in _written_days(text) if _day_typed(each) is None]


# --- how dates are said ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in words. ``is_shifted``: the clock leaves its beginning out, so ``at`` is meant; ``is_first``: that
    comes twice, and the first is meant; ``is_over_night``: it ends on the next day."""

    words: str
    at: datetime
    is_shifted: bool
    is_first: bool
    is_over_night: bool


def dated(walls: Walls, zone: ZoneInfo, language: str, _: Say) -> Dated:
    """Say a date, with weekday and year, in the language of the page."""
    begins = at(walls[0], zone)
    words, is_shifted = in_words(walls, language, _), wall_time(begins, zone) != walls[0]
    return Dated(words, begins, is_shifted, comes_twice(begins, zone), _next_day(walls))


def in_words(walls: Walls, language: str, _: Say) -> str:
    """When a date begins and ends; over midnight with both days, unless it ends early in the morning."""
    first, last = (say_date(date.fromisoformat(each[:10]), language, year=True, weekday=True) for each in walls)
    start, end = map(say_clock, walls)
    is_night = _next_day(walls) and end <= "06:00"
    if walls[0][:10] == walls[1][:10] or is_night:
        return _("{day}, {start} to {end}").format(day=first, start=start, end=end)
    return _("{day}, {start}, to {last}, {end}").format(day=first, start=start, last=last, end=end)


def _next_day(walls: Walls) -> bool:
    first, last = (date.fromisoformat(each[:10]) for each in walls)
    return last - first == timedelta(days=1)


# --- what changes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moves:
    """What is different for those who have signed up. ``gone``: dates that will not be as they were; ``new``: those
    that are not there yet; ``is_elsewhere``: the place is another one; ``among``: the dates whose people are told."""

    gone: tuple[Occasion, ...]
    new: tuple[Walls, ...]
    is_elsewhere: bool
    among: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.gone or self.is_elsewhere)


def moves(event: EventFacts, settled: Settled, now: datetime) -> Moves:
    """What changes for residents when an event is settled like this (`storage.services.events.change_event`)."""
    kept = moved_by_hand(event, now) if settled.rule else ()
    days = {each.start[:10] for each in kept}
    wanted = [each for each in given_dates(settled) if each[0][:10] not in days]
    present = event.happening.coming(now)
    there = {(each.start, each.end) for each in present}
    over = {each.start for each in event.occasions if each.starts_at <= now}
    held = {each.start for each in event.occasions if each.cancelled and event.rule}
    gone = tuple(each for each in present if each not in kept and (each.start, each.end) not in wanted)
    is_elsewhere = settled.place != event.broadcast.place
    return Moves(
        gone=gone,
        new=tuple(each for each in wanted if each not in there and each[0] not in over | held),
        is_elsewhere=is_elsewhere,
        among=tuple(each.id for each in (present if is_elsewhere else gone)),
    )
