"""The questionnaires of ours: complete in six languages, short, kind, and good XLSForm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pyxform.xls2xform import convert

from tests.language_rules import faults

LANGUAGES = {
    "de": "Deutsch (de)",
    "ar": "العربية (ar)",
    "bg": "Български (bg)",
    "en": "English (en)",
    "ro": "Română (ro)",
    "tr": "Türkçe (tr)",
}
TOPICS = {"housing", "language", "care", "education", "work", "support", "culture", "public_space", "safety"}
"""Politics is left out: a question on it would need explicit consent (Art. 9 GDPR)."""

FOLDER = Path(__file__).parents[2] / "dialogues" / "questionnaires"
NAMES = ("after_the_festival", "living_in_my_quarter", "what_should_happen_on_the_square")
MOST_QUESTIONS = 12
LONGEST_OPTION = 30
LONGEST_TITLE = 40

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A workbook, read as a person reads it."""

    data: bytes
    sheets: dict[str, Worksheet]

    def rows(self, sheet: str) -> list[Row]:
        """Return the rows of a sheet under its header; empty cells and rows are left out."""
        header, *rows = self.sheets[sheet].iter_rows(values_only=True)
        found = [
            {str(key): str(value) for key, value in zip(header, row, strict=True) if value is not None} for row in rows
        ]
        return [row for row in found if row]

    @property
    def questions(self) -> list[Row]:
        return [row for row in self.rows("survey") if not row["type"].startswith(("begin", "end"))]

    def options(self, question: Row) -> list[Row]:
        """Return the choices of a select question."""
        return [row for row in self.rows("choices") if row["list_name"] == question["type"].split()[1]]

    def texts(self, language: str) -> list[str]:
        """Return everything that is said in a language."""
        rows = [row for sheet in self.sheets for row in self.rows(sheet)]
        return [text for row in rows for key, text in row.items() if key.endswith(f"::{LANGUAGES[language]}")]


@pytest.fixture(params=NAMES)
def questionnaire(request: pytest.FixtureRequest) -> Questionnaire:
    data = (FOLDER / f"{request.param}.xlsx").read_bytes()
    workbook = load_workbook(BytesIO(data))
    return Questionnaire(data, {sheet.title: sheet for sheet in workbook.worksheets})


def xform(questionnaire: Questionnaire) -> Any:
    return convert(questionnaire.data, file_type=".xlsx", validate=False)


def test_these_are_all_we_have() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.xls*")) == [f"{name}.xlsx" for name in NAMES]


def test_a_manager_opens_a_tidy_workbook(questionnaire: Questionnaire) -> None:
    assert list(questionnaire.sheets) == ["survey", "choices", "settings"]
    for sheet in questionnaire.sheets.values():
        assert sheet.freeze_panes is not None
        assert all(cell.font.bold for cell in sheet[1])
        assert all(cell.alignment.wrap_text for row in sheet for cell in row)


@pytest.mark.parametrize("column", ["label", "hint", "constraint_message"])
def test_every_text_of_a_question_is_said_in_six_languages(questionnaire: Questionnaire, column: str) -> None:
    header = [str(cell.value) for cell in questionnaire.sheets["survey"][1]]
    assert [name for name in header if name.startswith(f"{column}::")] == [f"{column}::{n}" for n in LANGUAGES.values()]
    for row in questionnaire.rows("survey"):
        said = {language for language, name in LANGUAGES.items() if f"{column}::{name}" in row}
        needed = column == "label" and row["type"] != "end_group"
        assert said == set(LANGUAGES) if needed else said in (set(), set(LANGUAGES)), row.get("name")


def test_every_option_is_short_and_said_in_six_languages(questionnaire: Questionnaire) -> None:
    for name in LANGUAGES.values():
        for question in questionnaire.questions:
            if question["type"].startswith("select"):
                labels = [option[f"label::{name}"] for option in questionnaire.options(question)]
                assert max(map(len, labels)) <= LONGEST_OPTION, max(labels, key=len)
                assert len(set(labels)) == len(labels), labels


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_keeps_the_rules_of_its_language(questionnaire: Questionnaire, language: str) -> None:
    wrong = {text: found for text in questionnaire.texts(language) if (found := list(faults(text, language)))}
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_names_the_same_answers_in_every_language(questionnaire: Questionnaire, language: str) -> None:
    for row in questionnaire.questions:
        german, other = (row[f"label::{LANGUAGES[code]}"] for code in ("de", language))
        assert re.findall(r"\$\{\w+\}", german) == re.findall(r"\$\{\w+\}", other)


def test_it_is_short_and_every_question_has_its_topic(questionnaire: Questionnaire) -> None:
    assert len(questionnaire.questions) <= MOST_QUESTIONS
    assert {question["bind::topic"] for question in questionnaire.questions} <= TOPICS


def test_every_question_can_be_skipped(questionnaire: Questionnaire) -> None:
    assert not any("required" in str(cell.value) for cell in questionnaire.sheets["survey"][1])


def test_it_begins_with_one_tap(questionnaire: Questionnaire) -> None:
    first = questionnaire.rows("survey")[0]
    assert first["type"].startswith("select_one ")
    assert "relevant" not in first
    assert questionnaire.options(first)[0]["name"] != "no_answer"


def test_a_number_out_of_range_is_met_with_an_example(questionnaire: Questionnaire) -> None:
    numbers = [question for question in questionnaire.questions if question["type"] == "integer"]
    assert numbers
    for question in numbers:
        low, high = re.findall(r"\d+", question["constraint"])
        for name in LANGUAGES.values():
            said_low, said_high, example = map(int, re.findall(r"\d+", question[f"constraint_message::{name}"]))
            assert (said_low, said_high) == (int(low), int(high))
            assert said_low <= example <= said_high


def test_a_limit_on_choices_is_said_before_it_is_met(questionnaire: Questionnaire) -> None:
    for question in questionnaire.questions:
        if limit := re.fullmatch(r"count-selected\(\.\) <= (\d)", question.get("constraint", "")):
            assert all(limit[1] in question[f"hint::{name}"] for name in LANGUAGES.values())


def test_it_adapts_to_what_was_answered(questionnaire: Questionnaire) -> None:
    types = [question["type"].split()[0] for question in questionnaire.questions]
    assert "select_multiple" in types
    assert types[-1] == "text"
    assert any("relevant" in row for row in questionnaire.rows("survey"))


def test_the_title_is_said_in_six_languages(questionnaire: Questionnaire) -> None:
    (settings,) = questionnaire.rows("settings")
    titles = [settings[f"resident_title::{name}"] for name in LANGUAGES.values()]
    assert settings["form_title"] == titles[0]
    assert settings["default_language"] == LANGUAGES["de"]
    assert settings["form_id"] in NAMES
    assert len(set(titles)) == len(LANGUAGES)
    assert max(map(len, titles)) <= LONGEST_TITLE


def test_it_compiles_without_a_warning(questionnaire: Questionnaire) -> None:
    compiled = xform(questionnaire)
    assert compiled.warnings == []
    assert re.findall(r'<translation lang="([^"]+)"', compiled.xform) == list(LANGUAGES.values())


def test_its_texts_come_through_compilation_as_they_were_written(questionnaire: Questionnaire) -> None:
    """The compiler makes straight quotation marks of curly ones, so our texts do without."""
    compiled = re.sub(r"<output [^>]*/>", "${}", xform(questionnaire).xform)
    rows = [row for sheet in ("survey", "choices") for row in questionnaire.rows(sheet)]
    for text in (text for row in rows for key, text in row.items() if "::" in key and not key.startswith("bind")):
        assert escape(re.sub(r"\$\{\w+\}", "${}", text), quote=False) in compiled
