"""The questionnaires of ours: complete in six languages, short, kind, and good XLSForm."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pyxform.xls2xform import convert

from dialogues.forms import Form, Instance, Question, compile_xlsform
from dialogues.forms.sheets.titles import titles_of
from dialogues.forms.sheets.workbook import read_workbook
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
REACH = "reach"
"""The topic of what is asked to see whom a survey reaches, and not what they need."""
AGES = ["16_to_25", "26_to_40", "41_to_60", "61_and_older", "no_answer"]

FOLDER = Path(__file__).parents[2] / "dialogues" / "questionnaires"
NAMES = ("after_an_event", "after_the_festival", "living_in_my_quarter", "what_should_happen_on_the_square")
LONG = pytest.mark.parametrize("questionnaire", NAMES[1:], indirect=True)
"""For those that ask more than three questions."""
MOST_QUESTIONS = 12
"""Of one person: who was not there is not asked what it was like."""
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


@cache
def opened(name: str) -> Questionnaire:
    """One of our questionnaires; it is read once for all tests."""
    data = (FOLDER / f"{name}.xlsx").read_bytes()
    workbook = load_workbook(BytesIO(data))
    return Questionnaire(data, {sheet.title: sheet for sheet in workbook.worksheets})


@pytest.fixture(params=NAMES)
def questionnaire(request: pytest.FixtureRequest) -> Questionnaire:
    return opened(request.param)


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


def test_every_question_has_its_topic(questionnaire: Questionnaire) -> None:
    assert {question["bind::topic"] for question in questionnaire.questions} <= TOPICS | {REACH}


@LONG
def test_the_age_is_asked_coarsely_near_the_end_and_we_say_why(questionnaire: Questionnaire) -> None:
    """Results are broken down by the question of this name (docs/questionnaires.md)."""
    (at,) = (place for place, question in enumerate(questionnaire.questions) if question["name"] == "age_group")
    question = questionnaire.questions[at]
    assert at == len(questionnaire.questions) - 2
    assert question["bind::topic"] == REACH
    assert "relevant" not in question
    assert "reach" in question["hint::English (en)"]
    assert [option["name"] for option in questionnaire.options(question)] == AGES


def test_every_question_can_be_skipped(questionnaire: Questionnaire) -> None:
    assert not any("required" in str(cell.value) for cell in questionnaire.sheets["survey"][1])


def test_it_begins_with_one_tap(questionnaire: Questionnaire) -> None:
    first = questionnaire.rows("survey")[0]
    assert first["type"].startswith("select_one ")
    assert "relevant" not in first
    assert questionnaire.options(first)[0]["name"] != "no_answer"


@LONG
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
        if limit := re.match(r"count-selected\(\.\) <= (\d)", question.get("constraint", "")):
            assert all(limit[1] in question[f"hint::{name}"] for name in LANGUAGES.values())


@LONG
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
    offered = titles_of(read_workbook(questionnaire.data, "xlsx"), "unused")
    assert offered == {"": titles[0], **dict(zip(LANGUAGES, titles, strict=True))}
    assert max(map(len, titles)) <= LONGEST_TITLE


def test_it_compiles_without_a_warning(questionnaire: Questionnaire) -> None:
    compiled = xform(questionnaire)
    assert compiled.warnings == []
    assert re.findall(r'<translation lang="([^"]+)"', compiled.xform) == list(LANGUAGES.values())


def test_its_texts_come_through_compilation_as_they_were_written(questionnaire: Questionnaire) -> None:
    """Straight quotation marks come of “…” and ’, so English and Turkish set an option's name in bold instead."""
    compiled = compile_xlsform(questionnaire.data, "xlsx", name="any").xform
    compiled = re.sub(r"<output [^>]*/>", "${}", compiled)
    rows = [row for sheet in ("survey", "choices") for row in questionnaire.rows(sheet)]
    for text in (text for row in rows for key, text in row.items() if "::" in key and not key.startswith("bind")):
        assert escape(re.sub(r"\$\{\w+\}", "${}", text), quote=False) in compiled


# --- asked by the engine --------------------------------------------------------------------------------------------


@cache
def form_of(name: str) -> Form:
    """What is asked, compiled once: interviews share it."""
    compiled = compile_xlsform(opened(name).data, "xlsx", name=name)
    assert compiled.notes == ()
    return compiled.form


def begin(name: str) -> Instance:
    """Begin to answer a questionnaire."""
    return Instance(form_of(name), now=datetime(2026, 11, 28, 14, 30, tzinfo=UTC), random=Random(1))


def refs(interview: Instance) -> dict[str, str]:
    """Return the paths of the questions that are asked now, by name."""
    return {question.name: question.ref for question in interview.asked()}


def answer(interview: Instance, **answers: str) -> None:
    for name, value in answers.items():
        interview.answer(refs(interview)[name], value)


def eager(interview: Instance, question: Question) -> str:
    """Answer with the first option, the first two of several, a small number, a sentence."""
    values = [choice.value for choice in interview.options(question.ref, "")]
    match question.kind:
        case "select_one":
            return values[0]
        case "select_multiple":
            return " ".join(values[:2])
        case "integer":
            return "3"
        case _:
            return "Повече светлина"


def reluctant(interview: Instance, question: Question) -> str:
    """Answer with the last option, and with nothing but numbers otherwise."""
    values = [choice.value for choice in interview.options(question.ref, "")]
    match question.kind:
        case "select_one" | "select_multiple":
            return values[-1]
        case "integer":
            return "1"
        case _:
            return ""


def doubtful(interview: Instance, question: Question) -> str:
    """Answer with the third option: rarely, little, no."""
    values = [choice.value for choice in interview.options(question.ref, "")]
    return values[min(2, len(values) - 1)] if values else "1"


def troubled(interview: Instance, question: Question) -> str:
    """Answer so that whatever can be asked further is asked."""
    telling = {"safe_in_the_evening": "rarely", "understood": "little", "visits": "rarely"}
    return telling.get(question.name) or eager(interview, question)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("person", [eager, reluctant, doubtful, troubled])
@pytest.mark.parametrize("name", NAMES)
def test_anybody_reaches_the_end_in_any_language(
    name: str, person: Callable[[Instance, Question], str], language: str
) -> None:
    interview = begin(name)
    spoken = LANGUAGES[language]
    done: set[str] = set()
    while waiting := [question for question in interview.asked() if question.ref not in done]:
        question = waiting[0]
        for text in (interview.label(question.ref, spoken), interview.hint(question.ref, spoken)):
            assert list(faults(text, language)) == [] or not text
            assert "${" not in text
            assert ": ." not in text
        interview.answer(question.ref, person(interview, question))
        assert interview.valid(question.ref), question.name
        done.add(question.ref)
    assert len(done) <= MOST_QUESTIONS


def test_who_feels_unsafe_is_asked_why_and_who_does_not_is_spared() -> None:
    interview = begin("living_in_my_quarter")
    answer(interview, safe_in_the_evening="mostly")
    assert "worries_outside" not in refs(interview)
    answer(interview, safe_in_the_evening="never")
    assert "worries_outside" in refs(interview)


@pytest.mark.parametrize(
    ("answers", "taken"),
    [("rent cold", True), ("none", True), ("no_answer", True), ("none rent", False), ("rent no_answer", False)],
)
def test_no_problem_and_a_problem_exclude_each_other(answers: str, taken: bool) -> None:
    interview = begin("living_in_my_quarter")
    answer(interview, home_problems=answers)
    ref = refs(interview)["home_problems"]
    assert interview.valid(ref) is taken
    assert "Keine Angabe" in str(interview.constraint_message(ref, LANGUAGES["de"]))


@pytest.mark.parametrize(
    ("name", "question", "answers", "taken"),
    [
        ("living_in_my_quarter", "missing_outside", "nothing", True),
        ("living_in_my_quarter", "missing_outside", "trees light bins", True),
        ("living_in_my_quarter", "missing_outside", "nothing trees", False),
        ("living_in_my_quarter", "missing_outside", "trees light bins toilet", False),
        ("after_the_festival", "especially_good", "none", True),
        ("after_the_festival", "especially_good", "food music people", True),
        ("after_the_festival", "especially_good", "food none", False),
        ("after_the_festival", "especially_good", "food music people mood", False),
    ],
)
def test_nothing_stands_alone_and_three_are_enough(name: str, question: str, answers: str, taken: bool) -> None:
    interview = begin(name)
    answer(interview, **{question: answers})
    assert interview.valid(refs(interview)[question]) is taken


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_that_stands_alone_is_named_in_quotes_or_in_bold(language: str) -> None:
    """As it is read after compilation, where straight quotation marks would have come of curly ones."""
    quoted = {"ar": "«{}»", "bg": "„{}“", "de": "„{}“", "ro": "„{}”"}.get(language, "**{}**")
    alone = {
        "after_the_festival": {"especially_good": ["none"]},
        "living_in_my_quarter": {"missing_outside": ["nothing"], "home_problems": ["none", "no_answer"]},
    }
    for name, questions in alone.items():
        interview = begin(name)
        for question, values in questions.items():
            ref = refs(interview)[question]
            message = str(interview.constraint_message(ref, LANGUAGES[language]))
            labels = {option.value: option.label for option in interview.options(ref, LANGUAGES[language])}
            for value in values:
                assert quoted.format(labels[value]) in message
            assert '"' not in message


def test_who_is_asked_how_many_live_at_home_reads_why() -> None:
    interview = begin("living_in_my_quarter")
    ref = refs(interview)["home_people"]
    assert interview.hint(ref, LANGUAGES["en"]) == (
        "Count yourself and the children too. We ask to know whether homes are big enough."
    )


def test_the_size_of_a_home_is_asked_with_the_number_that_was_given() -> None:
    interview = begin("living_in_my_quarter")
    assert "home_space" not in refs(interview)
    answer(interview, home_people="5")
    label = interview.label(refs(interview)["home_space"], LANGUAGES["bg"])
    assert "5" in label
    answer(interview, home_people="")
    assert "home_space" not in refs(interview)


def test_a_fourth_wish_is_one_too_many() -> None:
    interview = begin("what_should_happen_on_the_square")
    answer(interview, wishes="trees seats light water")
    ref = refs(interview)["wishes"]
    assert not interview.valid(ref)
    assert "3" in str(interview.constraint_message(ref, LANGUAGES["ar"]))
    answer(interview, wishes="trees seats light")
    assert interview.valid(ref)


def test_the_most_important_wish_is_one_of_those_chosen() -> None:
    interview = begin("what_should_happen_on_the_square")
    answer(interview, wishes="light")
    assert "most_important" not in refs(interview)
    answer(interview, wishes="trees light")
    options = interview.options(refs(interview)["most_important"], LANGUAGES["ro"])
    assert [(option.value, option.label) for option in options] == [
        ("trees", "Mai mulți copaci"),
        ("light", "Mai multă lumină seara"),
    ]


def test_who_was_not_there_is_asked_why_and_nothing_about_the_festival() -> None:
    interview = begin("after_the_festival")
    answer(interview, was_there="no")
    assert list(refs(interview)) == ["was_there", "why_absent", "come_again", "age_group", "do_better"]


@pytest.mark.parametrize(("number", "taken"), [("0", True), ("50", True), ("51", False), ("-1", False)])
def test_companions_are_counted_within_reason(number: str, taken: bool) -> None:
    interview = begin("after_the_festival")
    answer(interview, companions=number)
    assert interview.valid(refs(interview)["companions"]) is taken
