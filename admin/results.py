"""The results of a survey: counted, put through the disclosure rule, and kept as a release.

Who wants to show something of a survey reads a release; only here are answers counted.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from math import isnan
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncConnection

from admin.disclosure import STAYS, Atom, Breakdown, Cell, Counted, Figures, Results, Snapshot, needed, release
from admin.exports.codebook import Codebook, Kind, Variable, Version, read_codebook
from admin.exports.merging import Categories, what_rows_tell
from admin.exports.workings import Workings, without_places
from dialogues.forms import Form
from dialogues.forms.xform import read_xform
from storage.database import Database
from storage.models import SurveyState
from storage.queries.files import count_files
from storage.queries.results import GivenAnswer, Group, entries, groups, latest_releases, progress
from storage.queries.rows import numbered_refs, versions_asked
from storage.queries.surveys import SurveyDetail, find_survey
from storage.queries.town import TownFacts, load_town
from storage.services import audit
from storage.services.closing import Combination, Merge, close_survey
from storage.services.releases import (
    claim_responses,
    give_back,
    hold_answers,
    is_open,
    keep_release,
    leave_answers_out,
    leave_out,
)

DIMENSIONS: Final = ("area", "language", "age")
"""What results are broken down by, one at a time; the last is given up first where two would tell too much together."""
_WOULD_NOT_SAY: Final = "no_answer"
"""The option of our questionnaires for who does not want to tell: in a breakdown the same as no answer."""
MOST_DRAWN: Final = 4
"""How often others are left out by chance before there are no rows."""
_COUNTED: Final = (Kind.ONE, Kind.MANY, Kind.ORDER, Kind.NUMBER, Kind.FILE)
_SENT: Final = "sent"
"""Stands for every file: of those it is only counted that they are there."""
_BINS: Final = (0, 1, 2, 3, 4, 5, 10, 20, 50, 100)
"""Where the groups of numbers begin. They do not depend on the answers, so that they tell nothing of them."""


_read_once = lru_cache(maxsize=16)(read_codebook)


# --- counting ---------------------------------------------------------------------------------------------------------


async def book_of(connection: AsyncConnection, survey_id: int) -> Codebook:
    """What the answers of a survey mean."""
    asked = await versions_asked(connection, survey_id)
    versions = tuple(Version(each.id, each.xform, files=each.files) for each in asked)
    return await asyncio.to_thread(_read_once, versions)


async def written(connection: AsyncConnection, survey_id: int, book: Codebook) -> Mapping[tuple[int, str], Variable]:
    """Where answers in people's own words are, by version and ref as they are stored, and to which question."""
    of = {place: each for each in book.free_texts for place in each.refs.items()}
    if any(each.repeated for each in book.free_texts):
        for version, ref in await numbered_refs(connection, survey_id):
            variable = of.get((version, without_places(ref)))
            if variable is not None:
                of[version, ref] = variable
    return of


def bin_of(value: str) -> str | None:
    """The group of a number, named by its bounds (``3``, ``5-9``, ``100-``; ``-0``: less than 0). None: no number."""
    try:
        number = float(value)
    except ValueError:
        return None
    if isnan(number):
        return None
    if number < _BINS[0]:
        return f"-{_BINS[0]}"
    if number >= _BINS[-1]:
        return f"{_BINS[-1]}-"
    at = max(place for place, start in enumerate(_BINS) if start <= number)
    last = _BINS[at + 1] - 1
    return str(_BINS[at]) if last == _BINS[at] else f"{_BINS[at]}-{last}"


def bins() -> tuple[str, ...]:
    """The names of all groups of numbers, in their order."""
    return tuple(name for start in (-1, *_BINS) if (name := bin_of(str(start))) is not None)


def is_counted(variable: Variable) -> bool:
    """Whether the answers to a question are counted; calculations are not, nor what people write."""
    return variable.asked and variable.kind in _COUNTED


def _options(variable: Variable, value: str) -> list[str]:
    match variable.kind:
        case Kind.MANY:
            return value.split()
        case Kind.ORDER:
            return value.split()[:1]
        case Kind.NUMBER:
            name = value if value in variable.steps else bin_of(value)
            return [name] if name else []
        case Kind.FILE:
            return [_SENT]
        case _:
            return [value]


def categories_of(town: TownFacts, area_id: int | None, language: str, age: str | None) -> Categories:
    """Where somebody belongs in each of the `DIMENSIONS`. Of an area its quarter: a house would betray its people."""
    path = town.within(area_id)
    quarter = next((each.id for each in town.quarters() if each.id in path), None)
    return "" if quarter is None else str(quarter), language, "" if age == _WOULD_NOT_SAY else age or ""


class _Tally:
    """Adds up groups into a snapshot: its size depends on the categories there are, not on the number of people."""

    def __init__(self, book: Codebook, town: TownFacts) -> None:
        self._variables = {
            (version, ref): variable
            for variable in book.variables
            if is_counted(variable)
            for version, ref in variable.refs.items()
        }
        self._town = town
        self._respondents: dict[Atom, int] = defaultdict(int)
        self._people: dict[str, dict[Atom, int]] = defaultdict(lambda: defaultdict(int))
        self._chosen: dict[str, dict[str, dict[str, dict[str, int]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        )

    def add(self, group: Group) -> None:
        categories = categories_of(self._town, group.area_id, group.language, group.age)
        atom = Atom(categories, group.release)
        if not group.answers:
            self._respondents[atom] += group.number
            return
        for name, options in self._given(group.answers).items():
            self._people[name][atom] += group.number
            chosen = self._chosen[name]
            for option in options:
                chosen[""][""][option] += group.number
                for dimension, category in zip(DIMENSIONS, categories, strict=True):
                    chosen[dimension][category][option] += group.number

    def _given(self, answers: Iterable[GivenAnswer]) -> Mapping[str, set[str]]:
        """The options that somebody has chosen, by question, each once in whatever number of entries: people count."""
        given: dict[str, set[str]] = defaultdict(set)
        for answer in answers:
            variable = self._variables.get((answer.version, without_places(answer.ref)))
            options = _options(variable, answer.value) if variable else ()
            if variable and options:
                given[variable.name].update(options)
        return given

    def snapshot(self) -> Snapshot:
        questions = {name: Counted(people, self._chosen[name]) for name, people in self._people.items()}
        return Snapshot(DIMENSIONS, Counted(self._respondents), questions)


async def _count(connection: AsyncConnection, survey_id: int, town: TownFacts, book: Codebook, number: int) -> Snapshot:
    counted = [each for each in book.variables if is_counted(each)]
    refs = {ref for each in counted if not each.repeated for ref in each.refs.values()}
    tally = _Tally(book, town)
    async for group in groups(connection, survey_id, up_to=number, age_refs=book.age_refs, refs=refs):
        tally.add(group)
    if any(each.repeated for each in counted):
        async for person in entries(connection, survey_id, up_to=number, age_refs=book.age_refs):
            tally.add(person)
    return tally.snapshot()


_releasing: WeakKeyDictionary[Database, asyncio.Lock] = WeakKeyDictionary()


# --- releasing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """What a results page may show: the latest release, whether it is the last, and how many more it counts than the
    one before (None: there is none before)."""

    results: Results
    made_on: date
    final: bool
    gained: int | None = None


async def shown(connection: AsyncConnection, survey_id: int) -> Shown | None:
    """The latest release of a survey; None: there is none, or too few have answered for one."""
    stored = await latest_releases(connection, survey_id)
    if not stored or not stored[0].figures:
        return None
    latest, *before = stored
    results = read(latest.figures)
    gained = results.respondents.people - read(before[0].figures).respondents.people if before else None
    return Shown(results, latest.made_on, latest.final, gained)


async def release_if_due(database: Database, *, town_id: int, survey_id: int, today: date) -> bool:
    """Make the next interim release of a survey if the rule permits one now; returns whether there is a new one.

    The people it counts are chosen in a short transaction and counted in a reading one; so nobody waits for it, and
    whoever tries at the same time, or again after a breakdown, makes the same release.
    """
    async with database.read() as connection:
        survey = await find_survey(connection, town_id, survey_id)
        if survey is None or not survey.interim or survey.state != SurveyState.OPEN:
            return False
        before = await shown(connection, survey_id)
        number = before.results.number + 1 if before else 1
        so_far = await progress(connection, survey_id)
    counted = before.results.respondents.people if before else 0
    is_begun = so_far.claimed == number
    if not is_begun and so_far.new < needed(counted, smallest=survey.smallest_group):
        return False
    async with _releasing.setdefault(database, asyncio.Lock()):  # six who look at once shall not work it out six times
        async with database.read() as connection:
            latest = await shown(connection, survey_id)
        if latest is not None and latest.results.number >= number:
            return False
        return await _release(database, town_id, survey, before, number, today)


async def _release(
    database: Database, town_id: int, survey: SurveyDetail, before: Shown | None, number: int, today: date
) -> bool:
    survey_id = survey.id
    async with database.write() as connection:
        if not await is_open(connection, town_id, survey_id):
            return False
        await claim_responses(connection, survey_id, number)
    async with database.snapshot() as connection:
        town = await load_town(connection, town_id)
        counted = await _count(connection, survey_id, town, await book_of(connection, survey_id), number)
    results = await asyncio.to_thread(
        release, counted, before.results if before else None, smallest=survey.smallest_group
    )
    async with database.write() as connection:
        if (
            not await is_open(connection, town_id, survey_id)
            or (await progress(connection, survey_id)).claimed != number
        ):
            return False
        if results is None:  # too many have erased their answers since it was begun
            if not any(each.number >= number for each in await latest_releases(connection, survey_id)):
                await give_back(connection, survey_id, number)
            return False
        return await _keep(connection, town_id, survey_id, results, number=number, today=today, final=False)


async def close_and_release(
    database: Database, *, town_id: int, survey_id: int, staff_id: int | None, now: datetime, today: date
) -> bool:
    """Close a survey and make its last release, in one transaction; returns whether it was open."""
    async with database.read() as connection:
        book = await book_of(connection, survey_id)
        workings = await _workings(connection, survey_id)
    async with database.write() as connection:
        if not await is_open(connection, town_id, survey_id):  # the survey before the tables, as everywhere
            return False
        await hold_answers(connection)
        survey = await find_survey(connection, town_id, survey_id)
        assert survey is not None  # noqa: S101 (it is open)
        before = await shown(connection, survey_id)
        number = before.results.number + 1 if before else 1
        await claim_responses(connection, survey_id, number)
        if (await progress(connection, survey_id)).new:  # an interim release was begun and not finished: count all
            await claim_responses(connection, survey_id, number + 1)
        town = await load_town(connection, town_id)
        counted = _as_of(await _count(connection, survey_id, town, book, number + 1), number)
        results = await asyncio.to_thread(
            release, counted, before.results if before else None, smallest=survey.smallest_group
        )
        await _keep(connection, town_id, survey_id, results, number=number, today=today, final=True)
        told: Mapping[Categories, Categories] = {}
        if survey.anonymous and results is not None:
            told = await _leave_out(connection, survey_id, results, number, town, book)
            await _leave_answers_out(connection, survey_id, results, book, workings)
        stored = await _stored(connection, survey_id)
        lost = (await count_files(connection, survey_id)).waiting if survey.anonymous else 0
        closed = await close_survey(
            connection,
            town_id=town_id,
            survey_id=survey_id,
            today=today,
            merge=_merging(town, told),
            age_refs=book.age_refs,
            with_age=_refs(stored((at, ref) for at, each in workings.items() for ref in each.out_of(book.age_refs))),
            traces=_refs(stored((at, ref) for at, each in workings.items() for ref in each.timed)),
        )
        await audit.record(
            connection,
            town_id=town_id,
            staff_id=staff_id,
            action="survey.close",
            survey_id=survey_id,
            now=now,
            **({"files_lost": lost} if lost else {}),
        )
    await database.scrub(keys=True)
    return closed


async def _leave_out(
    connection: AsyncConnection, survey_id: int, results: Results, number: int, town: TownFacts, book: Codebook
) -> Mapping[Categories, Categories]:
    """Take out of rows and texts whom the figures that are shown do not count, and say what rows tell of the rest.

    Where figures count some who have erased their answers since, whoever took the rows from them would have those
    people's answers. So a few others are left out by chance, as many as make them a group that is large enough; and
    where that does not help, all.
    """
    everybody = results.respondents
    if everybody.as_of < number:
        others = _too_few_left(everybody, results.smallest)
        await leave_out(connection, survey_id, after=everybody.as_of, others=others)
    for _ in range(MOST_DRAWN):
        tally = _Tally(book, town)
        async for group in groups(connection, survey_id, up_to=number + 1, age_refs=book.age_refs, refs=()):
            tally.add(group)
        present = _as_of(tally.snapshot(), number).respondents.people
        told = await asyncio.to_thread(what_rows_tell, present, everybody, DIMENSIONS, results.smallest)
        if told is not None:
            return told
        await leave_out(connection, survey_id, after=everybody.as_of, others=results.smallest)
    await leave_out(connection, survey_id, after=0)
    return {}


async def _leave_answers_out(
    connection: AsyncConnection, survey_id: int, results: Results, book: Codebook, workings: Mapping[int, Workings]
) -> None:
    """The same for questions whose figures stay behind those of the respondents, but for the age: rows tell it or not.

    With such an answer goes what tells of it: a text that is asked only after it, a sum that it is part of.
    """
    stored = await _stored(connection, survey_id)
    decided = (each for each in book.variables if each.name in results.questions or each == book.age)
    kept = {place for each in decided for place in each.refs.items()}
    for variable in book.variables:
        figures = results.questions.get(variable.name)
        if figures is not None and figures.as_of < results.respondents.as_of and variable != book.age:
            asked = variable.refs.items()
            following = {(at, each) for at, ref in asked if at in workings for each in workings[at].following(ref)}
            await leave_answers_out(
                connection,
                survey_id,
                stored(asked),
                stored(following - kept),
                after=figures.as_of,
                others=_too_few_left(figures, results.smallest),
            )


def _too_few_left(figures: Figures, smallest: int) -> int:
    """How many more would have to be missing, so that those who left since the figures were made are no small group."""
    left = sum(number for atom, number in figures.known.items() if atom.since <= figures.as_of < atom.until < STAYS)
    return smallest - left if 0 < left < smallest else 0


def _merging(town: TownFacts, told: Mapping[Categories, Categories]) -> Merge:
    """What rows say of areas, languages and ages, as `storage` wants to know it."""
    nothing = ("",) * len(DIMENSIONS)

    def merge(counts: Mapping[Combination, int]) -> Mapping[Combination, Combination]:
        becomes: dict[Combination, Combination] = {}
        for area_id, language, age in counts:
            quarter, spoken, old = told.get(categories_of(town, area_id, language, age), nothing)
            becomes[area_id, language, age] = (int(quarter) if quarter else None, spoken, age if old else None)
        return becomes

    return merge


async def _workings(connection: AsyncConnection, survey_id: int) -> Mapping[int, Workings]:
    """What each version of the questionnaire works out by itself."""

    def read(xform: str) -> Workings:
        parsed = read_xform(xform)
        return Workings(Form(parsed), parsed, xform)

    versions = await versions_asked(connection, survey_id)
    return {each.id: await asyncio.to_thread(read, each.xform) for each in versions}


async def _stored(
    connection: AsyncConnection, survey_id: int
) -> Callable[[Iterable[tuple[int, str]]], set[tuple[int, str]]]:
    """Turns refs of a form into those of answers: what is repeated has the numbers of its places in them."""
    of: dict[tuple[int, str], set[str]] = defaultdict(set)
    for version, ref in await numbered_refs(connection, survey_id):
        of[version, without_places(ref)].add(ref)
    return lambda places: {(at, each) for at, ref in places for each in (ref, *of.get((at, ref), ()))}


def _refs(places: Iterable[tuple[int, str]]) -> set[str]:
    return {ref for _, ref in places}


def _as_of(snapshot: Snapshot, number: int) -> Snapshot:
    """The snapshot with nobody counted later than the release ``number``, which is made of all."""

    def early(counted: Counted) -> Counted:
        people: dict[Atom, int] = defaultdict(int)
        for atom, each in counted.people.items():
            people[atom._replace(since=min(atom.since, number))] += each
        return replace(counted, people=people)

    questions = {name: early(each) for name, each in snapshot.questions.items()}
    return Snapshot(snapshot.dimensions, early(snapshot.respondents), questions)


async def _keep(
    connection: AsyncConnection,
    town_id: int,
    survey_id: int,
    results: Results | None,
    *,
    number: int,
    today: date,
    final: bool,
) -> bool:
    """Keep a release; what only its successor looks at stays in the latest alone, and in none after the last."""
    earlier = await latest_releases(connection, survey_id)
    return await keep_release(
        connection,
        town_id=town_id,
        survey_id=survey_id,
        number=number,
        made_on=today,
        final=final,
        figures=write(without_history(results) if final else results) if results else {},
        older={each.number: write(without_history(read(each.figures))) for each in earlier[:1] if each.figures},
    )


def without_history(results: Results) -> Results:
    """A release without what it knows of who was counted when."""

    def bare(figures: Figures) -> Figures:
        return replace(figures, known={}, past=())

    questions = {name: bare(each) for name, each in results.questions.items()}
    return replace(results, respondents=bare(results.respondents), questions=questions)


# --- as JSON ----------------------------------------------------------------------------------------------------------


def write(results: Results) -> dict[str, Any]:
    """A release as JSON."""
    return {
        "number": results.number,
        "smallest": results.smallest,
        "respondents": _written(results.respondents),
        "questions": {name: _written(each) for name, each in results.questions.items()},
        "all_kinds": results.all_kinds,
    }


def read(figures: Mapping[str, Any]) -> Results:
    """A release from JSON."""
    return Results(
        figures["number"],
        figures["smallest"],
        _figures(figures["respondents"]),
        {name: _figures(each) for name, each in figures["questions"].items()},
        figures.get("all_kinds", False),
    )


def _written(figures: Figures) -> dict[str, Any]:
    return {
        "published": list(figures.published),
        "people": figures.people,
        "options": dict(figures.options),
        "by": {dimension: _breakdown_written(each) for dimension, each in figures.by.items()},
        "past": [[dimension, _breakdown_written(each)] for dimension, each in figures.past],
        "together": figures.together,
        "known": [[list(atom.categories), atom.since, atom.until, number] for atom, number in figures.known.items()],
    }


def _breakdown_written(breakdown: Breakdown) -> dict[str, Any]:
    cells = [
        {
            "categories": sorted(cell.categories),
            "people": cell.people,
            "options": None if cell.options is None else dict(cell.options),
            "others": cell.others,
        }
        for cell in breakdown.cells
    ]
    return {"as_of": breakdown.as_of, "cells": cells}


def _figures(written: Mapping[str, Any]) -> Figures:
    return Figures(
        tuple(written["published"]),
        written["people"],
        written["options"],
        {dimension: _breakdown(each) for dimension, each in written["by"].items()},
        tuple((dimension, _breakdown(each)) for dimension, each in written["past"]),
        {Atom(tuple(categories), since, until): number for categories, since, until, number in written["known"]},
        written.get("together", 0),
    )


def _breakdown(written: Mapping[str, Any]) -> Breakdown:
    cells = (
        Cell(frozenset(each["categories"]), each["people"], each["options"], each["others"])
        for each in written["cells"]
    )
    return Breakdown(written["as_of"], tuple(cells))
