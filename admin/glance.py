"""What is seen of a questionnaire at a glance: its questions, its languages, and what a language lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from admin.exports.codebook import Version, in_our_words, read_codebook
from dialogues.forms import Form
from dialogues.forms.wording import MISSING, Parts, language_code
from dialogues.question_types import is_asked
from dialogues.texts import LANGUAGES, Texts

Files = tuple[tuple[str, bytes], ...]
"""Names and contents."""
"""Kinds that ask nothing."""


@lru_cache(maxsize=32)
def _parsed(xform: str, files: Files) -> Form:
    return Form.parse(xform, files=dict(files))


async def form_of(xform: str, files: Files = ()) -> Form:
    """The form that was compiled when the questionnaire was imported; parsed off the event loop, and once.

    ``files``: the tables it chooses from; what it asks, and in which languages, is known without them.
    """
    return await asyncio.to_thread(_parsed, xform, files)


@dataclass(frozen=True, slots=True)
class Glance:
    """A questionnaire at a glance.

    ``conditional``: whether some questions are asked of some people only; ``lacking``: how many texts each of our
    languages lacks that the questionnaire has at all; ``absent``: those of ours that it does not have; ``own``: the
    code of the language that everybody else is asked in, "" where it says none.
    """

    questions: int
    lacking: Mapping[str, int]
    absent: tuple[str, ...]
    own: str
    conditional: bool = False

    @property
    def complete(self) -> tuple[str, ...]:
        """Our languages in which nothing is missing."""
        return tuple(language for language, number in self.lacking.items() if not number)

    @property
    def incomplete(self) -> Mapping[str, int]:
        """Our languages that the questionnaire has, but not throughout."""
        return {language: number for language, number in self.lacking.items() if number}


def glance(form: Form) -> Glance:
    """The questionnaire at a glance."""
    by_code = {language_code(name): texts for name, texts in form.translations.languages.items()}
    everything = {key for texts in by_code.values() for key in texts}
    lacking = {
        language: sum(_lacks(by_code[language], key) for key in everything)
        for language in LANGUAGES
        if language in by_code
    }
    asking = [question for question in form.questions if is_asked(question)]
    own = language_code(form.default_language) if form.default_language else ""
    return Glance(
        questions=len(asking),
        lacking=lacking,
        absent=tuple(language for language in LANGUAGES if language not in by_code),
        own=own if own in LANGUAGES else "",
        conditional=any(form.definitions[question.ref].conditional for question in asking),
    )


def _lacks(texts: Mapping[str, Mapping[str, Parts]], key: str) -> bool:
    return texts.get(key, {}).get("", MISSING) == MISSING


@dataclass(frozen=True, slots=True)
class Part:
    """A group of questions with its heading; ``repeated``: they are asked for each entry."""

    heading: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a list shows it. ``choices``: all that it may ever offer; ``narrowed``: an answer decides which;
    ``required``: always; ``begun``: the groups that begin with it, from the outside in, as far as they say anything.
    """

    text: str
    kind: str
    choices: tuple[str, ...]
    narrowed: bool
    required: bool
    begun: tuple[Part, ...]


async def questions_of(xform: str, language: str, texts: Texts, unnamed: str, files: Files = ()) -> tuple[Asked, ...]:
    """Every question there is, also those that are asked of some only, in a language or the form's own; ``unnamed``:
    which that is where the form does not name it."""
    form = await form_of(xform, files)
    read = await asyncio.to_thread(read_codebook, [Version(0, xform, files=files)])
    codebook = in_our_words(read, texts, unnamed)
    variables = {ref: each for each in codebook.variables for ref in each.refs.values()}
    narrowed = {each.definition.ref for each in form.triggers if each.kind == "choices"}
    said = language_code(form.translations.language(language))
    reached, found = set[str](), list[Asked]()
    for question in form.questions:
        variable = variables.get(question.ref)
        if variable is None or not is_asked(question):
            continue
        fresh = [form.definitions[ref] for ref in question.groups if ref not in reached]
        reached.update(question.groups)
        parts = (Part(codebook.group(each.ref, said), each.repeat is not None) for each in fresh)
        found.append(
            Asked(
                variable.label(said),
                question.kind,
                tuple(option.label(said) for option in variable.options),
                question.ref in narrowed,
                question.required is True,
                tuple(part for part in parts if part.heading or part.repeated),
            )
        )
    return tuple(found)
