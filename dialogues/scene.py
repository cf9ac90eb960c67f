"""What one step of an interview sees: the instance, the voice, and the questionnaire's texts as safe markup.

A questionnaire's text runs in the direction of the language it is really in, which may be the form's default one:
for all texts, where the form lacks the reader's language, or for a single one that is missing in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from dialogues.forms import Choice, Form, Instance, Medium, Question
from dialogues.forms.wording import language_code
from dialogues.markdown import from_xlsform, without_signs
from dialogues.markup import Markup, direction_of, escape, lay_out, lay_out_plain, letters_run, plain_insert, plain_text
from dialogues.option_list import OptionList
from dialogues.or_other import own_option, own_question
from dialogues.prompts import Illustration, IllustrationKind
from dialogues.question_types import type_of
from dialogues.sequence import Sequence, sequence_of
from dialogues.splitting import shorten
from dialogues.texts import Voice

__all__ = ["Scene"]

_CODE = re.compile("[a-z]{2,3}")
_UNNAMED = "default"
"""What the converter calls the language of texts that are in none."""
_PLACE = re.compile(r"\[(\d+)\]")
_KEPT: WeakKeyDictionary[Form, dict[tuple[str, str], OptionList]] = WeakKeyDictionary()
"""The options of lists that are the same for everybody, by form, ref and language, as they are asked for."""
_WITH_PICTURES = frozenset({"select_one", "select_multiple", "rank"})


class Scene:
    """The instance as it is now, and the voice that speaks. Change the instance by its methods only."""

    def __init__(self, instance: Instance, voice: Voice) -> None:
        self.instance = instance
        instance.quote = self._quoted
        self.voice = voice
        self._sequence: Sequence | None = None
        self._options: dict[str, OptionList] = {}

    @property
    def sequence(self) -> Sequence:
        """What is asked now, in order."""
        if self._sequence is None:
            self._sequence = sequence_of(self.instance)
        return self._sequence

    def begin(self) -> None:
        """Let the open repeats of a new interview begin without entries, as people are asked first whether there is
        one to add: the form itself begins with one."""
        self._begin_empty(self._open_repeats())

    def put(self, question: Question, value: str) -> None:
        """Store an answer, whether it fits or not; everything that follows from it changes."""
        known = self._nested_repeats()
        self.instance.answer(question.ref, value)
        self._begin_empty(each for each in self._nested_repeats() if each not in known)

    def add(self, repeat: str) -> str:
        """Add an instance to a repeat; returns its ref. Raises ``ValueError`` where there are too many."""
        ref = self.instance.add(repeat)
        self._forget()
        return ref

    def remove(self, ref: str) -> None:
        """Remove an instance of a repeat, with what was answered in it."""
        self.instance.remove(ref)
        self._forget()

    def _begin_empty(self, repeats: Iterable[str]) -> None:
        """Take away the entry that each of these new repeats begins with; more than one are there for a reason."""
        for repeat in reversed(list(repeats)):  # those within others first
            if self.instance.count(repeat) == 1:
                self.instance.remove(f"{repeat}[1]")
        self._forget()

    def _open_repeats(self) -> list[str]:
        form = self.instance.form
        if not form.open_repeats:
            return []
        return [ref for ref in self.instance.values() if form.definition_of(ref).ref in form.open_repeats]

    def _nested_repeats(self) -> list[str]:
        """The open repeats, if some are in entries of others: an answer that is counted may bring new ones."""
        form = self.instance.form
        around = (form.definitions[ref].parent for ref in form.open_repeats)
        return self._open_repeats() if any(each is not None and each.repeated for each in around) else []

    def _forget(self) -> None:
        self._sequence = None
        self._options = {}

    # --- the questionnaire's texts ---

    def label(self, ref: str) -> Markup:
        """Return the text of a question, a note or a group."""
        text = self.instance.label(ref, self.voice.language)
        own = own_question(self.voice, ref, text)
        return self._written(text) if own is None else escape(own)

    def asked(self, question: Question) -> Markup:
        """Return the text of a question; of the end of a repeat without one a word of ours."""
        label = self.label(question.ref)
        return self.voice.text("Entries") if question.kind == "repeat" and not label else label

    def short_label(self, question: Question, limit: int) -> str:
        """Return the text of a question as plain text of at most so many letters, with its place in a repeat."""
        own = plain_text(self.label(question.ref))
        text = own or (self.voice.plain("Entries") if question.kind == "repeat" else "")
        return self.numbered(shorten(text, limit), question.ref)

    @staticmethod
    def numbered(text: str, ref: str) -> str:
        """Return what something is called with its place in a repeat."""
        return " ".join([text, *(f"({place})" for place in _PLACE.findall(ref))])

    def heading(self, ref: str) -> Markup:
        """Return the text of a group; of an instance of a repeat with its number."""
        label = self.label(ref)
        place = _PLACE.findall(ref)[-1] if ref.endswith("]") else ""
        if not place:
            return label
        return label + " " + place if label else self.voice.text("Entry {n}", n=int(place))

    def illustrations(self, question: Question) -> tuple[Illustration, ...]:
        """Return what is shown or played with a question: its own, and a picture of each option that has one."""
        language = self.voice.language
        own = [_illustration(each, "") for each in self.instance.media(question.ref, language)]
        shown = self.option_list(question.ref).illustrated if question.kind in _WITH_PICTURES else ()
        return (*own, *(_illustration(each, choice.label) for choice in shown for each in choice.media))

    def hint(self, ref: str) -> Markup:
        """Return the hint of a question; may be empty."""
        return self._written(self.instance.hint(ref, self.voice.language))

    def constraint_message(self, ref: str) -> Markup:
        """Return what the questionnaire says to an answer that does not fit; may be empty."""
        return self._written(self.instance.constraint_message(ref, self.voice.language) or "")

    def required_message(self, ref: str) -> Markup:
        """Return what the questionnaire says where an answer is needed; may be empty."""
        return self._written(self.instance.required_message(ref, self.voice.language) or "")

    def other_languages(self) -> tuple[str, ...]:
        """Name, in the reader's language, those of a questionnaire that lacks it, first the one in which it asks.

        None where it has the reader's language, or does not say what its languages are.
        """
        spoken = self.instance.form.translations.spoken(self.voice.language)
        codes = [language_code(name).partition("-")[0] for name in spoken]
        named = [self.voice.language_name(code) or _own_name(name) for code, name in zip(codes, spoken, strict=True)]
        return () if self.voice.language in codes or not all(named) else tuple(dict.fromkeys(named))

    def options(self, ref: str) -> tuple[Choice, ...]:
        """Return the options as they are now, in their order; the labels as plain text."""
        return self.option_list(ref).choices

    def option_list(self, ref: str) -> OptionList:
        """Return the options as they are now; of a list that is the same for everybody it is always the same one."""
        if ref not in self._options:
            self._options[ref] = self._kept(ref) if self.instance.offers_the_same(ref) else self._listed(ref)
        return self._options[ref]

    def _kept(self, ref: str) -> OptionList:
        form = self.instance.form
        key = (form.definition_of(ref).ref, self.voice.language)  # a word of ours may be among them
        if key not in _KEPT.setdefault(form, {}):
            _KEPT[form][key] = self._listed(ref)
        return _KEPT[form][key]

    def _listed(self, ref: str) -> OptionList:
        choices = self.instance.options(ref, self.voice.language)
        return OptionList(Choice(choice.value, self._on_list(choice), choice.media) for choice in choices)

    def _on_list(self, choice: Choice) -> str:
        return own_option(self.voice, choice.value, choice.label) or without_signs(choice.label)

    def on_button(self, label: str) -> str:
        """Return an option's label in the direction of its language."""
        language = self._language_of(label)
        return lay_out_plain(label, language) if language else label

    def _quoted(self, value: str, is_number: bool) -> str:
        return plain_insert(self.voice.figure(value) if is_number else value)

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

    def value(self, question: Question) -> str:
        """Return the present answer as it is stored; empty if there is none."""
        return type_of(question).value(self, question)

    def required(self, question: Question) -> bool:
        """Tell whether a question cannot be passed over."""
        return question.kind != "repeat" and self.instance.required(question.ref)

    def valid(self, question: Question) -> bool:
        """Tell whether the present answer is one that the questionnaire takes."""
        return question.kind == "repeat" or self.instance.valid(question.ref)

    def answer(self, question: Question) -> Markup | None:
        """Return the answer to a question as a resident reads it, isolated; None if there is none."""
        value = self.value(question)
        return type_of(question).said(self, question, value) if value else None

    def joined(self, parts: Iterable[Markup]) -> Markup:
        """Put parts beside each other as the language lists things."""
        return Markup(self.voice.comma).join(parts)


def _own_name(name: str) -> str:
    """Return the name of a language as its form writes it; empty where that says nothing."""
    own = name.partition("(")[0].strip()
    return "" if own.casefold() == _UNNAMED else own


def _illustration(medium: Medium, caption: str) -> Illustration:
    return Illustration(IllustrationKind(medium.kind), medium.name, caption)
