from __future__ import annotations

import csv
import io
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from gettext import GNUTranslations, ngettext
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from admin.charts import not_counted
from admin.disclosure import Figures, Results
from admin.exports.codebook import Version, in_our_words, read_codebook
from admin.exports.columns import Code, Record, columns_of, headers, left_out, quoting, worded
from admin.exports.command import CannotExportError, export_rows, told
from admin.exports.rows import Refusal, RefusedError, as_csv, file_name, gaps, prepare, texts_left_out
from admin.exports.semicolons import guarded, line
from admin.results import close_and_release
from admin.site import Site
from storage.models import Answer, AuditEntry, Response, SurveyState
from storage.queries.rows import Exported
from tests.admin.answered import Answered, survey_of, xform_of
from tests.admin.office import Office, heading, hire, texts
from wiring.files import load_german

# --- columns ----------------------------------------------------------------------------------------------------------

HOUSE = """
| survey | | | | |
| | type | name | label::Deutsch (de) | label::العربية (ar) |
| | note | hello | Guten Tag | مرحبا |
| | select_one yes_no or_other | garden | **Garten?** | هل لديكم حديقة؟ |
| | select_multiple wish | wishes | Was fehlt? | ماذا ينقص؟ |
| | integer | trees | Wie viele Bäume? | كم شجرة؟ |
| | decimal | rooms | Zimmer | غرف |
| | date | since | Seit wann? | منذ متى؟ |
| | text | idea | =Ihre Idee zu ${trees} | فكرتكم |
| choices | | | | |
| | list_name | name | label::Deutsch (de) | label::العربية (ar) |
| | yes_no | yes | Ja | نعم |
| | yes_no | -99 | Weiß nicht | لا أعرف |
| | wish | bench | Bänke, viele; neue | مقاعد |
| | wish | tree | Bäume | أشجار |
"""
LATER = (
    HOUSE.replace("| | integer | trees", "| | text | street | Straße | شارع |\n| | integer | trees").replace(
        "| | date | since | Seit wann? | منذ متى؟ |\n", ""
    )
    + "| | wish | light | Licht | إضاءة |\n"
)

Rows = list[list[str]]


def cells(
    tables: Sequence[str], *answers: tuple[int, dict[str, str]], labels: str | None = None
) -> list[dict[str, object]]:
    """The cells of rows by header. Each answer names its questionnaire by its place."""
    read = read_codebook([Version(number, xform_of(table)) for number, table in enumerate(tables)])
    codebook = in_our_words(read, texts(), "de")
    columns = columns_of(codebook, anonymous=True, say=str)
    records = [
        Record("Nordstadt", "ar", {(version, f"/data/{name}"): value for name, value in given.items()})
        for version, given in answers
    ]
    said = headers(columns, labels)
    return [
        {header: column.cell(record, labels) for header, column in zip(said, columns, strict=True)}
        for record in records
    ]


def names(*tables: str) -> list[str]:
    return list(cells(tables, (0, {}))[0])


def test_a_question_with_many_options_has_a_summary_and_a_column_for_each_option() -> None:
    assert names(HOUSE) == [
        "_language", "_area", "garden", "garden_other", "wishes", "wishes/bench", "wishes/tree", "trees", "rooms",
        "since", "idea",
    ]  # fmt: skip


def test_an_option_is_one_or_zero_and_empty_where_nothing_was_answered() -> None:
    some, none = cells([HOUSE], (0, {"wishes": "tree"}), (0, {"trees": "2"}))
    assert (some["wishes"], some["wishes/bench"], some["wishes/tree"]) == ("tree", False, True)
    assert (none["wishes"], none["wishes/bench"], none["wishes/tree"]) == (None, None, None)


def test_a_free_text_given_with_an_option_does_not_lose_the_option() -> None:
    """Case 29: both have a column."""
    (row,) = cells([HOUSE], (0, {"garden": "other", "garden_other": "Balkon"}))
    assert (row["garden"], row["garden_other"]) == ("other", "Balkon")


@pytest.mark.parametrize(
    ("language", "other", "which"),
    [("de", "Etwas anderes", "Bitte schreiben Sie, was genau."), ("ar", "شيء آخر", "يرجى كتابة ما هو بالضبط.")],
)
def test_what_the_converter_adds_is_said_as_the_chat_says_it(language: str, other: str, which: str) -> None:
    (row,) = cells([HOUSE], (0, {"garden": "other", "garden_other": "Balkon"}), labels=language)
    assert other in row.values()
    assert row[which] == "Balkon"


def test_a_questionnaire_that_names_no_language_is_in_that_of_the_town() -> None:
    table = "| survey | | | |\n| | type | name | label |\n| | select_one a or_other | one | Was? |\n"
    table += "| choices | | | |\n| | list_name | name | label |\n| | a | x | Ja |\n"
    book = in_our_words(read_codebook([Version(1, xform_of(table))]), texts(), "de")
    assert [each.label("") for each in book.variables[0].options] == ["Ja", "Etwas anderes"]


def test_labels_stand_in_headers_and_cells_in_the_chosen_language_without_signs() -> None:
    (row,) = cells([HOUSE], (0, {"garden": "yes", "wishes": "bench tree", "trees": "3"}), labels="de")
    assert row["Garten?"] == "Ja"
    assert row["Was fehlt?"] == "Bänke, viele; neue | Bäume"
    assert row["Was fehlt? – Bäume"] is True
    assert row["Language of the answers"] == "Arabisch"
    assert "=Ihre Idee zu […]" in row
    (row,) = cells([HOUSE], (0, {"garden": "yes"}), labels="ar")
    assert row["هل لديكم حديقة؟"] == "نعم"
    assert row["Language of the answers"] == "العربية"


@pytest.mark.parametrize("labels", ["written", "xx", "klingon of the north", "!"])
def test_in_labels_of_no_known_language_a_language_is_a_code(labels: str) -> None:
    (row,) = cells([HOUSE], (0, {}), labels=labels)
    assert row["Language of the answers"] == "ar"


def test_numbers_and_dates_are_no_texts_and_a_code_that_is_a_number_is_no_formula() -> None:
    (row,) = cells([HOUSE], (0, {"garden": "-99", "trees": "-4", "rooms": "3.50", "since": "2021-03-04"}))
    assert row["garden"] == "-99"
    assert isinstance(row["garden"], Code)
    assert (row["trees"], row["rooms"], row["since"]) == (Decimal(-4), Decimal("3.50"), date(2021, 3, 4))
    assert line([row["garden"], row["trees"], row["rooms"], row["since"], True, None]) == (  # type: ignore[list-item]
        '"-99";-4;3,50;2021-03-04;1;\r\n'
    )


@pytest.mark.parametrize("stored", ["1e999999999", "many", "NaN", "9" * 60])
def test_a_number_that_cannot_be_written_out_stays_as_it_was_stored(stored: str) -> None:
    (row,) = cells([HOUSE], (0, {"rooms": stored}))
    assert row["rooms"] == stored


def test_versions_are_merged_with_what_only_one_of_them_has_in_its_place() -> None:
    """Case 29: no column is missing for a question that came or went."""
    old = (0, {"wishes": "tree", "since": "2020-01-01"})
    new = (1, {"wishes": "tree", "street": "Lindenstraße"})
    before, after = cells([HOUSE, LATER], old, new)
    assert list(before) == [
        "_language", "_area", "garden", "garden_other", "wishes", "wishes/bench", "wishes/tree", "wishes/light",
        "street", "trees", "rooms", "since", "idea",
    ]  # fmt: skip
    assert (before["since"], after["street"]) == (date(2020, 1, 1), "Lindenstraße")
    assert after["wishes/light"] is False
    assert before["wishes/light"] is None, "it was not on offer then"


def test_a_name_that_means_something_else_in_a_later_version_is_a_column_of_its_own() -> None:
    changed = HOUSE.replace("| integer | trees", "| text | trees")
    old, new = cells([HOUSE, changed], (0, {"trees": "4"}), (1, {"trees": "four"}))
    assert (old["trees"], old["trees_2"]) == (None, Decimal(4))
    assert (new["trees"], new["trees_2"]) == ("four", None)


def test_questions_of_the_same_name_in_two_groups_are_told_apart() -> None:
    table = """
| survey | | | |
| | type | name | label |
| | begin_group | mother | Mother |
| | text | work | Work? |
| | text | _area | Area? |
| | end_group | | |
| | begin_group | father | Father |
| | text | work | Work? |
| | end_group | | |
"""
    assert names(table) == ["_language", "_area_2", "mother/work", "_area", "father/work"]
    said = list(cells([table], (0, {}), labels="written")[0])
    assert said[2:] == ["Work? [mother/work]", "Area?", "Work? [father/work]"], "alike but for their names"


def test_options_that_depend_on_an_answer_have_their_columns_all_the_same() -> None:
    table = """
| survey | | | | |
| | type | name | label | choice_filter |
| | select_multiple place | liked | Liked | |
| | select_multiple place | best | Best | selected(${liked}, name) |
| choices | | | |
| | list_name | name | label |
| | place | park | Park |
| | place | pool | Pool |
"""
    assert names(table)[2:] == ["liked", "liked/park", "liked/pool", "best", "best/park", "best/pool"]


def test_answers_within_repeats_have_numbered_columns() -> None:
    table = """
| survey | | | |
| | type | name | label |
| | begin_repeat | child | Child |
| | integer | age | Age |
| | end_repeat | | |
"""
    refs = ("/data/child[10]/age", "/data/child[2]/age")
    codebook = read_codebook([Version(1, xform_of(table), refs)])
    columns = columns_of(codebook, anonymous=True, say=str)
    assert [column.name for column in columns][2:] == ["child[2]/age", "child[10]/age"]
    assert columns[3].cell(Record(None, None, {(1, refs[0]): "7"}), None) == 7


NESTED = """
| survey |
| | type | name | label::Deutsch (de) | label::English (en) |
| | begin_repeat | house | Haushalt | Household |
| | text | street | Straße? | Street? |
| | begin_repeat | kind | Kind | |
| | select_multiple wish | wishes | Was fehlt? | What is missing? |
| | integer | age | Wie alt? | How old? |
| | end_repeat | | | |
| | end_repeat | | | |
| choices |
| | list_name | name | label::Deutsch (de) | label::English (en) |
| | wish | tree | Bäume | Trees |
"""


def test_a_heading_names_the_entry_and_the_machines_name_stays_as_it_is() -> None:
    refs = tuple(f"/data/house[2]/{name}" for name in ("street", "kind[1]/wishes", "kind[1]/age"))
    codebook = read_codebook([Version(1, xform_of(NESTED), refs)])
    columns = columns_of(codebook, anonymous=True, say=str)
    assert headers(columns, "de")[2:] == [
        "Haushalt 2: Straße?",
        "Haushalt 2, Kind 1: Was fehlt?",
        "Haushalt 2, Kind 1: Was fehlt? – Bäume",
        "Haushalt 2, Kind 1: Wie alt?",
    ]
    assert headers(columns, "en")[2] == "Household 2: Street?"
    assert headers(columns, None)[2:] == [
        "house[2]/street", "house[2]/kind[1]/wishes", "house[2]/kind[1]/wishes/tree", "house[2]/kind[1]/age",
    ]  # fmt: skip


def test_an_order_is_read_by_its_labels_and_a_calculation_that_gives_numbers_is_a_number() -> None:
    table = """
| survey |
| | type | name | label | calculation |
| | rank wish | first | Was zuerst? | |
| | decimal | weight | Gewicht? | |
| | calculate | half | | ${weight} div 2 |
| | calculate | said | | concat(${weight}, '') |
| choices |
| | list_name | name | label |
| | wish | tree | Bäume |
| | wish | light | Licht |
"""
    told = {"first": "light tree", "weight": "80.6", "half": "40.3", "said": "80.6"}
    (row,) = cells([table], (0, told))
    assert (row["first"], row["half"], row["said"]) == ("light tree", Decimal("40.3"), "80.6")
    (labelled,) = cells([table], (0, told), labels="written")
    assert labelled["Was zuerst?"] == "Licht | Bäume"
    (row,) = cells([table], (0, {"half": "0.000009300000000000001"}))
    assert line([row["half"], Decimal("40.3")]) == "0,000009300000000000001;40,3\r\n"  # type: ignore[list-item]


TABLE_AND_REPEAT = """
| survey  |                 |       |            |            |
|         | type            | name  | label      | appearance |
|         | begin_group     | rate  | How is …   | table-list |
|         | select_one good | light | the light? |            |
|         | end_group       |       |            |            |
|         | begin_repeat    | child | Children   |            |
|         | integer         | age   | How old?   |            |
|         | end_repeat      |       |            |            |
|         | geotrace        | way   | Which way? |            |
|         | time            | hour  | When?      |            |
| choices |                 |       |            |            |
|         | list_name       | name  | label      |            |
|         | good            | g     | Good       |            |
"""


def test_what_heads_a_table_or_cannot_be_asked_is_no_variable_and_a_time_is_no_free_text() -> None:
    codebook = read_codebook([Version(1, xform_of(TABLE_AND_REPEAT))])
    assert [(each.name, each.heading("")) for each in codebook.variables] == [
        ("light", "How is …: the light?"), ("child/age", "Children: How old?"), ("hour", "When?"),
    ]  # fmt: skip
    assert codebook.free_texts == ()
    nobody = Results(1, 5, Figures((1,), 30, {}), {})
    assert [each.name for each in not_counted(codebook, nobody)] == ["hour"]
    earlier = replace(nobody, all_kinds=False)
    assert [each.name for each in not_counted(codebook, earlier)] == ["child/age", "hour"]


def test_of_an_anonymous_survey_times_and_ids_of_interviews_are_left_out_however_they_got_in() -> None:
    table = """
| survey | | | | | |
| | type | name | label | calculation | default |
| | start | begun | | | |
| | integer | age | Age | | |
| | calculate | moment | | now() | |
| | calculate | hour | | substr(${moment}, 11, 13) | |
| | date | day | Day | | today() |
| | calculate | double | | ${age} * 2 | |
"""
    codebook = read_codebook([Version(1, xform_of(table))])
    assert [column.name for column in columns_of(codebook, anonymous=True, say=str)] == [
        "_language", "_area", "age", "double",
    ]  # fmt: skip
    assert left_out(codebook) == ("moment", "hour", "day")
    assert "day" in [column.name for column in columns_of(codebook, anonymous=False, say=str)]


QUOTING = """
| survey | | | | | |
| | type | name | label | calculation | hint |
| | text | name | Your name | | |
| | text | silent | | | Anything else? |
| | acknowledge | read | I have read it | | |
| | integer | trees | Trees | | |
| | calculate | greeting | | concat('Hello ', ${name}) | |
| | calculate | letter | | concat(${greeting}, '!') | |
| | calculate | double | | ${trees} * 2 | |
"""


def test_free_texts_are_what_people_type_with_a_label_or_without_and_nothing_that_the_form_chooses_or_works_out() -> (
    None
):
    codebook = read_codebook([Version(1, xform_of(QUOTING))])
    assert [each.name for each in codebook.free_texts] == ["name", "silent"]


def test_of_an_anonymous_survey_a_calculation_that_may_quote_a_free_text_is_left_out() -> None:
    codebook = read_codebook([Version(1, xform_of(QUOTING))])
    assert quoting(codebook) == ("greeting", "letter")
    assert [column.name for column in columns_of(codebook, anonymous=True, say=str)] == [
        "_language", "_area", "name", "silent", "read", "trees", "double",
    ]  # fmt: skip
    assert "letter" in [column.name for column in columns_of(codebook, anonymous=False, say=str)]


WORDED = """
| survey | | | | |
| | type | name | label | calculation |
| | select_one yn | clean | Clean? | |
| | calculate | said | | jr:choice-name(${clean}, '${clean}') |
| | calculate | sentence | | concat('You said: ', ${said}) |
| | calculate | code | | concat('c-', ${clean}) |
| choices | | | | |
| | list_name | name | label::English (en) | label::Română (ro) |
| | yn | yes | Yes | Da |
"""


def test_of_an_anonymous_survey_a_calculation_in_the_words_of_an_interview_is_left_out() -> None:
    codebook = read_codebook([Version(1, xform_of(WORDED))])
    assert worded(codebook) == ("said", "sentence")
    assert [column.name for column in columns_of(codebook, anonymous=True, say=str)] == [
        "_language", "_area", "clean", "code",
    ]  # fmt: skip
    assert "sentence" in [column.name for column in columns_of(codebook, anonymous=False, say=str)]


# --- CSV --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 151 234",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\u2068=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u00a0=1",
    ],
)
def test_a_text_that_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "0123", "a=b", "مرحبا", "’twas", "😀", "(1)"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=30))
def test_whatever_was_written_is_one_cell_of_one_row(text: str) -> None:
    (row,) = cells([HOUSE], (0, {"idea": text})) if text else ({"idea": None},)
    written = line([row["idea"], "end"]).encode()  # type: ignore[list-item]
    read = list(csv.reader(io.StringIO(written.decode(), newline=""), delimiter=";"))
    assert len(read) == 1
    assert len(read[0]) == 2
    assert not any(sign in written for sign in (b"\x00", b"\x0b", b"\xe2\x81\xa8"))


def test_file_names_are_plain_letters() -> None:
    def named(title: str) -> str:
        return file_name(Exported(7, {"": title}, "closed", True, 5), "de", date(2026, 11, 26))

    assert named("Wohnen im Viertel: schön & grün?") == "wohnen-im-viertel-schoen-gruen-2026-11-26.csv"
    assert named('../../etc/passwd"\r\nX: y') == "etc-passwd-x-y-2026-11-26.csv"
    assert named("استبيان") == "umfrage-7-2026-11-26.csv"


# --- out of the database ----------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG = "Sehr lange Antwort. " * 30
WRITTEN = [
    "مرحبا، «نعم» ١٢",
    "Здравейте, ще дойда",
    "Șase țări – mulțumesc",
    "Iğdır'da ılık İstanbul",
    "👩‍👩‍👧 sehr schön 😀",
    "erste Zeile\nzweite; Zeile\r\ndritte",
    'sie sagte "ja"',
    "01234567",
    "=HYPERLINK(A1)",
    "+49 151 2345",
    LONG,
]
LANGUAGES_USED = ["ar", "bg", "ro", "tr", "de", "de", "de", "de", "de", "de", "de"]


def answered(texts: Sequence[str] = WRITTEN) -> list[Answered]:
    return [
        Answered({"idea": text, "garden": "yes", "wishes": "bench", "trees": "2"}, language)
        for text, language in zip(texts, LANGUAGES_USED, strict=True)
    ]


async def put(
    site: Site,
    responses: Sequence[Answered],
    *,
    tables: Sequence[str] = (HOUSE,),
    state: SurveyState = SurveyState.CLOSED,
    title: str = "Wohnen im Viertel",
    anonymous: bool = True,
) -> int:
    """A survey that these people answered; it is closed as the office does it."""
    begun = SurveyState.OPEN if state == SurveyState.CLOSED else state
    async with site.database.write() as connection:
        survey_id = await survey_of(
            connection, site.town_id, tables, responses, title=title, anonymous=anonymous, state=begun
        )
    if state == SurveyState.CLOSED:
        await close_and_release(
            site.database, town_id=site.town_id, survey_id=survey_id, staff_id=None, now=NOW, today=NOW.date()
        )
    return survey_id


async def release_texts(site: Site, *values: str) -> None:
    """Somebody has read these texts and released them; without any: all."""
    async with site.database.write() as connection:
        chosen = Answer.value.in_(values) if values else Answer.ref == "/data/idea"
        await connection.execute(update(Answer).where(chosen).values(shown=True))


async def exported(site: Site, survey_id: int, labels: str | None = None) -> tuple[bytes, Rows]:
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    file = b"".join([piece async for piece in as_csv(site.database, export, labels=labels, say=str)])
    return file, list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))


def column(rows: Rows, name: str) -> list[str]:
    place = rows[0].index(name)
    return [row[place] for row in rows[1:]]


async def test_answers_in_all_scripts_leave_uncut_with_their_line_breaks_and_zeros(site: Site) -> None:
    survey_id = await put(site, answered())
    await release_texts(site)
    file, rows = await exported(site, survey_id)
    assert file.startswith(b'\xef\xbb\xbf"_language";')
    assert file.endswith(b"\r\n")
    expected = [text.replace("\r\n", "\n") for text in WRITTEN]
    expected[8], expected[9] = "'=HYPERLINK(A1)", "'+49 151 2345"
    assert sorted(column(rows, "idea")) == sorted(expected)
    assert "'=Ihre Idee zu […]" in (await exported(site, await put(site, answered()), "de"))[1][0]


async def test_rows_of_an_anonymous_survey_say_no_day_no_id_and_no_small_language(site: Site) -> None:
    survey_id = await put(site, answered())
    file, rows = await exported(site, survey_id)
    async with site.database.read() as connection:
        ids = [str(each) for each in await connection.scalars(select(Response.id))]
    assert not any(each.encode() in file or each.replace("-", "").encode() in file for each in ids)
    assert b"2026-11" not in file
    assert Counter(column(rows, "_language")) == {"de": 7, "": 4} or Counter(column(rows, "_language")) == {"": 11}
    assert set(column(rows, "_area")) == {"Nordstadt"}


async def test_a_free_text_of_an_anonymous_survey_stands_in_rows_only_once_somebody_has_released_it(site: Site) -> None:
    survey_id = await put(site, answered())
    file, rows = await exported(site, survey_id)
    assert set(column(rows, "idea")) == {""}
    assert not any(text.encode() in file for text in WRITTEN)
    assert set(column(rows, "garden")) == {"yes"}, "what people chose stands there all the same"
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    assert export.texts_withheld == 11
    await release_texts(site, "01234567", LONG)
    _, rows = await exported(site, survey_id)
    assert sorted(filter(None, column(rows, "idea"))) == sorted(["01234567", LONG])
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    assert export.texts_withheld == 9


async def test_free_texts_of_a_survey_that_is_not_anonymous_stand_there_as_they_were_written(site: Site) -> None:
    survey_id = await put(site, answered(), anonymous=False)
    _, rows = await exported(site, survey_id)
    assert "01234567" in column(rows, "idea")
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    assert export.texts_withheld == 0


async def test_a_code_that_was_a_text_in_another_version_needs_no_release(site: Site) -> None:
    asked_in_words = HOUSE.replace("| select_one yes_no or_other | garden", "| text | garden")
    responses = [Answered({"garden": "Ein sehr kleiner"})] * 5 + [Answered({"garden": "yes"}, version=1)] * 6
    survey_id = await put(site, responses, tables=(asked_in_words, HOUSE))
    _, rows = await exported(site, survey_id)
    assert Counter(column(rows, "garden")) == {"yes": 6, "": 5}
    assert set(column(rows, "garden_2")) == {""}
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    assert export.texts_withheld == 5


async def test_no_column_of_any_survey_holds_the_language_of_a_text(site: Site) -> None:
    survey_id = await put(site, answered(), anonymous=False)
    async with site.database.write() as connection:
        await connection.execute(update(Answer).where(Answer.ref == "/data/idea").values(language="xx"))
    file, _ = await exported(site, survey_id)
    assert b"xx" not in file


async def test_columns_come_only_from_those_who_are_in_the_rows_of_an_anonymous_survey(site: Site) -> None:
    repeat = "| | begin_repeat | child | Kind | طفل |\n| | integer | age | Alter | العمر |\n| | end_repeat | | | |\n"
    repeated = HOUSE.replace("| | text | idea", f"{repeat}| | text | idea")
    rest = [Answered({"garden": "yes", "/data/child[1]/age": "3"}, version=1)] * 6
    alone = Answered({"garden": "yes", "since": "2020-01-01", "/data/child[9]/age": "3"})
    tables = (repeated, repeated.replace("| | date | since | Seit wann? | منذ متى؟ |\n", ""))
    survey_id = await put(site, [*rest, alone], tables=tables)
    async with site.database.write() as connection:  # no figure counts the only one who answered the first version
        late = select(Answer.response_id).where(Answer.ref == "/data/since")
        await connection.execute(update(Response).where(Response.id.in_(late)).values(release=None))
    _, rows = await exported(site, survey_id)
    assert len(rows) == 1 + 6
    assert "child[1]/age" in rows[0]
    assert "child[9]/age" not in rows[0]
    assert "since" not in rows[0]


async def test_rows_that_say_no_age_are_counted(site: Site) -> None:
    table = HOUSE.replace("| | text | idea", "| | select_one yes_no | age_group | Alt? | العمر؟ |\n| | text | idea")
    aged = [Answered({"age_group": "yes"})] * 9 + [Answered({"garden": "yes"})] * 6
    export = await prepare(site.database, site.town_id, await put(site, aged, tables=(table,)))
    assert export is not None
    assert export.without_age == 6
    few = [Answered({"age_group": "yes"})] * 9 + [Answered({"age_group": "-99"})] * 2
    export = await prepare(site.database, site.town_id, await put(site, few, tables=(table,)))
    assert export is not None
    assert export.without_age == 11, "two of another age would stand out: closing has removed it of all"
    export = await prepare(site.database, site.town_id, await put(site, answered()))
    assert export is not None
    assert export.without_age == 0, "the age was not asked"


AGED = HOUSE.replace("| | text | idea", "| | select_one yes_no | age_group | Alt? | العمر؟ |\n| | text | idea")


async def test_what_many_rows_do_not_say_is_said_with_numbers_and_of_few_rows_nothing(site: Site) -> None:
    some = [Answered({"age_group": "yes"})] * 9 + [Answered({"garden": "yes"})] * 6
    few = [Answered({"age_group": "yes"})] * 90 + [Answered({"garden": "yes"})] * 10
    for responses, said in ((some, ["In 6 of 15 rows the age is missing."]), (few, [])):
        export = await prepare(site.database, site.town_id, await put(site, responses, tables=(AGED,)))
        assert export is not None
        assert gaps(str, export)[:1] == said
        assert not said or "area, language and age together" in gaps(str, export)[-1]


async def test_what_no_row_says_is_not_promised(site: Site, office: Office) -> None:
    one_each = [Answered({"age_group": "yes"}, language) for language in ("ar", "bg", "ro", "tr", "de", "en")]
    path = f"/admin/surveys/{await put(site, one_each, tables=(AGED,))}/export"
    page = await office.read(path)
    assert "Die Sprache steht in keiner Zeile." in page
    assert "6 Zeilen, eine für jeden vollständigen Antwortbogen, mit Gebiet und Antworten." in page
    page = await office.read(f"/admin/surveys/{await put(site, answered()[4:])}/export")
    assert "mit Sprache, Gebiet und Antworten" in page
    assert "Achtung" not in page
    assert "noch niemand" not in page


async def test_rows_of_a_survey_that_is_not_anonymous_lack_only_what_was_not_told(site: Site) -> None:
    export = await prepare(site.database, site.town_id, await put(site, answered(), anonymous=False))
    assert export is not None
    assert gaps(str, export) == []


async def test_rows_come_in_an_order_that_has_nothing_to_do_with_when_they_were_given(site: Site) -> None:
    responses = [Answered({"trees": str(number)}) for number in range(300)]
    _, rows = await exported(site, await put(site, responses))
    trees = column(rows, "trees")
    assert sorted(trees, key=int) == [str(number) for number in range(300)]
    assert trees != sorted(trees, key=int)


async def test_whoever_did_not_come_to_the_end_is_in_no_row(site: Site) -> None:
    responses = [*answered(), Answered({"idea": "half"}, complete=False)]
    _, rows = await exported(site, await put(site, responses))
    assert len(rows) == 12
    assert "half" not in column(rows, "idea")


async def test_rows_of_a_survey_that_is_not_anonymous_have_days_and_a_number_of_chance(site: Site) -> None:
    survey_id = await put(site, answered()[:3] + answered()[3:4], anonymous=False, state=SurveyState.OPEN)
    _, rows = await exported(site, survey_id)
    assert rows[0][:5] == ["_language", "_area", "_response", "_started_on", "_completed_on"]
    assert set(column(rows, "_completed_on")) == {"2026-11-04"}
    assert len(set(column(rows, "_response"))) == 4
    assert sorted(column(rows, "_language")) == ["ar", "bg", "ro", "tr"]


@pytest.mark.parametrize(
    ("state", "number", "anonymous", "reason"),
    [
        (SurveyState.OPEN, 11, True, Refusal.STILL_OPEN),
        (SurveyState.CLOSED, 4, True, Refusal.TOO_FEW),
        (SurveyState.CLOSED, 0, False, Refusal.NOBODY),
        (SurveyState.DRAFT, 0, False, Refusal.DRAFT),
    ],
)
async def test_rows_that_may_not_leave_are_refused(
    site: Site, state: SurveyState, number: int, anonymous: bool, reason: Refusal
) -> None:
    survey_id = await put(site, answered()[:number], state=state, anonymous=anonymous)
    with pytest.raises(RefusedError) as refused:
        await prepare(site.database, site.town_id, survey_id)
    assert refused.value.reason is reason


async def test_twenty_thousand_rows_need_no_more_memory_than_a_few(site: Site) -> None:
    responses = [Answered({"idea": f"{number} {LONG}", "wishes": "bench tree"}) for number in range(20_000)]
    survey_id = await put(site, responses)
    del responses
    await release_texts(site)
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    size = 0
    tracemalloc.start()
    try:
        async for piece in as_csv(site.database, export, labels=None, say=str):
            size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 12_000_000
    assert peak < 6_000_000


# --- the page ---------------------------------------------------------------------------------------------------------

PURPOSE = "Bericht an den Rat der Stadt"


async def entries(site: Site) -> list[AuditEntry]:
    async with site.database.read() as connection:
        found = await connection.execute(
            select(AuditEntry.staff_id, AuditEntry.survey_id, AuditEntry.detail).where(
                AuditEntry.action == "rows.export"
            )
        )
        return list(found)  # type: ignore[arg-type]


async def test_the_page_says_what_is_in_the_file_and_gives_it_for_a_purpose(site: Site, office: Office) -> None:
    survey_id = await put(site, answered())
    path = f"/admin/surveys/{survey_id}/export"
    page = await office.read(path)
    assert "11 " in page
    assert "العربية" in page
    answer = await office.send(path, {"purpose": PURPOSE, "labels": "ar"}, page=path)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="wohnen-im-viertel-2026-11-26.csv"'
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"
    assert "هل لديكم حديقة؟" in answer.content.decode("utf-8-sig")
    (entry,) = await entries(site)
    assert entry.staff_id is not None
    assert entry.survey_id == survey_id
    assert entry.detail == {"purpose": PURPOSE, "format": "csv", "labels": "ar", "rows": 11}


@pytest.mark.parametrize("fields", [{}, {"purpose": "x", "labels": "de"}, {"purpose": PURPOSE, "labels": "xx"}])
async def test_without_a_purpose_or_a_choice_nothing_leaves(site: Site, office: Office, fields: dict[str, str]) -> None:
    path = f"/admin/surveys/{await put(site, answered())}/export"
    answer = await office.send(path, fields, page=path)
    assert answer.status_code == 422
    assert "01234567" not in answer.text
    assert await entries(site) == []


async def test_the_page_says_how_many_texts_are_missing_and_leads_to_where_they_are_released(
    site: Site, office: Office
) -> None:
    survey_id = await put(site, answered())
    path, texts = f"/admin/surveys/{survey_id}/export", f"/admin/surveys/{survey_id}/texts"
    page = await office.read(path)
    assert "11 Texte stehen nicht in den Zeilen, weil sie nicht freigegeben sind." in page
    assert f'href="{texts}"' in page
    await release_texts(site, *WRITTEN[:8], *WRITTEN[9:])
    assert "1 Text steht nicht in den Zeilen, weil er nicht freigegeben ist." in await office.read(path)
    await release_texts(site)
    page = await office.read(path)
    assert "nicht in den Zeilen" not in page
    assert f'href="{texts}"' in page
    assert "stehen so da, wie" not in page
    assert "In der heruntergeladenen Tabelle steht ein Text, den Sie ankreuzen," in await office.read(texts)


async def test_who_may_not_manage_is_told_who_releases_texts(site: Site, visitor: Office) -> None:
    await hire(site, "otto", ("export",))
    await visitor.sign_in("otto")
    survey_id = await put(site, answered())
    page = await visitor.read(f"/admin/surveys/{survey_id}/export")
    assert "11 Texte stehen nicht" in page
    assert "/texts" not in page


async def test_the_page_warns_that_a_line_can_be_recognised(site: Site, office: Office) -> None:
    for anonymous in (True, False):
        survey_id = await put(site, answered(), anonymous=anonymous)
        page = await office.read(f"/admin/surveys/{survey_id}/export")
        assert "Eine Zeile kann jemanden verraten" in page
        assert ("Zeilen, weil" in page) is anonymous


async def test_a_running_anonymous_survey_is_refused_in_words(site: Site, office: Office) -> None:
    path = f"/admin/surveys/{await put(site, answered(), state=SurveyState.OPEN)}/export"
    answer = await office.get(path)
    assert answer.status_code == 200
    assert 'action="' + path not in answer.text
    assert (await office.send(path, {"purpose": PURPOSE, "labels": "de"})).status_code == 409
    assert heading(answer)


async def test_who_may_only_manage_gets_no_rows(site: Site, visitor: Office) -> None:
    await hire(site, "otto", ("manage",))
    await visitor.sign_in("otto")
    path = f"/admin/surveys/{await put(site, answered())}/export"
    assert (await visitor.get(path)).status_code == 403
    assert (await visitor.send(path, {"purpose": PURPOSE, "labels": "de"})).status_code == 403
    assert (await visitor.get("/admin/surveys/999/export")).status_code in (403, 404)


async def test_a_survey_that_is_not_there_is_not_found(office: Office) -> None:
    assert (await office.get("/admin/surveys/999/export")).status_code == 404


# --- the command line -------------------------------------------------------------------------------------------------


def files(folder: Path) -> list[str]:
    """What lies in a folder beside the database of the test."""
    return sorted(each.name for each in folder.iterdir() if "sqlite" not in each.name)


async def write(site: Site, wanted: str, path: Path, *, force: bool = False, purpose: str | None = None) -> int:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    done = await export_rows(
        site.database,
        site.town_id,
        wanted,
        labels="de",
        path=path,
        purpose=purpose,
        force=force,
        now=now,
        texts=texts(),
    )
    return done.number


async def test_the_command_writes_a_file_for_its_owner_alone_and_an_entry_without_staff(
    site: Site, tmp_path: Path
) -> None:
    survey_id = await put(site, answered())
    path = tmp_path / "rows.csv"
    assert await write(site, "wohnen im viertel", path) == 11
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert files(tmp_path) == ["rows.csv"]
    (entry,) = await entries(site)
    assert (entry.staff_id, entry.survey_id) == (None, survey_id)
    assert entry.detail["purpose"] == "command line"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 text is not in the rows because it has not been released."),
        (55, "55 texts are not in the rows because they have not been released."),
    ],
)
def test_the_command_says_how_many_texts_are_missing_in_words_of_their_number(number: int, said: str) -> None:
    assert texts_left_out(ngettext, number) == said


async def test_the_command_writes_over_a_file_only_when_told_to(site: Site, tmp_path: Path) -> None:
    survey_id = await put(site, answered())
    path = tmp_path / "rows.csv"
    path.write_text("mine")
    with pytest.raises(CannotExportError, match="--force"):
        await write(site, str(survey_id), path)
    assert path.read_text() == "mine"
    assert await entries(site) == []
    await write(site, str(survey_id), path, force=True, purpose=PURPOSE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"Garten?" in path.read_bytes()


async def test_the_command_says_what_stands_against_it(site: Site, tmp_path: Path) -> None:
    await put(site, answered(), title="Zweimal")
    await put(site, answered(), title="Zweimal", state=SurveyState.OPEN)
    for wanted, reason in (
        ("Zweimal", "Several"),
        ("Nichts", "no survey"),
        ("99", "no survey"),
        ("2", "still running"),
    ):
        with pytest.raises(CannotExportError, match=reason):
            await write(site, wanted, tmp_path / "rows.csv")
    with pytest.raises(CannotExportError, match="cannot be written"):
        await write(site, "1", tmp_path / "missing" / "rows.csv")
    assert files(tmp_path) == []


async def test_the_command_answers_in_german_and_in_english_where_that_is_asked_for(site: Site, tmp_path: Path) -> None:
    survey_id = await put(site, answered())
    done = await prepare(site.database, site.town_id, survey_id)
    assert done is not None
    first, *_, last = told(done, Path("rows.csv"), with_files=False)
    assert first == "rows.csv has 11 rows."
    assert last == "11 texts are not in the rows because they have not been released."
    german = GNUTranslations(BytesIO(load_german()))
    *_, last = told(done, Path("rows.csv"), with_files=False, words=german)
    assert last == "11 Texte stehen nicht in den Zeilen, weil sie nicht freigegeben sind."
    with pytest.raises(CannotExportError, match="Bitte schreiben Sie"):
        await export_rows(
            site.database,
            site.town_id,
            str(survey_id),
            labels="de",
            path=tmp_path / "rows.csv",
            texts=texts(),
            purpose="x",
            force=False,
            now=datetime(2026, 11, 26, tzinfo=UTC),
            words=german,
        )
