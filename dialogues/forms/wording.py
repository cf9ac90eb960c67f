"""Texts of a form in its languages: labels, hints, messages, with the places where values are put in.

Says nothing by itself about which language is right; a text that a language lacks comes from the form's default one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from dialogues.forms.xpath.context import Context


@dataclass(frozen=True, slots=True)
class Output:
    """A place in a text where a value is put in, mostly an answer.

    ``text``: the expression as written. ``is_number``: whether its value is a number, as far as that does not depend on
    answers; known once all is read.
    """

    read: Callable[[Context], str]
    text: str
    is_number: Callable[[], bool]


Quote: TypeAlias = Callable[[str, bool], str]
"""What is done to a value that is put into a text, so that its reader can tell it from the text; with it comes whether
it is a number."""
Part: TypeAlias = "str | Output | Callable[[Context], str]"
Parts: TypeAlias = tuple[Part, ...]

MISSING: Parts = ("-",)
"""What the converter of spreadsheets writes where a language lacks a text that another one has."""
EMPTY: Parts = ("",)
MEDIA = ("image", "big-image", "audio", "video")
"""The forms of a text that name a file to be shown or played with it."""
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Translations:
    """All translated texts of a form: by language, id and form."""

    default: str = ""
    languages: dict[str, dict[str, dict[str, Parts]]] = field(default_factory=dict)
    illustrated: set[str] = field(default_factory=set)
    """The ids of texts that have a file to be shown or played with them, in whatever language."""
    _chosen: dict[str, str] = field(default_factory=dict)

    def language(self, wanted: str) -> str:
        """The form's own name of a language given by that name or by its code; its default language otherwise.

        Where a sheet has translated labels and a picture of no language, the converter makes a default language without
        a single text: then the first one that has some is meant.
        """
        found = self._chosen.get(wanted)
        if found is None:
            found = next((name for name in self.languages if name == wanted or language_code(name) == wanted), None)
            found = self._spoken() if found is None else found
            if len(self._chosen) < 64:
                self._chosen[wanted] = found
        return found

    def _spoken(self) -> str:
        speaking = (name for name in (self.default, *self.languages) if self._has_texts(name))
        return next(speaking, self.default)

    def spoken(self, wanted: str) -> tuple[str, ...]:
        """The form's own names of the languages it speaks: first the one it speaks to a reader of ``wanted``."""
        first = self.language(wanted)
        return (first, *(name for name in self.languages if name != first and self._has_texts(name)))

    def _has_texts(self, name: str) -> bool:
        texts = self.languages.get(name, {}).values()
        return any(forms.get("", MISSING) not in {MISSING, EMPTY} for forms in texts)

    def find(self, language: str, key: str, form: str = "") -> Parts | None:
        """The text of an id in a language (one of the form's own names), or in the default one if it is missing."""
        for name in (language, self.default):
            forms = self.languages.get(name, {}).get(key)
            if forms is not None and (name == self.default or forms.get(form) != MISSING):
                return forms.get(form)
        return None

    def media(self, language: str, key: str) -> Iterator[tuple[str, Parts]]:
        """The files that belong to a text, by form; those that a language lacks are the default one's."""
        if key not in self.illustrated:
            return
        own, usual = (self.languages.get(name, {}).get(key, {}) for name in (language, self.default))
        for form in MEDIA:
            parts = own.get(form, MISSING)
            parts = usual.get(form, MISSING) if parts in {MISSING, EMPTY} else parts
            if parts not in {MISSING, EMPTY}:
                yield form, parts

    def media_files(self) -> Iterator[str]:
        """The bare names of all files that belong to texts, but for those whose name depends on answers."""
        for texts in self.languages.values():
            for key in self.illustrated & texts.keys():
                for form in MEDIA:
                    parts = texts[key].get(form, MISSING)
                    if parts not in {MISSING, EMPTY} and all(isinstance(part, str) for part in parts):
                        yield bare_name("".join(str(part) for part in parts))

    def lively(self) -> set[str]:
        """The ids of texts that have a value put in."""
        return {
            key
            for texts in self.languages.values()
            for key, forms in texts.items()
            if any(not isinstance(part, str) for parts in forms.values() for part in parts)
        }


def bare_name(address: str) -> str:
    """The name of the file at an address such as ``jr://images/oak.jpg``."""
    return address.strip().rpartition("/")[2]


def language_code(name: str) -> str:
    """The code in a language's name: ``de`` for "Deutsch (de)", else the name itself in small letters."""
    _, bracket, rest = name.rpartition("(")
    return rest.rstrip(") ").strip().lower() if bracket else name.strip().lower()


@dataclass(frozen=True, slots=True)
class Wording:
    """One text: written in place, or the id of a translated one, which may itself be worked out."""

    parts: Parts = ()
    key: "str | Callable[[Context], str] | None" = None

    def speak(
        self,
        context: Context,
        translations: Translations,
        language: str,
        form: str = "",
        quote: Quote | None = None,
    ) -> str | None:
        """The text in a language, values put in; None where there is none of that form."""
        if self.key is None:
            return render(self.parts, context, quote) if form == "" else None
        key = self.key if isinstance(self.key, str) else self.key(context)
        parts = translations.find(language, key, form)
        return None if parts is None else render(parts, context, quote)

    def media(self, context: Context, translations: Translations, language: str) -> Iterator[tuple[str, str]]:
        """Form and bare name of each file that belongs to the text in a language."""
        if self.key is not None and translations.illustrated:
            key = self.key if isinstance(self.key, str) else self.key(context)
            for form, parts in translations.media(language, key):
                name = bare_name(render(parts, context))
                if name:
                    yield form, name


def render(parts: Parts, context: Context, quote: Quote | None = None) -> str:
    """The text with its values put in."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return "".join(_render(part, context, quote) for part in parts)


def _render(part: Part, context: Context, quote: Quote | None) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, Output):
        return part(context)
    value = part.read(context)
    return quote(value, part.is_number()) if quote is not None and value else value
