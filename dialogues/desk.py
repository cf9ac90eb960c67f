"""The translation desk in a chat: a mediator sees a text, writes it in another language, sees it as readers will, and
releases it. Pure: what is said, what buttons mean, and how a message with styles becomes a text with signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from typing import Final

from dialogues.broadcast import Fault, Problem
from dialogues.layout import blocks, bold, lines, message
from dialogues.markdown import from_xlsform
from dialogues.markup import Entity, Markup, clean, insert, lay_out, plain_text, utf16_length
from dialogues.prompts import Option, Prompt, Role
from dialogues.splitting import MESSAGE_LIMIT, split
from dialogues.standing import Row, outside_label
from dialogues.texts import LANGUAGES, NAMES, Voice

__all__ = [
    "CODE_PREFIX",
    "COMMAND",
    "DESK_PREFIX",
    "Act",
    "Doing",
    "Waiting",
    "ask",
    "changed",
    "code_does_not_work",
    "draft",
    "faulty",
    "hint",
    "invite",
    "is_linked",
    "later",
    "linked",
    "listed",
    "mark",
    "may_not",
    "not_needed",
    "only_text",
    "placeholders",
    "read",
    "released",
    "released_already",
    "shown",
    "source",
    "source_of",
    "to_signs",
    "trial",
    "withdrawn",
]

CODE_PREFIX: Final = "staff-"
"""With this begins what links somebody of the staff to a chat; posters' codes are shorter and have no dash there."""
COMMAND: Final = "translate"
DESK_PREFIX: Final = "desk:"
_NOT_NOW: Final = "desk:later"
_MOST_LISTED = 20
_MARK_LENGTH = 8
_LARGEST = 2**31 - 1
_PLACEHOLDER = re.compile(r"\{[^{}\n]{1,40}\}")


# --- what buttons mean ----------------------------------------------------------------------------------------------


class Doing(StrEnum):
    """What a mediator taps."""

    OPEN = "open"
    """Show the text, and take what is written next."""
    AGAIN = "again"
    """Write another text than the one shown."""
    RELEASE = "ok"
    LATER = "later"
    """Write nothing now."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a button of the desk means. ``mark``: of the text that it stands under."""

    doing: Doing
    broadcast: int = 0
    language: str = ""
    mark: str = ""


def mark(text: str, *, is_released: bool) -> str:
    """Return by what a text is recognised: another text, or one that was released meanwhile, has another mark."""
    said = f"{'+' if is_released else '-'}{text}"
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_LENGTH]


def read(key: str) -> Act | None:
    """Return what a button of the desk means; None: we never wrote such a one."""
    if key == _NOT_NOW:
        return Act(Doing.LATER)
    found = re.fullmatch(r"desk:(?:(again|ok):)?([0-9]{1,10}):([a-z]{2})(?::([0-9a-f]{8}))?", key)
    if found is None or int(found[2]) > _LARGEST or found[3] not in LANGUAGES or bool(found[1]) != bool(found[4]):
        return None
    return Act(Doing(found[1]) if found[1] else Doing.OPEN, int(found[2]), found[3], found[4] or "")


def _open_row(broadcast: int, language: str, label: str) -> Row:
    return (Option(f"{DESK_PREFIX}{broadcast}:{language}", label, standing=True),)


def _again(voice: Voice, broadcast: int, language: str, its_mark: str) -> Row:
    key = f"{DESK_PREFIX}{Doing.AGAIN}:{broadcast}:{language}:{its_mark}"
    return (Option(key, "✏️ " + voice.plain("Write again"), standing=True),)


def _release(voice: Voice, broadcast: int, language: str, its_mark: str) -> Row:
    key = f"{DESK_PREFIX}{Doing.RELEASE}:{broadcast}:{language}:{its_mark}"
    return (Option(key, "✅ " + voice.plain("Release"), standing=True),)


# --- the link of a chat ---------------------------------------------------------------------------------------------


def linked(voice: Voice, name: str, *, translates: bool) -> Prompt:
    """Confirm that a chat belongs to an account of the staff now."""
    said = [voice.text("This chat is now linked to this account: {name}", name=name)]
    if translates:
        said.append(voice.text("You get texts to translate here."))
        said.append(voice.text("See what waits for you: {command}", command=f"/{COMMAND}"))
    return message(voice, lines(*said))


def code_does_not_work(voice: Voice) -> Prompt:
    """Answer a code that was used already, is too old, or that we never made."""
    text = lines(
        voice.text("This code does not work any more."),
        voice.text("You can make a new one on your profile page."),
    )
    return message(voice, text)


def is_linked(voice: Voice) -> Prompt:
    """Say that a chat is linked, where somebody asks what we hold or has it deleted."""
    text = lines(
        voice.text("This chat is linked to your account at the office."),
        voice.text("You can end this on your profile page."),
    )
    return message(voice, text)


# --- what waits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that waits for a mediator. ``title``: as the office calls the broadcast."""

    broadcast: int
    title: str
    language: str


def invite(voice: Voice, title: str, language: str, *, broadcast: int) -> Prompt:
    """Ask a mediator for a translation of a broadcast into ``language``. ``title``: as the office calls it."""
    text = lines(
        bold(voice.text("Please translate a text: {title}", title=title)),
        voice.text("Into this language: {language}", language=NAMES[language]),
    )
    return message(voice, text, rows=(_open_row(broadcast, language, voice.plain("Translate")),))


def listed(voice: Voice, waiting: Iterable[Waiting]) -> Prompt:
    """List what waits for a mediator, the oldest first, as buttons."""
    texts = tuple(waiting)[:_MOST_LISTED]
    if not texts:
        return message(voice, voice.text("No text waits for you now."))
    rows = tuple(
        _open_row(each.broadcast, each.language, outside_label(f"{NAMES[each.language]} – {each.title}", voice))
        for each in texts
    )
    return message(voice, bold(voice.text("These texts wait for you:")), rows=rows)


def source_of(texts: Mapping[str, tuple[str, bool]], target: str, default: str) -> str | None:
    """Return the language to translate from; None: nothing is there.

    ``texts``: by language, the text and whether it is released. The ``default`` language's if it is released, else any
    that is, else what there is.
    """
    there = [each for each in (default, *LANGUAGES) if each != target and texts.get(each, ("", False))[0].strip()]
    return next((each for each in there if texts[each][1]), there[0] if there else None)


def placeholders(text: str) -> tuple[str, ...]:
    """Return the placeholders of a text, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(clean(text))))


# --- translating ----------------------------------------------------------------------------------------------------


def source(voice: Voice, text: str, language: str) -> tuple[Prompt, ...]:
    """Show the text that is to be translated, with its placeholders as they are; the way out is under the last part."""
    *before, last = (
        lay_out(part, language) for part in split(from_xlsform(clean(text)), MESSAGE_LIMIT - _DIRECTION_MARK)
    )
    way_out = (Option(_NOT_NOW, voice.plain("Not now"), role=Role.NAVIGATION, standing=True),)
    return (*(Prompt(part, language) for part in before), Prompt(last, language, (way_out,)))


_DIRECTION_MARK = 1
"""What ``lay_out`` may add to a part that begins within a paragraph, in UTF-16 code units."""


def ask(voice: Voice, language: str, words: tuple[str, ...]) -> Prompt:
    """Ask for the translation; what is written next is taken for it. ``words``: placeholders that must stay."""
    said = [
        bold(voice.text("Please write this text in this language: {language}", language=NAMES[language])),
        voice.text("Bold, italic and links stay as you write them."),
    ]
    if words:
        said.append(voice.text("Please copy this without a change: {words}", words=_as_written(words)))
    return message(voice, lines(*said))


def _as_written(words: Iterable[str]) -> Markup:
    return Markup(" ").join(Markup("<code>{}</code>").format(insert(word)) for word in words)


def hint(voice: Voice, language: str) -> str:
    """What stands in the empty field for writing (Telegram: at most 64 letters)."""
    return voice.plain("Text in this language: {language}", language=NAMES[language])


def later(voice: Voice) -> Prompt:
    """Confirm that nothing is awaited any more."""
    text = lines(
        voice.text("That is fine. The text can wait."),
        voice.text("See what waits for you: {command}", command=f"/{COMMAND}"),
    )
    return message(voice, text)


def only_text(voice: Voice) -> Prompt:
    """Answer something else than a text where a translation is awaited."""
    return message(voice, voice.text("Please send the translation as a written text."))


def faulty(voice: Voice, problems: Iterable[Problem]) -> Prompt:
    """Say what is wrong with a translation; it is awaited once more."""
    said = [_fault(voice, problem) for problem in problems]
    return message(voice, lines(*said, voice.text("Please send the whole text once more.")))


def _fault(voice: Voice, problem: Problem) -> Markup:
    match problem.fault:
        case Fault.EMPTY:
            return voice.text("Please send the translation as a written text.")
        case Fault.TOO_LONG:
            return voice.plural(
                "The text is {n} letter too long.", "The text is {n} letters too long.", int(problem.what)
            )
        case Fault.UNKNOWN_PLACEHOLDER:
            return voice.text("We do not know this placeholder: {what}", what=problem.what)
        case Fault.NO_DATE:
            return voice.text("The office has chosen no day. So the text cannot have one.")
        case Fault.BROKEN_LINK:
            return voice.text("This link does not work: {what}", what=problem.what)


# --- showing and releasing ------------------------------------------------------------------------------------------


def shown(voice: Voice, seen: Prompt, broadcast: int, its_mark: str, *, is_released: bool = False) -> Prompt:
    """Put the mediator's buttons under a text as its readers see it (``dialogues.broadcast.bubble``)."""
    again = _again(voice, broadcast, seen.language, its_mark)
    rows = (again,) if is_released else (_release(voice, broadcast, seen.language, its_mark), again)
    return Prompt(seen.text, seen.language, rows)


def draft(voice: Voice, *, is_new: bool, lacking: tuple[str, ...] = ()) -> Prompt:
    """Introduce a text that is not released. ``is_new``: the mediator has just written it. ``lacking``: what the
    original has and this text has not; it may be released all the same."""
    said = (
        voice.text("People will see this text:")
        if is_new
        else voice.text("There is a text already. You can release it or write another one:")
    )
    if not lacking:
        return message(voice, said)
    hint = lines(
        voice.text("This is missing in the text: {words}", words=_as_written(lacking)),
        voice.text("If that is meant, you can release it as it is."),
    )
    return message(voice, blocks(hint, said))


def trial(voice: Voice) -> Prompt:
    """Introduce a message that somebody of the office sends to themselves only, to see how it arrives."""
    return message(
        voice, lines(bold(voice.text("This is a test.")), voice.text("Only you get it. The message looks like this:"))
    )


def released_already(voice: Voice) -> Prompt:
    """Introduce a text that somebody has released."""
    return message(voice, voice.text("This text is released already:"))


def changed(voice: Voice) -> Prompt:
    """Introduce a text that is not the one that the mediator saw; what they wrote themselves is not lost."""
    text = blocks(
        lines(
            voice.text("Somebody else has changed this text meanwhile."),
            voice.text("Your own text is still here in the chat. We have not used it."),
            voice.text("To use it, tap “Write again” and send it once more."),
        ),
        voice.text("The text is now:"),
    )
    return message(voice, text)


def released(voice: Voice) -> Prompt:
    """Thank for a text that is released."""
    return message(voice, voice.text("The text is released. Thank you!"))


def not_needed(voice: Voice) -> Prompt:
    """Answer where a broadcast was discarded, or nobody asks for this language."""
    return message(voice, voice.text("This text is not needed any more. Thank you!"))


def may_not(voice: Voice) -> Prompt:
    """Answer somebody who may not translate, or not into this language."""
    text = lines(
        voice.text("You cannot translate this text with your account."),
        voice.text("Please ask at the office."),
    )
    return message(voice, text)


def withdrawn(voice: Voice) -> Prompt:
    """Answer a translation that was awaited until the right to translate was taken away."""
    text = lines(
        voice.text("You cannot translate this text with your account."),
        voice.text("Your own text is still here in the chat. We have not used it."),
        voice.text("Please ask at the office."),
    )
    return message(voice, text)


# --- a message with styles as a text with signs ---------------------------------------------------------------------

_Style = tuple[bool, bool, str]
"""Bold, italic, and where a link leads."""
_NO_STYLE: _Style = (False, False, "")
_STANDS_FOR_WORDS = "\ue000"
_SPECIAL = re.compile(r"[\\*_\[#]")


def to_signs(text: str, styles: Iterable[Entity]) -> str:
    """Turn a message into a text with the signs of ``dialogues.markdown``: bold, italic and links stay, others go.

    Signs that somebody typed are signs, as in the office's own form: what comes of them is shown before it is
    released. Words that have a style already are taken as they are read. Where signs and styles would disturb each
    other, the styles are left out.
    """
    runs = _runs(text, _styles(text, styles))
    signed = _signed_text(runs)
    return signed if plain_text(from_xlsform(signed)) == _wanted(runs) else clean(text).strip()


def _runs(text: str, styles: list[_Style]) -> list[tuple[str, _Style]]:
    """The stretches of a text that have one style, none across the end of a line."""
    pairs = groupby(zip(text, styles, strict=True), key=lambda pair: (pair[0] == "\n", pair[1]))
    runs = [("".join(letter for letter, _ in run), style) for (_, style), run in pairs]
    return [(piece, _NO_STYLE if piece.startswith("\n") else style) for piece, style in runs]


def _wanted(runs: list[tuple[str, _Style]]) -> str:
    """What shall be read: typed signs are signs, and words with a style are letters, for which one stands meanwhile."""
    typed = "".join(_STANDS_FOR_WORDS if any(style) else piece for piece, style in runs)
    first, *rest = plain_text(from_xlsform(clean(typed))).split(_STANDS_FOR_WORDS)
    words = [clean(piece) for piece, style in runs if any(style)]
    return (first + "".join(word + after for word, after in zip(words, rest, strict=False))).strip()


def _styles(text: str, styles: Iterable[Entity]) -> list[_Style]:
    """The style of each letter. Offsets count UTF-16 units: letters beyond the first plane take two."""
    begins = [0]
    for letter in text:
        begins.append(begins[-1] + utf16_length(letter))
    found: list[_Style] = [_NO_STYLE] * len(text)
    for style in styles:
        for place in range(len(text)):
            if style.offset <= begins[place] < style.offset + style.length:
                bold_, italic, url = found[place]
                match style.type:
                    case "bold":
                        found[place] = (True, italic, url)
                    case "italic":
                        found[place] = (bold_, True, url)
                    case "text_link":
                        found[place] = (bold_, italic, style.url)
    return found


def _signed_text(runs: list[tuple[str, _Style]]) -> str:
    pieces: list[str] = []
    for piece, style in runs:
        begins_line = not pieces or pieces[-1].endswith("\n")
        pieces.append(_signed(clean(piece), style, begins_line=begins_line) if any(style) else piece)
    return clean("".join(pieces)).strip()


def _signed(piece: str, style: _Style, *, begins_line: bool) -> str:
    core = piece.strip()
    before, _, after = piece.partition(core) if core else (piece, "", "")
    plain = _literal(core, begins_line=begins_line and not before.strip())
    for candidate in _candidates(core, plain, style):
        if plain_text(from_xlsform(candidate)) == core:
            return before + candidate + after
    return before + plain + after


def _candidates(core: str, plain: str, style: _Style) -> Iterable[str]:
    """Ways to say a style with signs, the whole first."""
    is_bold, is_italic, url = style
    inner = f"[{core}]({url})" if url else plain
    if is_bold and is_italic:
        yield f"**_{inner}_**"
    if is_bold:
        yield f"**{inner}**"
    if is_italic:
        yield f"*{inner}*"
    if url:
        yield inner


def _literal(text: str, *, begins_line: bool) -> str:
    """A text whose signs are letters. A dash or star that begins an item of a list stays what it is."""

    def put(found: re.Match[str]) -> str:
        place, sign = found.start(), found[0]
        first = begins_line and place == 0
        if (
            (sign == "#" and not first)
            or (sign == "*" and first and text[1:2] == " ")
            or (sign == "_" and place > 0 and re.match(r"\w", text[place - 1]))
        ):
            return sign
        return "\\" + sign

    return _SPECIAL.sub(put, text)
