"""Who of the sample town answers which survey and when: 300 invented residents, always the same from the same seed.

The numbers make the demo's point: ``quarter_at_first`` is enough for a first interim release, ``quarter_since`` is one
complete response short of the next. Only ids are drawn anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from bot.knowledge import Knowledge
from bot.sample.answering import Interviewed, without_chat
from bot.sample.opinions import OPINIONS
from bot.sample.people import BLOCKS, HARBOUR, NORTH, Person, draw, one
from bot.sample.sentences import FREE_TEXTS
from bot.turn import Turn, new_id
from storage.queries.turns import ResidentFacts
from storage.statements import Write

FESTIVAL, QUARTER, SQUARE = "after_the_festival", "living_in_my_quarter", "what_should_happen_on_the_square"
RESIDENTS = 300
SEED = 20261126
FESTIVAL_OPENED, FESTIVAL_CLOSED = timedelta(days=40), timedelta(days=14)
QUARTER_OPENED, QUARTER_RELEASED = timedelta(days=25), timedelta(days=5)
SQUARE_OPENED = timedelta(days=12)
"""How long before now a survey was opened, closed, released for the first time."""
OPENED = {QUARTER: QUARTER_OPENED, SQUARE: SQUARE_OPENED, FESTIVAL: FESTIVAL_OPENED}
AREAS = {QUARTER: (NORTH, HARBOUR), SQUARE: (NORTH,), FESTIVAL: (NORTH, HARBOUR)}
"""By survey; the first is the one that newcomers are led to."""

_AT_THE_FESTIVAL = range(180)
_IN_THE_QUARTER_AT_FIRST = range(159, 291)
_IN_THE_QUARTER_SINCE = range(291, RESIDENTS)
_AT_THE_SQUARE = 26
_NOT_TO_THE_END = 11
"""Every eleventh stops half-way."""
_SKIPS, _WRITES, _BEGINS_IN_GERMAN, _LAYS_ASIDE = 0.04, 0.5, 0.06, 0.6


class SampleTown:
    """Invented residents and what they answer. Each portion gives rows to be stored, residents included."""

    def __init__(self, knowledge: Knowledge, surveys: Mapping[str, int], *, now: datetime, seed: int = SEED) -> None:
        """``surveys``: the ids of the three open surveys by questionnaire."""
        self._knowledge = knowledge
        self._surveys = surveys
        self._now = now
        self._seed = seed
        self._areas = {area.name: area.id for area in knowledge.town.areas.values()}
        self._people = [self._invent(number) for number in range(RESIDENTS)]
        self._residents: dict[int, ResidentFacts] = {}
        self._texts = self._shuffled_texts()

    def _random(self, *about: object) -> Random:
        return Random(f"{self._seed} {about}")  # noqa: S311 (no secret)

    def _invent(self, number: int) -> Person:
        random = self._random("person", number)
        return draw(random, NORTH if number in _IN_THE_QUARTER_SINCE or random.random() < 0.56 else HARBOUR)

    def _shuffled_texts(self) -> Mapping[tuple[str, str], Iterator[str]]:
        """Free texts by question and language, in any order and each to be written once."""
        texts = {(name, language): list(each) for name, by in FREE_TEXTS.items() for language, each in by.items()}
        for key, each in texts.items():
            self._random("texts", key).shuffle(each)
        return {key: iter(each) for key, each in texts.items()}

    # --- portions ---

    def festival(self) -> list[Write]:
        """All answers to the survey after the festival, which is over."""
        return self._answers(FESTIVAL, _AT_THE_FESTIVAL, FESTIVAL_OPENED, FESTIVAL_CLOSED)

    def quarter_at_first(self) -> list[Write]:
        """The answers about living in the quarter that its first interim release counts."""
        return self._answers(QUARTER, _IN_THE_QUARTER_AT_FIRST, QUARTER_OPENED, QUARTER_RELEASED)

    def quarter_since(self) -> list[Write]:
        """The answers since then: one complete response fewer than the next release needs, none of them with a gap.

        All from one quarter, so that with one more from there the breakdown by area moves too.
        """
        return self._answers(QUARTER, _IN_THE_QUARTER_SINCE, QUARTER_RELEASED, timedelta(), eager=True)

    def square(self) -> list[Write]:
        """The first answers about the square, too few for any result."""
        near = [number for number in range(_IN_THE_QUARTER_SINCE.start) if self._people[number].area == NORTH]
        some = self._random("square").sample(near, _AT_THE_SQUARE)
        return self._answers(SQUARE, sorted(some), SQUARE_OPENED, timedelta())

    def _answers(
        self, survey: str, numbers: Iterable[int], opened: timedelta, ended: timedelta, *, eager: bool = False
    ) -> list[Write]:
        """What these people answer between two times before now. ``eager``: everybody answers everything."""
        writes: list[Write] = []
        for place, number in enumerate(numbers, 1):
            random = self._random(survey, number)
            at = self._now - ended - (opened - ended) * random.uniform(0.02, 0.98)
            turn = self._turn(number, at)
            stops_after = random.randint(1, 3) if not eager and place % _NOT_TO_THE_END == 0 else None
            self._hold(turn, survey, self._people[number], random, stops_after=stops_after, eager=eager)
            self._residents[number] = turn.resident
            writes += turn.kept()
        return writes

    def _turn(self, number: int, at: datetime) -> Turn:
        person, day = self._people[number], self._knowledge.local(at).date()
        resident = self._residents.get(number) or ResidentFacts(
            id=new_id(),
            town_id=self._knowledge.town.id,
            language=person.language,
            language_chosen=True,
            consented_on=day,
            adult=True,
            area_id=self._areas[self._home(number)],
            elsewhere=False,
            wanted_survey_id=None,
            current_survey_id=None,
            paused=False,
            arrived_on=day,
        )
        return without_chat(self._knowledge, resident, at)

    def _home(self, number: int) -> str:
        """Where somebody lives, as exactly as a poster told."""
        area = self._people[number].area
        return one(self._random("home", number), BLOCKS.get(area, {"": 1})) or area

    # --- one interview ---

    def _hold(
        self, turn: Turn, survey: str, person: Person, random: Random, *, stops_after: int | None, eager: bool
    ) -> None:
        """Hold one interview, to its end unless somebody stops after so many questions."""
        given: dict[str, tuple[str, ...]] = {}
        begins_in_german = not eager and random.random() < _BEGINS_IN_GERMAN
        if begins_in_german:
            turn.change_resident(language="de")
        talk = Interviewed(turn, self._surveys[survey])
        while (question := talk.question) is not None:
            if len(given) == stops_after:
                if random.random() < _LAYS_ASIDE:
                    talk.tap("later")
                return
            if begins_in_german and len(given) == 1:
                talk.speak(person.language)
            skips = not eager and random.random() < _SKIPS
            values = () if skips else self._thinks(survey, question.name, person, given, random)
            if values:
                talk.answer(values)
            else:
                talk.tap("skip")
            given[question.name] = values
        talk.tap("send")

    def _thinks(
        self, survey: str, question: str, person: Person, given: Mapping[str, tuple[str, ...]], random: Random
    ) -> tuple[str, ...]:
        """What somebody answers to a question, after what they have ``given``; nothing: they skip it."""
        opinion = OPINIONS[survey].get(question)
        if opinion is not None:
            return opinion(person, random)
        if random.random() > _WRITES:
            return ()
        was_not_there = given.get("was_there") == ("no",)
        text = next(self._texts[f"{question}_absent" if was_not_there else question, person.language], "")
        return (text,) if text else ()
