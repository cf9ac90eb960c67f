"""What one step of an interview sees: the instance, the voice, and the questionnaire's texts as safe markup.

A questionnaire's text runs in the direction of the language it is really in, which may be the form's default one:
for all texts, where the form lacks the reader's language, or for a single one that is missing in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from dialogues.forms import Choice, Instance, Question
from dialogues.forms.wording import language_code
from dialogues.markdown import from_xlsform, without_signs
from dialogues.markup import Markup, direction_of, insert, lay_out, lay_out_plain, letters_run, plain_insert
from dialogues.sequence import Sequence, is_select, sequence_of
from dialogues.splitting import shorten
from dialogues.texts import Voice

__all__ = ["Scene"]

_CODE = re.compile("[a-z]{2,3}")
_SHOWN_TEXT = 300


class Scene:
    """The instance as it is now, and the voice that speaks. Change the instance by ``put`` only."""

    def __init__(self, instance: Instance, voice: Voice) -> None:
        self.instance = instance
        instance.quote = plain_insert
        self.voice = voice
        self._sequence: Sequence | None = None
        self._options: dict[str, tuple[Choice, ...]] = {}

    @property
    def sequence(self) -> Sequence:
        """What is asked now, in order."""
        if self._sequence is None:
            self._sequence = sequence_of(self.instance)
        return self._sequence

    def put(self, question: Question, value: str) -> None:
        """Store an answer, whether it fits or not; everything that follows from it changes."""
        self.instance.answer(question.ref, value)
        self._sequence = None
        self._options = {}

    # --- the questionnaire's texts ---

    def label(self, ref: str) -> Markup:
        """Return the text of a question, a note or a group."""
        return self._written(self.instance.label(ref, self.voice.language))

    def short_label(self, ref: str, limit: int) -> str:
        """Return the text of a question as plain text of at most so many letters."""
        return shorten(without_signs(self.instance.label(ref, self.voice.language)), limit)

    def hint(self, ref: str) -> Markup:
        """Return the hint of a question; may be empty."""
        return self._written(self.instance.hint(ref, self.voice.language))

    def constraint_message(self, ref: str) -> Markup:
        """Return what the questionnaire says to an answer that does not fit; may be empty."""
        return self._written(self.instance.constraint_message(ref, self.voice.language) or "")

    def required_message(self, ref: str) -> Markup:
        """Return what the questionnaire says where an answer is needed; may be empty."""
        return self._written(self.instance.required_message(ref, self.voice.language) or "")

    def options(self, ref: str) -> tuple[Choice, ...]:
        """Return the options as they are now, in their order; the labels as plain text."""
        if ref not in self._options:
            choices = self.instance.options(ref, self.voice.language)
            self._options[ref] = tuple(Choice(choice.value, without_signs(choice.label)) for choice in choices)
        return self._options[ref]

    def on_button(self, label: str) -> str:
        """Return an option's label in the direction of its language."""
        language = self._language_of(label)
        return lay_out_plain(label, language) if language else label

    def _written(self, text: str) -> Markup:
        language = self._language_of(text)
        rendered = from_xlsform(text)
        return lay_out(rendered, language) if language else rendered

    def _language_of(self, text: str) -> str | None:
        """Return the code of the language that a text of the form is in, or None if its name holds no code.

        A text that is written in the other direction throughout is one that the language lacks.
        """
        translations = self.instance.form.translations
        code = language_code(translations.language(self.voice.language))
        own = language_code(translations.default)
        if direction_of(code) != direction_of(own) and letters_run(text) == direction_of(own):
            code = own
        return code if _CODE.fullmatch(code) else None

    # --- answers ---

    def answer(self, question: Question) -> Markup | None:
        """Return the answer to a question as a resident reads it, isolated; None if there is none."""
        value = self.instance.value(question.ref)
        if not value:
            return None
        if is_select(question):
            return self._chosen(question, value)
        return insert(shorten(self._said(question, value), _SHOWN_TEXT))

    def _said(self, question: Question, value: str) -> str:
        try:
            if question.kind in ("integer", "decimal"):
                return self.voice.number(Decimal(value))
            if question.kind == "date":
                return self.voice.date(date.fromisoformat(value[:10]), year=True, weekday=False)
        except (InvalidOperation, ValueError):
            return value  # a questionnaire's default or calculation may hold anything
        return value

    def _chosen(self, question: Question, value: str) -> Markup:
        labels = {choice.value: choice.label for choice in self.options(question.ref)}
        values = value.split(" ") if question.kind == "select_multiple" else [value]
        return self.joined(insert(labels.get(each) or each) for each in values)

    def joined(self, parts: Iterable[Markup]) -> Markup:
        """Put parts beside each other as the language lists things."""
        return Markup("، " if self.voice.language == "ar" else ", ").join(parts)
