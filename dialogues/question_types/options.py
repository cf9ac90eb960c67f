"""Choosing among options: buttons or numbers, pages of a long list, and a search through it by typing.

What a choice means is up to the type: this only finds it and shows it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from dialogues.labels import numbered, numbers_a_row
from dialogues.markup import Markup, clean, insert
from dialogues.prompts import Option, Role
from dialogues.question_types.base import Find, Outcome, QuestionType, Refuse, Rows, Stay, TurnTo
from dialogues.splitting import shorten

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.scene import Scene
    from dialogues.texts import Voice

__all__ = ["PAGE_SIZE", "OptionsType", "in_rows", "read_option"]

PAGE_SIZE = 12
"""Options on one page, where a question has more of them, and options that a search shows."""
_LISTED_LABEL = 200
_KEY = re.compile(r"([a-z])([0-9]{1,5})([+-]?)")
_PAGE_KEY = re.compile(r"p([0-9]{1,5})")


def read_option(scene: Scene, question: Question, typed: str) -> int | None:
    """Return the index of the option that was typed: by its label, its beginning or, where one is shown, its number.

    A figure that corrects the answer before must not answer the question that has come since.
    """
    return scene.option_list(question.ref).match(clean(typed).strip())


def in_rows(options: list[Option], width: int) -> Rows:
    """Put buttons into rows of at most so many."""
    return tuple(tuple(options[start : start + width]) for start in range(0, len(options), width))


class OptionsType(QuestionType):
    """A type whose answers are among the options of the question."""

    many: ClassVar[bool] = False
    letter: ClassVar[str] = "a"
    """What the keys of its options begin with."""
    shown_as_chosen: ClassVar[bool] = True

    # --- what a type says for itself ---

    def call(self, scene: Scene, question: Question) -> Markup:
        """Return what a resident is asked to do with the options."""
        raise NotImplementedError

    def key(self, index: int, *, chosen: bool) -> str:
        """Return the key of an option's button: what pressing it makes true."""
        raise NotImplementedError

    def pressed(self, scene: Scene, question: Question, index: int, sign: str) -> Outcome:
        """Return what the button of an option comes to."""
        raise NotImplementedError

    def picked(self, scene: Scene, question: Question, index: int) -> Outcome:
        """Return what naming an option comes to."""
        raise NotImplementedError

    # --- how it is asked ---

    def expectation(self, scene: Scene, question: Question) -> Markup:
        call = self.call(scene, question)
        if len(scene.options(question.ref)) <= PAGE_SIZE:
            return call
        return call + " " + scene.voice.text("The list is long: you can also write how your answer begins.")

    def listed(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Markup:
        options = scene.option_list(question.ref)
        if not options.by_number:
            return Markup("")
        labels, shown = options.labels, _shown(len(options.choices), page, found)
        return numbered(
            [insert(shorten(labels[index], _LISTED_LABEL)) for index in shown], [index + 1 for index in shown]
        )

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        options = scene.option_list(question.ref)
        shown = _shown(len(options.choices), page, found)
        buttons = [self._button(scene, question, index, by_number=options.by_number) for index in shown]
        width = numbers_a_row(len(shown)) if options.by_number else 2 if options.in_pairs else 1
        return (*in_rows(buttons, width), _pages(scene.voice, len(options.choices), page, found))

    def _button(self, scene: Scene, question: Question, index: int, *, by_number: bool) -> Option:
        choice = scene.options(question.ref)[index]
        value = scene.instance.value(question.ref)
        chosen = choice.value in (value.split(" ") if self.many else [value])
        label = str(index + 1) if by_number else scene.on_button(choice.label)
        return Option(self.key(index, chosen=chosen), label, chosen=chosen, many=self.many)

    # --- what is taken ---

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        leaf = _PAGE_KEY.fullmatch(key)
        if leaf:
            return TurnTo(int(leaf[1]))
        match = _KEY.fullmatch(key)
        options = scene.options(question.ref)
        if match is None or match[1] != self.letter or int(match[2]) >= len(options):
            return Stay()
        return self.pressed(scene, question, int(match[2]), match[3])

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        index = read_option(scene, question, text)
        return self._search(scene, question, text) if index is None else self.picked(scene, question, index)

    def _search(self, scene: Scene, question: Question, text: str) -> Outcome:
        """Look through a long list; a short one stands before the reader."""
        voice, options = scene.voice, scene.option_list(question.ref)
        if len(options.choices) <= PAGE_SIZE:
            return Refuse(voice.text("Please tap one of the buttons."))
        found = options.find(clean(text))
        if not found:
            return Refuse(
                voice.text("We found no such answer. Please write it in another way, or look through the list.")
            )
        if len(found) > PAGE_SIZE:
            return Find(
                found[:PAGE_SIZE], voice.text("Many answers fit. These are some of them. Please write more letters.")
            )
        return Find(found, voice.text("These answers fit:"))

    def said(self, scene: Scene, question: Question, value: str) -> Markup:
        labels = scene.option_list(question.ref).label_of
        values = value.split(" ") if self.many else [value]
        return scene.joined(insert(labels.get(each) or each) for each in values)


def _shown(count: int, page: int, found: tuple[int, ...]) -> list[int]:
    """Return the indexes of the options that are shown."""
    if found:
        return [index for index in found if index < count]
    if count <= PAGE_SIZE:
        return list(range(count))
    start = min(page, (count - 1) // PAGE_SIZE) * PAGE_SIZE
    return list(range(start, min(start + PAGE_SIZE, count)))


def _pages(voice: Voice, count: int, page: int, found: tuple[int, ...]) -> tuple[Option, ...]:
    if found:
        return (Option("p0", voice.plain("All answers"), role=Role.NAVIGATION),)
    if count <= PAGE_SIZE:
        return ()
    last = (count - 1) // PAGE_SIZE
    here = min(page, last)
    back = [Option(f"p{here - 1}", voice.plain("Previous answers"), role=Role.NAVIGATION)] if here else []
    on = [Option(f"p{here + 1}", voice.plain("More answers"), role=Role.NAVIGATION)] if here < last else []
    return (*back, *on)
