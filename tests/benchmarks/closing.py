"""How long does a large survey take: closing it, one interim release, and finding out what rows may tell?

    python -m tests.benchmarks.closing [--quick] [--json]

Invented people as in the disclosure benchmark: 4 quarters, 6 languages, 4 ages or none. Figures (``--json``: one JSON
object, the last line):

``close_100k_s_sqlite``, ``close_100k_s_postgresql``: seconds of closing an anonymous survey with 100,000 responses of
12 answers (``--quick``: 5,000; ``close_people`` says how many), in a process of its own. ``close_peak_mib``: by how
much that process grows meanwhile at most, on the worse database; ``close_peak_mib_tenth``: the same with a tenth of the
people. ``close_files_s_sqlite``, ``close_files_s_postgresql``, ``close_files_peak_mib``,
``close_files_peak_mib_tenth``: the same of ``close_files`` responses with one picture of 500 KB each. ``release_s``:
seconds of the last interim release of a survey with 30 questions that ``release_people`` have answered, after all
releases that the rule permits on the way there. ``rows_worst_s``: seconds of what rows tell of ``rows_people``, after
as many releases, with one to three people erasing their answers between two of them: the slowest of six towns
(``--quick``: of one).

Without a PostgreSQL server its figure is missing. Needs Linux, which says what a process took at most.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from random import Random
from uuid import uuid4

import psycopg
from sqlalchemy import func, insert, select, text

from admin.disclosure import Atom, Counted, Results, Snapshot, needed, release
from admin.exports.merging import what_rows_tell
from admin.results import close_and_release
from dialogues.sent_files import name_for
from storage.database import Database
from storage.models import Answer, AnswerFile, FileState, Response, Survey
from storage.schema import upgrade
from storage.services.surveys import SMALLEST_GROUP_INTERIM
from storage.services.towns import found_town
from tests.admin.answered import Answered, put_answers, survey_of
from tests.benchmarks.disclosure import DIMENSIONS, SHARES, town
from tests.benchmarks.processes import on_postgresql, on_sqlite

TODAY = date(2026, 11, 26)
QUESTIONS = 30
ANSWERED = 0.9
"""Share of the people who answer a question."""
MOST_ERASED = 3
AT_ONCE = 5_000
"""Responses that are put into the database by one transaction."""
FILE_BYTES = 500_000
"""Of a picture, as it is kept."""
OPINIONS = ("good", "so_so", "bad")
WISHES = ("trees", "seats", "light", "shade", "buses")
AGES = tuple(age or "no_answer" for age in SHARES[DIMENSIONS.index("age")])


@dataclass(frozen=True)
class Sizes:
    """How many people each figure is measured with."""

    close: int
    files: int
    release: int
    rows: int
    rows_towns: int
    """In some it takes five times as long as in others."""


FULL = Sizes(100_000, 1_000, 10_000, 3_000, 6)
QUICK = Sizes(5_000, 40, 300, 600, 1)


# --- closing ----------------------------------------------------------------------------------------------------------


PICTURE = """
| survey |       |         |                      |
|        | type  | name    | label::Deutsch (de)  |
|        | image | picture | Was fehlt hier?      |
"""


def questionnaire() -> str:
    """12 questions: seven of one opinion, two of several wishes, a number, the age and a text."""
    rows = ["| survey |", "| | type | name | label::Deutsch (de) |"]
    rows += [f"| | select_one opinion | opinion{at} | Wie finden Sie Punkt {at}? |" for at in range(7)]
    rows += [f"| | select_multiple wish | wishes{at} | Was fehlt in Straße {at}? |" for at in range(2)]
    rows += ["| | integer | people | Wie viele wohnen bei Ihnen? |", "| | select_one age | age_group | Wie alt? |"]
    rows += ["| | text | idea | Was soll besser werden? |", "| choices |", "| | list_name | name | label |"]
    for name, options in (("opinion", OPINIONS), ("wish", WISHES), ("age", AGES)):
        rows += [f"| | {name} | {each} | {each} |" for each in options]
    return "\n".join(rows)


def responses(number: int, chance: Random) -> Iterator[Answered]:
    for at, person in enumerate(town(number, chance)):
        area, language, age = person.categories
        answers = {f"opinion{each}": chance.choice(OPINIONS) for each in range(7)}
        answers |= {f"wishes{each}": " ".join(chance.sample(WISHES, chance.randint(1, 3))) for each in range(2)}
        answers |= {"people": str(chance.randint(1, 9)), "age_group": age or "no_answer", "idea": f"Idee {at}"}
        yield Answered(answers, language=language, area=area)


def pictures(number: int, chance: Random) -> Iterator[Answered]:
    for _ in range(number):
        yield Answered({"picture": name_for("image/jpeg", chance.randbytes(16))}, area=None)


async def put_files(database: Database, town_id: int, chance: Random) -> None:
    """The files that the answers name, as they lie there once they have been fetched."""
    async with database.read() as connection:
        sent = (await connection.execute(select(Answer.response_id, Answer.ref, Answer.value))).all()
    for answer in sent:
        file = {"id": uuid4(), "town_id": town_id, "response_id": answer.response_id, "ref": answer.ref}
        file |= {"name": answer.value, "media_type": "image/jpeg", "state": FileState.FETCHED, "attempts": 0}
        async with database.write() as connection:
            content = chance.randbytes(FILE_BYTES)
            await connection.execute(insert(AnswerFile).values(**file, content=content, size=FILE_BYTES))


async def fill(url: str, number: int, seed: int, *, with_files: bool) -> tuple[int, int]:
    """A town with an open survey that so many have answered, or sent a picture to; returns the ids of both."""
    database = Database(url)
    await upgrade(database)
    async with database.write() as connection:
        areas = list(SHARES[DIMENSIONS.index("area")])
        town_id = await found_town(
            connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=areas
        )
        survey_id = await survey_of(connection, town_id, [PICTURE if with_files else questionnaire()], [])
        version = await connection.scalar(select(Survey.questionnaire_id).where(Survey.id == survey_id))
        assert version is not None
    chance = Random(f"{seed} {number}")
    coming = pictures(number, chance) if with_files else responses(number, chance)
    for start in range(0, number, AT_ONCE):
        part = [next(coming) for _ in range(min(AT_ONCE, number - start))]
        async with database.write() as connection:
            await put_answers(connection, town_id, survey_id, [version], part)
    if with_files:
        await put_files(database, town_id, chance)
    if database.dialect == "postgresql":  # as it does by itself where answers come over weeks
        async with database.write() as connection:
            await connection.execute(text("ANALYZE response, answer"))
    await database.close()
    return town_id, survey_id


def peak_mib() -> float:
    """The most memory that this process has had. ``getrusage`` would count the one that started it, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


async def close(url: str, town_id: int, survey_id: int) -> tuple[float, float]:
    """Close the survey; returns the seconds and by how much this process has grown."""
    database = Database(url)
    before, begin = peak_mib(), time.perf_counter()
    closed = await close_and_release(
        database, town_id=town_id, survey_id=survey_id, staff_id=None, now=datetime.now(UTC), today=TODAY
    )
    figures = time.perf_counter() - begin, peak_mib() - before
    async with database.read() as connection:
        rows = select(func.count()).where(Response.survey_id == survey_id, Response.pseudonym.is_(None))
        if not closed or not await connection.scalar(rows):
            raise SystemExit("the survey was not closed")
    await database.close()
    return figures


def in_a_process(url: str, town_id: int, survey_id: int) -> tuple[float, float]:
    return asyncio.run(close(url, town_id, survey_id))


def closing(url: str, number: int, seed: int, *, with_files: bool) -> tuple[float, float]:
    """Fill a database and close in a fresh process: one that has filled it has memory to use again."""
    ids = asyncio.run(fill(url, number, seed, with_files=with_files))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(in_a_process, url, *ids).result()


def measure_closing(number: int, seed: int, *, with_files: bool = False) -> dict[str, float]:
    what, figure = ("files", "close_files") if with_files else ("people", "close")
    timed = "close_files_s" if with_files else "close_100k_s"
    figures: dict[str, float] = {"close_files" if with_files else "close_people": number}
    peaks: dict[int, list[float]] = {number: [], number // 10: []}
    for name, somewhere in (("sqlite", on_sqlite), ("postgresql", on_postgresql)):
        try:
            for size, grown in peaks.items():
                with somewhere() as url:
                    seconds, mib = closing(url, size, seed, with_files=with_files)
                grown.append(mib)
                print(
                    f"closing {size:>7,} {what} on {name:<10} {seconds:7.2f} s  {mib:6.1f} MiB more at most", flush=True
                )
                if size == number:
                    figures[f"{timed}_{name}"] = seconds
        except psycopg.OperationalError:
            print(f"closing on {name}: skipped, no server answers")
    return figures | {
        f"{figure}_peak_mib": max(peaks[number]),
        f"{figure}_peak_mib_tenth": max(peaks[number // 10]),
    }


# --- releases ---------------------------------------------------------------------------------------------------------


class Count:
    """A survey with so many questions, counted as people come and go."""

    def __init__(self, questions: int, chance: Random) -> None:
        self.questions = questions
        self.chance = chance
        self.people: Counter[Atom] = Counter()
        self.answered = [Counter[Atom]() for _ in range(questions)]
        self.chosen: list[dict[str, dict[str, Counter[str]]]] = [{} for _ in range(questions)]

    def add(self, categories: tuple[str, ...], number: int) -> None:
        """Somebody comes, whom the release ``number`` is the first to count."""
        atom = Atom(categories, number)
        self.people[atom] += 1
        for people, chosen in zip(self.answered, self.chosen, strict=True):
            if self.chance.random() < ANSWERED:
                option = self.chance.choice(OPINIONS)
                people[atom] += 1
                for dimension, category in (("", ""), *zip(DIMENSIONS, categories, strict=True)):
                    chosen.setdefault(dimension, {}).setdefault(category, Counter())[option] += 1

    def erase(self, number: int, counted: int) -> None:
        """So many whom the release ``counted`` counts erase their answers; only of surveys without questions."""
        there = {atom: each for atom, each in self.people.items() if atom.since <= counted}
        self.people.subtract(self.chance.sample(list(there), number, counts=list(there.values())))
        self.people += Counter()  # without those of whom nobody is left

    def snapshot(self) -> Snapshot:
        questions = {
            f"q{at}": Counted(dict(people), chosen)
            for at, (people, chosen) in enumerate(zip(self.answered, self.chosen, strict=True))
        }
        return Snapshot(DIMENSIONS, Counted(dict(self.people)), questions)


def releases(count: Count, people: Sequence[tuple[str, ...]], *, most_erased: int = 0) -> tuple[Results, float]:
    """Let people come until all are there, release as often as the rule permits; returns the last and its seconds."""
    before: Results | None = None
    seconds = 0.0
    new = 0
    for categories in people:
        count.add(categories, before.number + 1 if before else 1)
        new += 1
        if new < needed(before.respondents.people if before else 0, smallest=SMALLEST_GROUP_INTERIM):
            continue
        if before and most_erased:
            count.erase(count.chance.randint(1, most_erased), before.number)
        snapshot, new = count.snapshot(), 0
        begin = time.perf_counter()
        before = release(snapshot, before, smallest=SMALLEST_GROUP_INTERIM)
        seconds = time.perf_counter() - begin
    assert before is not None
    return before, seconds


def measure_release(number: int, seed: int) -> dict[str, float]:
    chance = Random(f"release {seed}")
    people = [each.categories for each in town(number, chance)]
    last, seconds = releases(Count(QUESTIONS, chance), people)
    print(
        f"release number {last.number}, of {last.respondents.people:,} people who answer {QUESTIONS} questions: "
        f"{seconds:.2f} s",
        flush=True,
    )
    return {"release_people": number, "release_s": seconds}


def measure_rows(number: int, towns: int, seed: int) -> dict[str, float]:
    return {
        "rows_people": number,
        "rows_worst_s": max(seconds_of_rows(number, Random(f"rows {seed} {at}")) for at in range(towns)),
    }


def seconds_of_rows(number: int, chance: Random) -> float:
    people = [each.categories for each in town(number, chance)]
    count = Count(0, chance)
    last, _ = releases(count, people, most_erased=MOST_ERASED)
    figures = last.respondents
    present = {atom: each for atom, each in count.people.items() if atom.since <= figures.as_of}
    begin = time.perf_counter()
    told = what_rows_tell(present, figures, DIMENSIONS, SMALLEST_GROUP_INTERIM)
    seconds = time.perf_counter() - begin
    kinds = "no rows" if told is None else f"rows tell {len(set(told.values()))} kinds of people apart"
    print(
        f"rows of {sum(present.values()):,} people after {last.number} releases: {seconds:.2f} s, {kinds}", flush=True
    )
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="with fewer people, under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"seed {options.seed}, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    figures = {
        **measure_rows(sizes.rows, sizes.rows_towns, options.seed),
        **measure_release(sizes.release, options.seed),
        **measure_closing(sizes.close, options.seed),
        **measure_closing(sizes.files, options.seed, with_files=True),
    }
    if options.json:
        print(json.dumps({key: round(value, 2) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
