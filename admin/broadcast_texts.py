"""The texts of a broadcast as the office sees them: each with what is wrong with it and as it arrives. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from babel.core import Locale
from babel.lists import format_list
from markupsafe import Markup

from admin.site import title_in
from admin.trial import safe_html
from dialogues.broadcast import Content, Fault, Problem, bubble, check, length, missing, most
from dialogues.desk import source_of
from dialogues.markup import direction_of, utf16_length
from dialogues.texts import LANGUAGES, Texts, Voice

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``voices`` by language. ``areas``: all names that may stand for the reader's; ``area``: the one that is shown.
    ``language``: the town's, in which a message is usually written first."""

    voices: Mapping[str, Voice]
    areas: tuple[str, ...]
    area: str
    language: str

    @classmethod
    def of(cls, texts: Texts, town: str, areas: Sequence[str], shown: str = "", *, language: str) -> Surroundings:
        """The surroundings in a town with these areas."""
        voices = {each: texts.speak(each) for each in LANGUAGES}
        return cls(voices, (town, *areas), shown or next(iter(areas), town), language)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it arrives. ``rows``: labels of buttons in reading order; ``leads``: what these lead to.
    ``said_in``: the language of its text; ``direction``: of the chat that it arrives in, which is the reader's."""

    html: Markup
    said_in: str
    direction: str
    rows: tuple[tuple[str, ...], ...]
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A text in one language. ``letters`` and ``most``: its length as Telegram counts. ``is_empty``: nobody wrote it.

    ``lacking``: the placeholders and links that the text has which it was translated from, and this one has not.
    ``shown``: as a reader of the language gets it, perhaps in another one; None: not at all.
    """

    language: str
    letters: int
    most: int
    is_empty: bool
    problems: tuple[str, ...]
    lacking: tuple[str, ...]
    shown: Shown | None

    @property
    def over(self) -> int:
        """How many letters there are too many."""
        return max(0, self.letters - self.most)


def boxes(content: Content, around: Surroundings, _: Say) -> dict[str, Box]:
    """All texts of a broadcast, by language."""
    return {language: _box(content, around, language, _) for language in LANGUAGES}


def _box(content: Content, around: Surroundings, language: str, _: Say) -> Box:
    text = content.texts.get(language, "")
    return Box(
        language=language,
        letters=_longest(content, around, language) if text.strip() else 0,
        most=most(attachment=content.attachment_id is not None),
        is_empty=not text.strip(),
        problems=in_words(content, around, language, _) if text.strip() else (),
        lacking=_lacking(content, around, text),
        shown=_shown(content, around, language),
    )


def _lacking(content: Content, around: Surroundings, text: str) -> tuple[str, ...]:
    """What a text lacks beside the one that all are translated from; that one lacks nothing."""
    source = source_of({each: (there, False) for each, there in content.texts.items()}, "", around.language)
    return missing(content.texts[source], text) if source and text.strip() else ()


def _longest(content: Content, around: Surroundings, language: str) -> int:
    """How long a text is for whom it is longest: some get it with a line that says why it is not in their language."""
    text, voice, area = content.texts[language], around.voices[language], max(around.areas, key=utf16_length)
    return max(
        length(
            text,
            voice,
            area=area,
            said_on=content.said_on,
            reader=reader,
            event=content.event,
            place=content.place,
        )
        for reader in (voice, *_others(content, around, language))
    )


def _others(content: Content, around: Surroundings, language: str) -> tuple[Voice, ...]:
    """The voices of those who get the text in a language instead of one in their own."""
    return tuple(around.voices[each] for each in LANGUAGES if each != language and content.said_in(each) == language)


def problems_of(content: Content, around: Surroundings, language: str) -> tuple[Problem, ...]:
    """What keeps the text in a language from being sent, to its own readers and to those who get it instead."""
    return check(
        content.texts.get(language, ""),
        around.voices[language],
        attachment=content.attachment_id is not None,
        said_on=content.said_on,
        areas=around.areas,
        readers=_others(content, around, language),
        event=content.event,
        place=content.place,
    )


def _shown(content: Content, around: Surroundings, language: str) -> Shown | None:
    prompt = bubble(content, around.voices, language, area=around.area, sending=0)
    if prompt is None:
        return None
    rows = tuple(tuple(option.label for option in row) for row in prompt.rows)
    html = safe_html(prompt.text)
    if prompt.language != language:  # the line that says so comes first, in italics and in the reader's language
        html = html.replace(Markup("<i>"), Markup('<i lang="{}">').format(language), 1)
    return Shown(html, prompt.language, direction_of(language), rows, _leads(content, language))


def _leads(content: Content, language: str) -> tuple[str, ...]:
    """What the buttons of a message lead to, as its page names it."""
    place, survey = content.place, content.survey_titles
    found = (
        title_in(language)(survey) if content.survey_id is not None else "",
        content.shown_event_titles.get(language, ""),
        f"{place.title}, {place.address} ({place.latitude}, {place.longitude})" if place else "",
        content.links.get(language) or content.links.get("", ""),
    )
    return tuple(each for each in found if each)


def in_words(content: Content, around: Surroundings, language: str, _: Say) -> tuple[str, ...]:
    """What is wrong with the text in a language, each as a sentence that says what to do."""
    words = {
        Fault.EMPTY: _("The text is empty."),
        Fault.TOO_LONG: _("The text is too long by {what} letters. Please shorten it."),
        Fault.UNKNOWN_PLACEHOLDER: _("“{what}” is no placeholder. There are two: the neighbourhood and the day."),
        Fault.NO_DATE: _("The text names a day, and no day is chosen. Please choose one below, under “Day”."),
        Fault.BROKEN_LINK: _("“{what}” is no link that works. It needs an address that begins with https://."),
    }
    if content.event is not None:
        words |= {
            Fault.EMPTY: _("The title is missing: it is the first line."),
            Fault.UNKNOWN_PLACEHOLDER: _(
                "In the text of an event nothing takes the place of “{what}”: the bot says days and place below it by "
                "itself. Please write the name, or take it out."
            ),
        }
    signs = _(
        "“{what}” is no link that works. In its address there is a bracket, a space or a quotation mark. "
        "Please write %28 for ( and %29 for )."
    )

    def said(each: Problem) -> str:
        begins_well = each.fault is Fault.BROKEN_LINK and re.search(r"\]\(https?://[^)]", each.what)
        return (signs if begins_well else words[each.fault]).replace("{what}", each.what)

    return tuple(said(each) for each in problems_of(content, around, language))


def without_faulty(content: Content, around: Surroundings) -> tuple[Content, tuple[str, ...]]:
    """The broadcast with those texts that can be sent, and the languages of the others."""
    faulty = tuple(each for each in content.texts if problems_of(content, around, each))
    return replace(content, texts={each: text for each, text in content.texts.items() if each not in faulty}), faulty


# --- names of languages ---------------------------------------------------------------------------------------------


def name_in(language: str) -> Callable[[str], str]:
    """Says languages by their name in the language of the page: ``ro`` is "Rumänisch"."""
    names = Locale.parse(language).languages
    return lambda code: str(names.get(code, code or "–"))


def listed(words: Sequence[str], language: str, *, any_of: bool = False) -> str:
    """Words in a sentence: a, b and c; ``any_of``: a, b or c."""
    return format_list(list(words), style="or" if any_of else "standard", locale=language)
