"""Whether what stands in a chat is fit to be read: in the resident's language, without a trace of the machine."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from babel.messages.pofile import read_po

from dialogues.forms import Form
from dialogues.interview import instance_for
from dialogues.texts import LANGUAGES
from tests.bot.chat import seen

LOCALES = Path(__file__).parents[3] / "locales"
VALUE = "\x00"
"""Stands where something was put into a sentence."""
_ISOLATE = re.compile("\u2068([^\u2068\u2069]*)\u2069")
_MACHINE = re.compile(
    r"\{\w*\}|%\(|\bNone\b|\bnull\b|\b[nN]aN\b|Traceback|Exception|\bError\b|Errno|undefined|</?\w+>|&\w+;|\[object|Markup"
)
_NOT_A_VALUE = frozenset({"None", "null", "nan", "NaN", "undefined", "True", "False"})
_EDGE = re.compile(rf"^[^\w{VALUE}]+|[^\w{VALUE}]+$")
_TAG = re.compile(r"<[^<>]*>")


def without_values(text: str) -> tuple[str, list[str]]:
    """A text with a mark for everything that was put in (that stands in isolates), and what was put in."""
    values: list[str] = []
    while True:
        values += _ISOLATE.findall(text)
        plainer = _ISOLATE.sub(VALUE, text)
        if plainer == text:
            return text, values
        text = plainer


def _key(line: str) -> str:
    bare = line.replace("\u200e", "").replace("\u200f", "")
    return _EDGE.sub("", " ".join(bare.split()))


class Words:
    """All sentences that the bot and these questionnaires have, by language."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._own: dict[str, set[str]] = {language: set(_catalogue(language)) for language in LANGUAGES}
        for form in forms:
            for language in LANGUAGES:
                self._own[language].update(_of_form(form, language))
        self._owners: defaultdict[str, set[str]] = defaultdict(set)
        for language, lines in self._own.items():
            for line in lines:
                self._owners[line].add(language)

    def complaint(self, text: str, language: str, typed: set[str]) -> str | None:
        """What is wrong with a text for somebody who reads this language and has ``typed`` all this; None: nothing."""
        sentences, values = without_values(text)
        if not seen(text).strip():
            return "an empty text"
        for value in values:
            if value.strip() in _NOT_A_VALUE and not any(value.strip() in each for each in typed):
                return f"a value that is none: {value!r}"
        for line in sentences.splitlines():
            owners = self._owners.get(_key(line), set())
            if not owners and (found := _MACHINE.search(line)):
                return f"a trace of the machine: {found[0]!r}"
            if owners and language not in owners:
                return f"a sentence in {sorted(owners)} for a reader of {language!r}: {line!r}"
        return None


def _catalogue(language: str) -> Iterator[str]:
    with (LOCALES / language / "LC_MESSAGES" / "mitsprache.po").open("rb") as file:
        for message in read_po(file):
            forms = [message.string] if isinstance(message.string, str) else message.string or ()
            for form in forms if message.id else ():
                yield from _lines(html.unescape(re.sub(r"\{\w+\}", VALUE, _TAG.sub("", form))))


def _of_form(form: Form, language: str) -> Iterator[str]:
    instance = instance_for(form, None, language, now=datetime(2026, 1, 1, tzinfo=UTC), random=Random(1))
    for question in form.questions:
        own = (instance.constraint_message, instance.required_message)
        messages = (message(question.ref, language) or "" for message in own)
        for text in (instance.label(question.ref, language), instance.hint(question.ref, language), *messages):
            yield from _lines(text)
        if question.kind.startswith("select"):
            for choice in instance.options(question.ref, language):
                yield from _lines(choice.label)


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("**", "").splitlines():
        if (key := _key(line)) and any(sign.isalpha() for sign in key):
            yield key
