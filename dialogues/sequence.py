"""The order in which an instance's questions are asked now: which come, which stand beside each other, how far we are.

Follows from the instance alone; says nothing and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dialogues.forms import Form, Instance, Question
from dialogues.question_types import is_asked, type_of
from dialogues.question_types.options import OptionsType

__all__ = ["Part", "Sequence", "is_select", "sequence_of"]

_PART = re.compile(r"([^[]+)(?:\[(\d+)\])?")
_END = 1 << 30
"""The place of a repeat's own question: after all its instances."""

Place: TypeAlias = tuple[tuple[int, int], ...]


def is_select(question: Question) -> bool:
    """Tell whether a question is answered by choosing among options."""
    return isinstance(type_of(question), OptionsType)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is told or asked. ``begun``: the refs of the groups that begin with it, from the outside in."""

    question: Question
    begun: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """What is asked, in order, and what is told among it. ``questions`` holds only what is asked."""

    questions: tuple[Question, ...]
    _all: tuple[Question, ...]
    _places: Mapping[str, int]
    """Where each question stands in ``questions``, by ref."""
    _order: Mapping[str, int]
    """Where each stands in ``_all``."""
    _form: Form

    def find(self, ref: str | None) -> Question | None:
        """Return the question of this ref if it is asked now."""
        place = None if ref is None else self._places.get(ref)
        return None if place is None else self.questions[place]

    def place(self, question: Question) -> int:
        """Return a question's place, counted from 1."""
        return self._places[question.ref] + 1

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
        here = _in_document(self._form, ref)
        return next((question for question in self.questions if _in_document(self._form, question.ref) > here), None)

    def parts(self, question: Question | None) -> tuple[Part, ...]:
        """Return what is told between the question before this one and this one, then this one itself; for None what is
        told after the last one."""
        end = len(self._all) if question is None else self._order[question.ref]
        start = end
        while start and not is_asked(self._all[start - 1]):
            start -= 1
        said = self._all[start : end if question is None else end + 1]
        before = (self._all[start - 1] if start else None, *said)
        return tuple(Part(one, _begun(last, one)) for last, one in zip(before, said, strict=False))

    def begins(self, ref: str, question: Question) -> bool:
        """Tell whether a question is the first that is asked of a group, or of an instance of a repeat."""
        return ref in _begun(self.before(question), question)

    def repeat_around(self, question: Question) -> str | None:
        """Return the ref of the instance that a question stands in, if people add and remove such instances."""
        around = reversed(_around(question.ref))
        return next((ref for ref in around if ref.rpartition("[")[0] in self._places), None)


def sequence_of(instance: Instance) -> Sequence:
    """Return the order of an instance as it is now. A select that has no options at present is passed over."""
    shown = tuple(question for question in instance.asked() if _can_be_said(instance, question))
    questions = tuple(question for question in shown if is_asked(question))
    places = {question.ref: place for place, question in enumerate(questions)}
    order = {question.ref: place for place, question in enumerate(shown)}
    return Sequence(questions, shown, places, order, instance.form)


def _can_be_said(instance: Instance, question: Question) -> bool:
    return not is_select(question) or instance.offers(question.ref)


def _begun(before: Question | None, question: Question) -> tuple[str, ...]:
    """Return the groups around a question that are not around the one before.

    The end of a repeat belongs to the repeat: it begins nothing.
    """
    known = _around(before.ref) if before else ()
    return tuple(ref for ref in _around(question.ref) if ref not in known)


def _around(ref: str) -> tuple[str, ...]:
    parts = ref.split("/")[1:-1]
    return tuple("/" + "/".join(parts[:length]) for length in range(2, len(parts) + 1))


def _in_document(form: Form, ref: str) -> Place:
    """Return where a ref stands in the document: part by part, its place among its siblings and its instance."""
    here = None
    place: list[tuple[int, int]] = []
    for part in ref.split("/")[1:]:
        match = _PART.fullmatch(part)
        name = match[1] if match else part
        siblings = {form.root.name: form.root} if here is None else here.children
        if name not in siblings:
            return (*place, (-1, 0))
        here = siblings[name]
        instance = int(match[2]) if match and match[2] else _END if here.repeat is not None else 0
        place.append((list(siblings).index(name), instance))
    return tuple(place)
