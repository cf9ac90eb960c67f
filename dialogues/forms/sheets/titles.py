"""The titles of a questionnaire as residents read them: columns ``resident_title::Language (code)`` of its settings.

XLSForm has one form title in one language; ODK and KoboToolbox leave our extra columns alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from dialogues.forms.sheets.workbook import Workbook
from dialogues.forms.wording import language_code

__all__ = ["title_of_name", "titles_of"]

COLUMN = "resident_title"


def titles_of(workbook: Workbook, name: str) -> Mapping[str, str]:
    """Return the title by language code; the key ``""`` holds the one for all other languages.

    Without our columns that is the form's own title, and without one ``name``, as a person would write it.
    """
    titles = {"": title_of_name(name)}
    for row in workbook.rows("settings"):
        for column, text in row.cells.items():
            base, _, language = column.partition("::")
            if base.strip() == COLUMN and language and text:
                titles[language_code(language.strip())] = text
            elif column == "form_title" and text:
                titles[""] = text
    return titles


def title_of_name(name: str) -> str:
    """The name of a questionnaire that has no title, as a person would write it."""
    return name.replace("_", " ").strip().capitalize()
