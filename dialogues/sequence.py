"""The order in which an instance's questions are asked now: which come, which stand beside each other, how far we are.

Follows from the instance alone; says nothing and changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogues.forms import Instance, Question
from dialogues.forms.asking import ASKABLE

__all__ = ["Sequence", "is_select", "sequence_of"]

_SELECTS = frozenset({"select_one", "select_multiple"})

_PLACE = re.compile(r"\[\d+\]")


def is_select(question: Question) -> bool:
    """Tell whether a question is answered by choosing among options."""
    return question.kind in _SELECTS


@dataclass(frozen=True, slots=True)
class Sequence:
    """What is asked, in order, and the notes among it. ``questions`` holds no notes."""

    questions: tuple[Question, ...]
    _all: tuple[Question, ...]
    _order: tuple[str, ...]

    def find(self, ref: str | None) -> Question | None:
        """Return the question of this ref if it is asked now."""
        return next((question for question in self.questions if question.ref == ref), None)

    def place(self, question: Question) -> int:
        """Return a question's place, counted from 1."""
        return self.questions.index(question) + 1

    def first(self) -> Question | None:
        """Return the first question, or None if there is none."""
        return self.questions[0] if self.questions else None

    def before(self, question: Question) -> Question | None:
        """Return the question before this one, or None."""
        place = self.place(question)
        return self.questions[place - 2] if place > 1 else None

    def after(self, ref: str) -> Question | None:
        """Return the question that comes after this ref, which need not be asked any more, or None."""
        current = self.find(ref)
        if current is not None:
            return next(iter(self.questions[self.place(current) :]), None)
        here = self._in_document(ref)
        return next((question for question in self.questions if self._in_document(question.ref) > here), None)

    def notes_before(self, question: Question | None) -> tuple[Question, ...]:
        """Return the notes between the question before this one and this one; for None those after the last."""
        end = len(self._all) if question is None else self._all.index(question)
        start = end
        while start and self._all[start - 1].kind == "note":
            start -= 1
        return self._all[start:end]

    def entered(self, question: Question) -> tuple[str, ...]:
        """Return the refs of the groups that begin with this question, from the outside in."""
        previous = self.before(question)
        known = _around(previous.ref) if previous else ()
        return tuple(ref for ref in _around(question.ref) if ref not in known)

    def _in_document(self, ref: str) -> int:
        plain = _PLACE.sub("", ref)
        return self._order.index(plain) if plain in self._order else -1


def sequence_of(instance: Instance) -> Sequence:
    """Return the order of an instance as it is now. A select that has no options at present is passed over."""
    asked = tuple(question for question in instance.asked() if _can_be_said(instance, question))
    return Sequence(
        tuple(question for question in asked if question.kind != "note"),
        asked,
        tuple(question.ref for question in instance.form.questions),
    )


def _can_be_said(instance: Instance, question: Question) -> bool:
    if question.kind not in ASKABLE:
        return False
    return not is_select(question) or not _may_run_out(instance, question) or bool(instance.options(question.ref, ""))


def _may_run_out(instance: Instance, question: Question) -> bool:
    """Tell whether a select's options depend on anything: only then may there be none."""
    definition = instance.form.definitions.get(_PLACE.sub("", question.ref))
    control = definition.control if definition else None
    return bool(control and control.itemset and not control.itemset.steady)


def _around(ref: str) -> tuple[str, ...]:
    parts = ref.split("/")[1:-1]
    return tuple("/" + "/".join(parts[:length]) for length in range(2, len(parts) + 1))
