"""What of a questionnaire is otherwise in a chat than on a form: said before it is asked, with sheet and row.

Nothing here stands against a questionnaire. Goes by the sheets, since much of this does not reach the form.
"""

import re
from collections.abc import Iterator, Mapping

from dialogues.forms.form import Form
from dialogues.forms.problems import Note
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.workbook import Row, Workbook
from dialogues.splitting import MESSAGE_LIMIT

_SKIPPED = {
    "geotrace": "Nobody can draw a line on the map in the chat (“geotrace”). The question is skipped, and"
    " people are told so.",
    "geoshape": "Nobody can draw an area on the map in the chat (“geoshape”). The question is skipped, and"
    " people are told so.",
}
_OF_A_DEVICE = frozenset(
    {"deviceid", "username", "phonenumber", "email", "simserial", "subscriberid", "imei", "device_id", "phone_number"}
)
_OF_TIME = frozenset({"start", "end", "today", "start_time", "end_time"})
_IN_THE_BACKGROUND = frozenset({"background-audio", "background-geopoint", "start-geopoint"})

_SEEN = re.compile(
    r"minimal|quick|quickcompact|(quick)?compact(-\d+)?|autocomplete|search|columns(-pack|-\d+)?|horizontal(-compact)?"
    r"|likert|label|list|list-nolabel|table-list|multiline|numbers|thousands-sep|field-list|no-calendar|calendar"
    r"|w\d{1,2}|no-buttons|vertical|full|hide-input|no-collapse|text|textarea|novalidate"
)
"""Appearances that say how a form is laid out: a chat has no layout, and nobody misses anything."""
_PLACE = "People send the place from the map of Telegram."
_PICTURE = "People send a picture. They cannot draw in the chat."
_CALENDAR = "The date is typed by the calendar that is common in Germany."
_ANY = "People can send any picture or recording, not only one that they make now."
_NUMBER = "The number is typed, or chosen on a button."
_TOLD: Mapping[str, str] = {
    "map": "The answers are a list in the chat, not places on a map.",
    "image-map": "The answers are a list in the chat, not parts of a picture.",
    **dict.fromkeys(("maps", "placement-map", "streets", "satellite", "topo"), _PLACE),
    **dict.fromkeys(("signature", "draw", "annotate"), _PICTURE),
    **dict.fromkeys(("new", "new-front", "new-rear"), _ANY),
    **dict.fromkeys(("ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar", "persian", "buddhist"), _CALENDAR),
    **dict.fromkeys(("counter", "picker", "rating", "no-ticks"), _NUMBER),
    "month-year": "The chat asks for a whole date, with the day.",
    "year": "The chat asks for a whole date, with day and month.",
    "masked": "What is typed can be read in the chat.",
    "url": "The chat opens no page by itself.",
    "printer:": "The chat does not print.",
    "ex:": "The chat opens no other app.",
}


def differences(workbook: Workbook, form: Form) -> tuple[Note, ...]:
    """What is otherwise in a chat, in the order of the sheets."""
    kinds = {question.name: question.kind for question in form.questions}
    found = [*_of_settings(workbook)]
    is_told = dict.fromkeys(("guidance", "field-list"), False)
    for row in workbook.rows("survey"):
        found += _of_row(row, kinds.get(row.cells.get("name", ""), ""))
        found += _said_once(row, is_told)
    for sheet in ("survey", "choices"):
        found += _too_long(workbook, sheet)
    if any(workbook.rows("entities")):
        said = "The chat keeps no “entities”. This sheet only counts where responses are handed over to a server."
        found.append(Note("entities", None, Reason.of(said)))
    return tuple(dict.fromkeys(found))


def _of_settings(workbook: Workbook) -> Iterator[Note]:
    for row in workbook.rows("settings"):
        if row.cells.get("public_key"):
            reason = Reason.of("The column “public_key” has no effect. Answers are not encrypted with this key.")
            yield Note("settings", row.number, reason)
        if row.cells.get("submission_url") or row.cells.get("auto_send"):
            reason = Reason.of(
                "The columns “submission_url” and “auto_send” have no effect. Answers stay in Mitsprache."
            )
            yield Note("settings", row.number, reason)


def _of_row(row: Row, kind: str) -> Iterator[Note]:
    written = row.cells.get("type", "")
    word = (written.split() or [""])[0].lower()
    joined = "_".join(written.lower().split())
    reason: Reason | None = None
    skipped = _SKIPPED.get(kind) or _SKIPPED.get(word)
    if skipped is not None:
        reason = Reason.of(skipped)
    elif word == "audit":
        reason = Reason.of("The chat does not record how somebody goes through the questions. “audit” has no effect.")
    elif word in _IN_THE_BACKGROUND:
        reason = Reason.of("The chat records nothing in the background. “{kind}” has no effect.", kind=word)
    elif joined.removeprefix("uri:") in _OF_A_DEVICE:
        reason = Reason.of("The chat does not know this of people. “{kind}” stays empty.", kind=word)
    elif joined in _OF_TIME:  # not the first word alone: a group ends, too
        reason = Reason.of(
            "In an anonymous survey, “{kind}” is not kept. It could tell whose answers they are.", kind=word
        )
    elif word == "osm":
        reason = Reason.of("Nobody can choose on a map in the chat. “osm” is asked as a text.")
    elif kind == "barcode":
        reason = Reason.of("The code is typed, not scanned.")
    if reason is not None:
        yield Note("survey", row.number, reason)
    elif kind and word != "note" and _is_yes(row):
        reason = Reason.of("The question is read-only. The chat shows it and takes no answer.")
        yield Note("survey", row.number, reason)
    yield from (Note("survey", row.number, each) for each in _of_appearance(row.cells.get("appearance", ""), kind))


def _is_yes(row: Row) -> bool:
    written = next((row.cells[each] for each in ("readonly", "read_only", "read only") if each in row.cells), "")
    return written.lower() in {"yes", "true", "true()", "y"}


def _of_appearance(written: str, kind: str) -> Iterator[Reason]:
    if "search(" in written:
        return  # that stands against a questionnaire
    for word in written.lower().split():
        told = _TOLD.get(word) or next((each for sign, each in _TOLD.items() if sign[-1] == ":" and sign in word), None)
        if word == "map" and kind not in ("", "select_one", "select_multiple"):
            told = _PLACE
        if told is not None:
            yield Reason.of("{appearance}: {reason}", appearance=_plain(word), reason=Reason.of(told))
        elif not _SEEN.fullmatch(word):
            yield Reason.of(
                "“{appearance}” in the column “appearance” has no effect in the chat.", appearance=_plain(word)
            )


def _plain(word: str) -> str:
    return word if len(word) <= 30 else f"{word[:29]}…"


def _said_once(row: Row, is_told: dict[str, bool]) -> Iterator[Note]:
    """What is the same for many rows is said at the first of them."""
    if not is_told["guidance"] and any(name.split(":")[0].strip() == "guidance_hint" for name in row.cells):
        is_told["guidance"] = True
        yield Note(
            "survey",
            row.number,
            Reason.of("What stands in the column “guidance_hint”, here and further down, is not shown in the chat."),
        )
    if not is_told["field-list"] and "field-list" in row.cells.get("appearance", ""):
        is_told["field-list"] = True
        reason = Reason.of("The questions of a “field-list”, here and further down, come one after the other.")
        yield Note("survey", row.number, reason)


def _too_long(workbook: Workbook, sheet: str) -> Iterator[Note]:
    for row in workbook.rows(sheet):
        for column, text in row.cells.items():
            if column.split(":")[0].strip() in ("label", "hint") and len(text.encode("utf-16-le")) // 2 > MESSAGE_LIMIT:
                reason = Reason.of(
                    "The text is longer than one message of the chat ({number} characters). It comes in several.",
                    number=MESSAGE_LIMIT,
                )
                yield Note(sheet, row.number, Reason.of("{column}: {reason}", column=column, reason=reason))
