"""An invented resident's interview, step by step as the chat would hold it: only what is offered can be tapped.

The rows are those that the bot itself would write (`bot.turn.Turn`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from bot.knowledge import Knowledge
from bot.turn import Turn, new_id
from dialogues import interview
from dialogues.forms import Question
from dialogues.interview import State, Step
from dialogues.prompts import Input, Prompt, Replace, Say, Show, Tap, Text
from dialogues.sequence import is_select
from storage.queries.turns import ContactFacts, ResidentFacts


class NotOfferedError(Exception):
    """An invented resident wants to tap what the chat does not offer, or writes what it does not take."""


def without_chat(knowledge: Knowledge, resident: ResidentFacts, now: datetime) -> Turn:
    """A turn of a resident who has no chat."""
    nobody = ContactFacts(
        id=0,
        bot_id=0,
        chat_id=0,
        town_id=resident.town_id,
        resident_id=resident.id,
        prompt=0,
        commands_language=None,
        blocked_on=None,
    )
    return Turn(
        knowledge=knowledge,
        now=now,
        received_at=now,
        seq=0,
        contact=nobody,
        resident=resident,
        interviews={},
        responses={},
        links={},
    )


class Interviewed:
    """A resident in an interview that has just begun. What is tapped and written goes into the turn's rows."""

    def __init__(self, turn: Turn, survey_id: int) -> None:
        self._turn = turn
        self._survey_id = survey_id
        self._id = new_id()
        self._form = turn.knowledge.forms[survey_id]
        step = interview.start(self._form, turn.resident.language, **self._circumstances())
        turn.change_resident(current_survey_id=survey_id, wanted_survey_id=None)
        turn.begin_interview(survey_id, self._id, step.state)
        self._state: State = step.state
        self._prompt = self._asked(step)

    def _circumstances(self) -> Mapping[str, Any]:
        return {"texts": self._turn.knowledge.texts, **self._time_and_chance()}

    def _time_and_chance(self) -> Mapping[str, Any]:
        now = self._turn.knowledge.local(self._turn.now)
        return {"now": now, "random": Random(self._id)}  # noqa: S311 (no secret)

    @property
    def question(self) -> Question | None:
        """The question that stands open; None: the summary, or nothing any more."""
        return self._form.by_ref[self._state.cursor] if self._state.cursor else None

    def answer(self, values: tuple[str, ...]) -> None:
        """Answer the question that stands open: choose what is offered of ``values``, or write the first of them.

        Raises:
            NotOfferedError: nothing of it is offered, or it is not taken.
        """
        question = self.question
        if question is None:
            raise NotOfferedError("nothing is asked")
        if not is_select(question):
            self._give(Text(values[0]))
        else:
            self._choose(question, values)
        if self.question is question:
            raise NotOfferedError(f"{question.name} does not take {values}")

    def _choose(self, question: Question, values: tuple[str, ...]) -> None:
        instance = interview.instance_for(
            self._form, self._state.values, self._state.language, **self._time_and_chance()
        )
        offered = [choice.value for choice in instance.options(question.ref, "")]
        places = [offered.index(value) for value in values if value in offered]
        if question.kind == "select_one":
            self.tap(f"a{places[0]}" if places else "")
            return
        for place in places:
            self.tap(f"c{place}+")
        self.tap("done")

    def tap(self, key: str) -> None:
        """Press a button of the message that asks now.

        Raises:
            NotOfferedError: it has no such button.
        """
        if key not in {option.key for row in self._prompt.rows for option in row}:
            raise NotOfferedError(f"{self._state.cursor} offers no {key or 'such answer'}")
        self._give(Tap(key, self._prompt.revision))

    def speak(self, language: str) -> None:
        """Choose another language in the middle of a question."""
        self._turn.change_resident(language=language, language_chosen=True)
        self._state = replace(self._state, language=language)
        self._give(Show(anew=False))

    def _give(self, given: Input) -> None:
        before = self._state
        step = interview.step(self._form, before, given, **self._circumstances())
        self._turn.keep(self._survey_id, before, step.state)
        if step.event is not None:
            self._turn.change_resident(current_survey_id=None)
        self._state, self._prompt = step.state, self._asked(step)

    def _asked(self, step: Step) -> Prompt:
        """The message that asks after a step; where none does, the one before."""
        prompts = [reply.prompt for reply in step.replies if isinstance(reply, Say | Replace) and reply.prompt.asks]
        return prompts[-1] if prompts else self._prompt
