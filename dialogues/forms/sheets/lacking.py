"""Which texts of a questionnaire are missing, with sheet and row: in one of its languages, or in all of them."""

from collections.abc import Iterator, Mapping

from dialogues.forms.problems import Note, Problem
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.converter import NO_CHOICE_TEXT
from dialogues.forms.sheets.workbook import Row, Workbook
from dialogues.forms.wording import MISSING, Parts, Translations

_COLUMNS = {"jr:constraintMsg": "constraint_message", "jr:requiredMsg": "required_message"}
"""Columns that the converter calls otherwise in the ids of texts."""
_SHEETS = ("survey", "choices")
_MOST_LETTERS = 80


def lacking(translations: Translations, workbook: Workbook, rows: Mapping[str, int]) -> tuple[Note, ...]:
    """The texts that some languages of the form have and others lack, in the order of the sheets."""
    languages = spoken(translations)
    choices = {key: row.number for key, row in _choices(workbook)}
    found: list[Note] = []
    for key in dict.fromkeys(key for texts in languages.values() for key in texts):
        without = [name for name, texts in languages.items() if _lacks(texts, key)]
        having = next((texts[key][""] for texts in languages.values() if not _lacks(texts, key)), ())
        if not without or not having:
            continue  # nobody lacks it, or it is a picture
        ref, _, part = key.partition(":")
        sheet, row, column = (
            ("choices", choices[key], "label")
            if key in choices
            else ("survey", rows.get(ref), _COLUMNS.get(part, part or "label"))
        )
        reason = Reason.of(
            "The text is missing in the language “{languages}”: “{text}”.",
            languages=", ".join(without),
            text=_shown(having),
        )
        found.append(Note(sheet, row, Reason.of("{column}: {reason}", column=column, reason=reason)))
    return tuple(sorted(found, key=lambda note: (_SHEETS.index(note.sheet or "survey"), note.row or 0)))


def spoken(translations: Translations) -> Mapping[str, Mapping[str, Mapping[str, Parts]]]:
    """The languages in which something is written; where only pictures name none, the converter makes one of them."""
    languages = translations.languages
    written = {name: texts for name, texts in languages.items() if any(not _lacks(texts, key) for key in texts)}
    return written or languages


def completeness(translations: Translations) -> Mapping[str, int]:
    """The languages of a form, each with how many texts it lacks that another one has."""
    languages = spoken(translations)
    having = {key for texts in languages.values() for key in texts if not _lacks(texts, key)}
    return {name: sum(_lacks(texts, key) for key in having) for name, texts in languages.items()}


def textless(workbook: Workbook) -> tuple[Problem, ...]:
    """The choices that have no text in any language, where a question offers them."""
    kinds = [row.cells.get("type", "").split() for row in workbook.rows("survey")]
    offered = {kind[1] for kind in kinds if len(kind) > 1}
    return tuple(
        Problem(
            "choices",
            row.number,
            Reason.of(NO_CHOICE_TEXT),
        )
        for _, row in _choices(workbook)
        if _listed(row) in offered and not any(name.split(":")[0].strip() == "label" for name in row.cells)
    )


def _choices(workbook: Workbook) -> Iterator[tuple[str, Row]]:
    """The choices, each with the id that the converter gives its text: its list and its place in it."""
    places: dict[str, int] = {}
    for row in workbook.rows("choices"):
        listed = _listed(row)
        if listed:
            place = places[listed] = places.get(listed, -1) + 1
            yield f"{listed}-{place}", row


def _listed(row: Row) -> str:
    return row.cells.get("list_name") or row.cells.get("list name") or ""


def _lacks(texts: Mapping[str, Mapping[str, Parts]], key: str) -> bool:
    return texts.get(key, {}).get("", MISSING) == MISSING


def _shown(parts: Parts) -> str:
    """The text, so that its row is recognised; what is put into it is a gap."""
    text = " ".join("".join(part if isinstance(part, str) else "…" for part in parts).split())
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"
