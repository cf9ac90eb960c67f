"""Questionnaires in the admin: taken in after a check, listed with what they lack, and given back as they came."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from admin.access import Right
from admin.importing import MAX_FILE, Finding, Report, check_revision, kept_report
from admin.judging import judge
from admin.sentences import sentences
from admin.site import Site
from dialogues.forms import Form
from dialogues.forms.reasons import Reason
from storage.models import AuditEntry, Questionnaire
from storage.services.surveys import hold_questionnaire, keep_report, remove_questionnaire
from tests.admin.office import Office, heading, hire
from tests.admin.papers import BROKEN, SQUARE, TWO_LANGUAGES, draft, fields_of, open_up, take_in
from tests.admin.said import every_sentence

ROOT = Path(__file__).parents[2]
LIST = "/admin/questionnaires"


async def how_many(site: Site) -> int:
    async with site.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(Questionnaire)) or 0


async def test_a_good_questionnaire_is_taken_in_and_shown(office: Office, site: Site) -> None:
    answer = await take_in(office, SQUARE, "square.xlsx")
    assert answer.status_code == 303
    page = await office.get(answer.headers["location"])
    assert heading(page) == "Was soll auf dem Platz passieren?"
    assert "Der Fragebogen ist in Ordnung und aufgenommen." in page.text
    assert "Wie oft sind Sie auf dem Platz?" in page.text
    assert "26. November 2026" in page.text
    assert await how_many(site) == 1


async def test_copies_of_a_questionnaire_are_told_apart_wherever_one_is_chosen(office: Office) -> None:
    settings = "| settings | | |\n|  | form_title | version |\n|  | Wohnen im Viertel | 7b |\n"
    autumn = HEAD + "|  | text | wish | Was fehlt? | |\n" + settings
    await take_in(office, TWO_LANGUAGES, "spring.md")
    copy = (await take_in(office, autumn.encode(), "autumn.md")).headers["location"]
    moment = "26. November 2026, 10:00 Uhr"
    for page in (LIST, copy):
        text = await office.read(page)
        assert "<bdi>autumn.md</bdi>" in text
        assert "<bdi>7b</bdi>" in text
        assert moment in text
    for page in ("/admin/surveys/new", f"/admin/surveys/new?questionnaire={copy.rpartition('/')[2]}"):
        text = await office.read(page)
        assert f"Datei: <bdi>autumn.md</bdi> · Version: <bdi>7b</bdi> · aufgenommen am {moment}" in text
    assert f"Datei: <bdi>spring.md</bdi> · aufgenommen am {moment}" in await office.read("/admin/surveys/new")


async def test_taking_in_stands_in_the_log(office: Office, site: Site) -> None:
    await take_in(office, SQUARE, "square.xlsx")
    async with site.database.read() as connection:
        entry = (await connection.execute(select(AuditEntry.action, AuditEntry.detail))).one()
    assert entry.action == "questionnaire.import"
    assert entry.detail == {"questionnaire": 1, "file": "square.xlsx"}


async def test_the_same_file_leads_to_the_version_that_is_there(office: Office, site: Site) -> None:
    first = await take_in(office, SQUARE, "square.xlsx")
    second = await take_in(office, SQUARE, "another name.xlsx")
    assert second.headers["location"] == first.headers["location"]
    assert "Genau diese Datei ist schon da." in await office.read(second.headers["location"])
    assert await how_many(site) == 1


async def test_what_is_wrong_is_said_in_german_with_sheet_and_row_and_nothing_is_stored(
    office: Office, site: Site
) -> None:
    answer = await take_in(office, BROKEN, "broken.md")
    assert answer.status_code == 422
    assert "Nicht aufgenommen: broken.md" in answer.text
    assert "Tabellenblatt „survey“, Zeile 3:" in answer.text
    assert "Spalte „relevant“: Die Funktion „wishes()“ gibt es nicht." in answer.text
    assert "Es wurde nichts gespeichert." in answer.text
    assert await how_many(site) == 0


async def test_in_english_the_report_is_english(site: Site) -> None:
    await hire(site, language="en")
    async with Office.at(site) as office:
        await office.sign_in()
        answer = await take_in(office, BROKEN, "broken.md")
    assert "Sheet “survey”, row 3:" in answer.text
    assert "Column “relevant”: There is no function “wishes()”." in answer.text


HEAD = "| survey | | | |\n|  | type | name | label | relevant |\n"
CHOICES = "| choices | | | |\n|  | list_name | name | label |\n|  | yesno | yes | Ja |\n"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            HEAD + "| | text | a | A | ${nobody} = 1 |",
            "Zeile 2: In der Spalte „relevant“ steht „${nobody}“. Eine Frage mit dem Namen „nobody“ gibt es nicht.",
        ),
        (HEAD + "| | text | a | A ${nobody} | |", "Zeile 2: In der Spalte „label“ steht „${nobody}“."),
        (HEAD + "| | text | a | A | ${no body} = 1 |", "In der Spalte „relevant“ steht „${no body}“."),
        (HEAD + "| | text | a b | A | |", "Der Name „a b“ geht nicht."),
        (
            HEAD + "| | select_one no | a | A | |\n" + CHOICES,
            "Zeile 2: Die Liste „no“ fehlt im Tabellenblatt „choices“.",
        ),
        (HEAD + "| | select_one no | a | A | |", "Das Tabellenblatt „choices“ fehlt."),
        (CHOICES, "Das Tabellenblatt „survey“ fehlt."),
        (HEAD.replace("type", "kind") + "| | text | a | A | |", "Zeile 1: Die Spalte „type“ fehlt."),
        (HEAD + "| | begin group | g | G | |\n| | text | a | A | |", "weiter unten fehlt „end group“."),
        (HEAD + "| | text | a | A | |\n| | end repeat | | | |", "Zeile 3: Hier steht „end repeat“"),
        (
            HEAD + "| | text | a | A | |\n| | txt | b | B | |",
            "Zeile 3: Die Frageart „txt“ gibt es nicht. Meinten Sie „text“?",
        ),
        (HEAD + "| | text | a | A | |\n| | text | a | B | |", "Zeile 3: Der Name „a“ steht schon in Zeile 2."),
        (HEAD + "| | text | meta | A | |", "Keine Frage darf „meta“ heißen."),
        (HEAD + "| | text | | A | |", "Zeile 2: Diese Frage oder Gruppe hat keinen Namen."),
        (HEAD + "| | text | a | | |", "Zeile 2: Die Frage „a“ hat keinen Text."),
        (HEAD + "| | | a | A | |", "Zeile 2: Die Spalte „type“ ist leer."),
        (
            HEAD + "| | select_one yesno | a | A | |\n" + CHOICES + "| | yesno | | Nein |",
            "Diese Antwort hat keinen Namen.",
        ),
    ],
)
async def test_the_most_common_mistakes_are_said_in_german_with_their_row(
    office: Office, table: str, said: str
) -> None:
    answer = await take_in(office, (table + "\n").encode(), "table.md")
    assert answer.status_code == 422
    shown = " ".join(re.sub(r"<[^>]+>", "", unescape(answer.text)).split())
    assert said.casefold() in shown.casefold()
    assert "im Wortlaut" not in answer.text


async def test_all_that_is_wrong_is_said_at_once(office: Office) -> None:
    rows = ["| | txt | a | A | |", "| | text | b | | |", "| | text | c | C | wishes() |"]
    answer = await take_in(office, (HEAD + "\n".join(rows) + "\n").encode(), "all.md")
    places = re.findall(r"<strong>Tabellenblatt „survey“, Zeile (\d):</strong>", unescape(answer.text))
    assert places == ["2", "3", "4"]


async def test_a_questionnaire_without_the_towns_language_is_refused(office: Office, site: Site) -> None:
    table = TWO_LANGUAGES.replace(b"Deutsch (de)", b"English (en)")
    answer = await take_in(office, table, "english.md")
    assert answer.status_code == 422
    assert (
        "Bitte ergänzen Sie in den Tabellenblättern „survey“ und „choices“ die Spalte „label::Deutsch (de)“."
        in answer.text
    )
    assert await how_many(site) == 0


async def test_a_choice_that_nobody_can_read_is_refused(office: Office) -> None:
    table = HEAD + "| | select_one yesno | a | A | |\n" + CHOICES + "| | yesno | no | |\n"
    answer = await take_in(office, table.encode(), "choice.md")
    assert answer.status_code == 422
    assert "Tabellenblatt „choices“, Zeile 3:" in unescape(answer.text)
    assert "Diese Antwort hat in keiner Sprache einen Text" in answer.text


async def test_also_what_is_said_more_rarely_is_said_in_german(office: Office) -> None:
    table = HEAD.replace("relevant", "parameters") + "| | range | a | A | start=x end=y step=1 |\n"
    answer = await take_in(office, table.encode(), "range.md")
    assert answer.status_code == 422
    assert "„start“ in der Spalte „parameters“ muss eine Zahl sein" in unescape(answer.text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Die Datei ist leer."),
        (
            b"%PDF-1.7",
            "Die Datei ist keine Excel-Datei. Bitte speichern Sie die Tabelle in Excel oder LibreOffice als .xlsx.",
        ),
    ],
)
async def test_a_file_that_is_no_spreadsheet_is_refused_plainly(office: Office, content: bytes, said: str) -> None:
    answer = await take_in(office, content, "table.xlsx")
    assert answer.status_code == 422
    assert said in answer.text
    assert "BadZipFile" not in answer.text
    assert "verbessern Sie das in der Tabelle" not in answer.text


async def test_a_file_of_another_type_or_none_is_refused_in_words(office: Office) -> None:
    pdf = await take_in(office, b"%PDF", "survey.pdf")
    assert pdf.status_code == 422
    assert "Ein Fragebogen ist eine Datei der Art csv, md, xls, xlsx, zip, nicht pdf." in pdf.text
    nothing = await office.send(LIST, {"file": "text"}, page=LIST)
    assert "Bitte wählen Sie zuerst eine Datei." in nothing.text


async def test_a_file_that_is_too_large_is_refused_in_words(office: Office) -> None:
    answer = await take_in(office, b"x" * (MAX_FILE + 1), "large.md")
    assert answer.status_code == 422
    assert "Die Datei ist zu groß. Erlaubt sind 10 MB, mit Bildern und anderen Dateien 50 MB." in answer.text


async def test_a_letter_that_no_database_keeps_does_not_hinder_taking_in(office: Office) -> None:
    table = "| survey | | | | |\n| | type | name | label::Deutsch (de) | no\0te |\n| | text | a | Was? | #NAME? |\n"
    answer = await take_in(office, table.encode(), "odd.md")
    assert answer.status_code == 303
    assert "„note“" in await office.read(answer.headers["location"])


async def test_a_hostile_name_is_text_and_harms_nothing(office: Office) -> None:
    answer = await take_in(office, b"%PDF", "<img src=x onerror=alert(1)>.md\r\nX: y")
    assert answer.status_code == 422
    assert "<img src=x" not in answer.text


async def test_the_list_says_which_texts_are_missing(office: Office) -> None:
    await take_in(office, TWO_LANGUAGES, "two.md")
    await take_in(office, SQUARE, "square.xlsx")
    page = unescape(await office.read(LIST))
    assert page.index("Was soll auf dem Platz passieren?") < page.index("Wohnen im Viertel")
    assert '<bdi lang="ar">العربية</bdi>: 1 Text fehlt' in page
    assert "nicht vorhanden:" in page


async def test_a_questionnaire_that_lacks_texts_is_greeted_once_with_what_is_missing(office: Office) -> None:
    answer = await take_in(office, TWO_LANGUAGES, "two.md")
    page = unescape(await office.read(answer.headers["location"]))
    assert "in Ordnung und aufgenommen" not in page
    warning = page.split("Aufgenommen, aber einige Texte fehlen")[1].split("<section")[0]
    shown = " ".join(re.sub(r"<[^>]+>", "", warning).split())
    assert "Tabellenblatt „survey“, Zeile 4: Spalte „label“: In der Sprache „Arabic (ar)“ fehlt der Text:" in shown
    assert warning.count("<li>") == 1
    fallback = re.search(
        r'العربية</bdi>: Was dort fehlt, wird in dieser Sprache gefragt:\s+<bdi lang="de">Deutsch', warning
    )
    assert fallback


async def test_of_many_missing_texts_the_first_are_shown_and_the_others_counted(office: Office) -> None:
    rows = "".join(f"| | text | q{number} | Frage {number} | |\n" for number in range(12))
    table = f"| survey | | | | |\n| | type | name | label::Deutsch (de) | label::Arabic (ar) |\n{rows}"
    table += "| | text | last | Letzte | سؤال |\n"
    answer = await take_in(office, table.encode(), "many.md")
    page = await office.read(answer.headers["location"])
    assert len(re.findall(r"„Arabic \(ar\)“ fehlt der Text: „Frage \d+", page)) == 12
    assert len(re.findall(r"„Arabic \(ar\)“ fehlt der Text: „Frage \d+", page.split("und 2 weitere")[0])) == 10


async def test_the_page_says_what_was_kept_in_the_language_of_its_reader_and_checks_nothing(
    office: Office, site: Site
) -> None:
    where = (await take_in(office, TWO_LANGUAGES, "two.md")).headers["location"]
    found = Finding(
        "survey", 3, Reason.of("The answer “{choice}” stands twice in the list “{listed}”.", choice="x", listed="y")
    )
    async with site.database.write() as connection:  # no check would find this
        await keep_report(connection, questionnaire_id=1, report=kept_report(Report(notes=(found,))))
    assert "Die Antwort „x“ steht zweimal in der Liste „y“." in await office.read(where)
    eva = await hire(site, "eva", language="en")
    async with Office.at(site) as another:
        await another.enter(site, eva)
        page = await another.read(where)
    assert "The answer “x” stands twice in the list “y”." in page
    assert "The answer “no”" not in page


async def test_what_was_checked_before_we_kept_reports_or_by_another_check_is_checked_once_more(
    office: Office, site: Site
) -> None:
    where = (await take_in(office, TWO_LANGUAGES, "two.md")).headers["location"]
    first = await office.read(where)
    for forgotten in ({"report": None, "report_revision": None}, {"report_revision": 1}):
        async with site.database.write() as connection:
            await connection.execute(update(Questionnaire).values(**forgotten))
        assert await office.read(where) == first
        async with site.database.read() as connection:
            report, revision = (
                await connection.execute(select(Questionnaire.report, Questionnaire.report_revision))
            ).one()
        assert (len(report["notes"]), revision) == (2, check_revision())


async def test_what_todays_check_would_refuse_is_said_of_a_questionnaire_that_is_there(
    office: Office, site: Site
) -> None:
    where = (await take_in(office, TWO_LANGUAGES, "two.md")).headers["location"]
    found = Finding("survey", 3, Reason.of("There is no type of question “{kind}”.", kind="text"))
    async with site.database.write() as connection:
        report = kept_report(Report(problems=(found,)))
        await keep_report(connection, questionnaire_id=1, report=report)
    page = await office.read(where)
    assert "Diesen Fragebogen würden wir heute nicht mehr aufnehmen" in page
    assert "Die Frageart „text“ gibt es nicht." in page


async def test_what_is_hardly_meant_so_is_said_at_the_top_of_the_page(office: Office) -> None:
    table = HEAD + "| | select_one yesno | a | A | |\n| | text | b | B | ${a} = ja |\n" + CHOICES
    page = unescape(await office.read((await take_in(office, table.encode(), "doubt.md")).headers["location"]))
    assert "Aufgenommen, aber bitte sehen Sie sich das noch einmal an" in page
    assert "„ja“ steht ohne Anführungszeichen. So trifft das nie zu." in page
    assert "in Ordnung und aufgenommen" not in page


async def test_a_refusal_leads_to_what_the_guide_says_about_it(office: Office) -> None:
    table = HEAD + "| | txet | a | A | |\n| | text | b | B | ${a} = 'x |\n" + CHOICES + "| | | x | X |\n"
    page = (await take_in(office, table.encode(), "help.md")).text
    guide = await office.read(f"{LIST}/guide")
    sections = re.findall(rf'href="{LIST}/guide#(\w+)"', page)
    assert sections == ["questions", "conditions", "choices"]
    assert all(f'id="{section}"' in guide for section in sections)
    assert "Das ist uns noch aufgefallen (es allein wäre kein Hindernis)" in page
    assert "Worüber wir hinweggesehen haben" not in page


async def test_the_report_of_a_version_can_be_read_again(office: Office) -> None:
    answer = await take_in(office, TWO_LANGUAGES, "two.md")
    page = await office.read(answer.headers["location"])
    assert "Worüber wir hinweggesehen haben" in page
    assert "Die Antwort „no“ steht zweimal in der Liste „yesno“." in page
    assert "Was dort fehlt, wird in dieser Sprache gefragt" in page


async def test_what_the_questionnaires_own_language_lacks_is_named_as_a_dash(office: Office) -> None:
    table = TWO_LANGUAGES.replace("Was wünschen Sie sich?".encode(), b"")
    page = unescape(await office.read(await draft(office, table, "own.md") + "/open"))
    assert re.search(r'<bdi lang="ar">العربية</bdi>: Was dort fehlt, wird in dieser Sprache gefragt', page)
    assert re.search(r'<bdi lang="de">Deutsch</bdi>: Das ist die Grundsprache .* nur einen Strich', page)


async def test_the_file_is_given_back_as_it_came(office: Office) -> None:
    taken = await take_in(office, SQUARE, "am „Platz“.xlsx")
    answer = await office.get(taken.headers["location"] + "/workbook")
    assert answer.content == SQUARE
    assert answer.headers["content-disposition"] == 'attachment; filename="am__Platz.xlsx"'
    assert "spreadsheetml" in answer.headers["content-type"]


async def test_an_example_can_be_downloaded_and_taken_in(office: Office) -> None:
    assert f'href="{LIST}/example"' in await office.read(LIST)
    answer = await office.get(f"{LIST}/example")
    assert answer.headers["content-disposition"] == 'attachment; filename="what_should_happen_on_the_square.xlsx"'
    assert (await take_in(office, answer.content, "mine.xlsx")).status_code == 303


async def test_a_questionnaire_that_no_survey_uses_is_removed_and_stays_in_the_log(office: Office, site: Site) -> None:
    where = (await take_in(office, SQUARE, "square.xlsx")).headers["location"]
    page = f"{where}/remove"
    assert f'href="{page}"' in await office.read(where)
    assert "Fragebogen entfernen?" in await office.read(page)
    assert await how_many(site) == 1
    answer = await office.send(page, page=page)
    assert answer.headers["location"] == LIST
    assert "Der Fragebogen ist entfernt." in await office.read(LIST)
    assert await how_many(site) == 0
    assert (await office.get(where)).status_code == 404
    async with site.database.read() as connection:
        entry = (
            await connection.execute(select(AuditEntry.detail).order_by(AuditEntry.id.desc()).limit(1))
        ).scalar_one()
    assert entry == {"questionnaire": 1, "title": "Was soll auf dem Platz passieren?"}
    assert "Was soll auf dem Platz passieren?" in unescape(await office.read("/admin/audit"))
    assert (await take_in(office, SQUARE, "square.xlsx")).status_code == 303


async def test_a_questionnaire_of_a_survey_stays_and_the_page_says_why(office: Office, site: Site) -> None:
    survey = await draft(office)
    page = f"{LIST}/1/remove"
    assert f'href="{page}"' not in await office.read(f"{LIST}/1")
    assert f'href="{survey}"' in await office.read(page)
    assert "Das sind Entwürfe" in await office.read(page)
    refused = await office.send(page, page=survey + "/edit")
    assert refused.status_code == 409
    assert "lässt sich nicht entfernen" in refused.text
    await open_up(office, survey)
    assert "Darum bleibt der Fragebogen." in await office.read(page)
    assert await how_many(site) == 1


async def test_whoever_makes_a_draft_of_a_questionnaire_that_has_just_gone_is_told_so(
    office: Office, site: Site
) -> None:
    await take_in(office, SQUARE, "square.xlsx")
    form = await office.read("/admin/surveys/new?questionnaire=1")
    async with site.database.write() as connection:
        assert await remove_questionnaire(connection, town_id=site.town_id, questionnaire_id=1)
        assert not await hold_questionnaire(connection, site.town_id, 1)
    answer = await office.send("/admin/surveys/new", fields_of(form), page="/admin")
    assert answer.headers["location"] == "/admin/surveys/new"
    assert "Dieser Fragebogen wurde entfernt. Wählen Sie einen anderen." in await office.read("/admin/surveys/new")


GROUPED = """
| survey | | | | |
|  | type | name | label::Deutsch (de) | required |
|  | begin_group | home | Ihre Wohnung | |
|  | integer | rooms | Wie viele Zimmer? | yes |
|  | text | what | Was fehlt? | |
|  | end_group | | | |
|  | begin_repeat | child | Kind | |
|  | integer | age | Wie alt? | |
|  | end_repeat | | | |
"""


async def test_the_questions_stand_under_their_groups_and_what_has_to_be_answered_is_marked(office: Office) -> None:
    where = (await take_in(office, GROUPED.encode(), "grouped.md")).headers["location"]
    page = unescape(re.sub(r"<[^>]+>", "", (await office.read(where)).partition('<ol class="questions">')[2]))
    rooms, what, child = page.partition("Was fehlt?")[0], page.partition("Was fehlt?")[2], page.partition("Kind")[2]
    assert "Ihre Wohnung" in rooms
    assert "eine Antwort ist nötig" in rooms
    assert "eine Antwort ist nötig" not in what
    assert "(diese Fragen für jeden Eintrag)" in child.partition("Wie alt?")[0]


async def test_the_questions_show_where_an_answer_is_put_in_and_all_that_may_be_offered(office: Office) -> None:
    where = (await take_in(office, SQUARE, "square.xlsx")).headers["location"]
    page = unescape(await office.read(where))
    assert "Kinder bei Ihnen: […]. Bitte wählen Sie das Alter." in page
    assert "[…] steht, wo der Chat eine frühere Antwort einsetzt." in page
    narrowed = page.split("Was davon ist Ihnen am wichtigsten?")[1].split("</li>")[0]
    assert "Mehr Bäume · Bänke und Tische" in narrowed
    assert "Angeboten wird nur, was zu einer früheren Antwort passt." in narrowed
    assert page.count("Angeboten wird nur") == 1
    assert "[…]" not in await office.read((await take_in(office, TWO_LANGUAGES, "two.md")).headers["location"])


TITLES = "| settings | | |\n|  | form_title | {column} |\n|  | {title} | Wohnen |\n"


@pytest.mark.parametrize(
    ("column", "title", "is_said"),
    [
        ("resident_title::Deutsch (de)", "Unser Spielplatz", True),
        ("resident_title::Deutsch (de)", "Wohnen", False),
        ("resident_title::Deutsch (de)", "", False),
        ("resident_title::Arabic (ar)", "Unser Spielplatz", False),
    ],
)
async def test_a_title_that_nobody_sees_is_named(office: Office, column: str, title: str, is_said: bool) -> None:
    sheet = HEAD.replace("label", "label::Deutsch (de)") + "|  | text | wish | Was fehlt? | |\n"
    answer = await take_in(office, (sheet + TITLES.format(column=column, title=title)).encode(), "our_square.md")
    page = unescape(await office.read(answer.headers["location"]))
    assert ("Titel für die Menschen: Wohnen" in page) is is_said
    assert ("In der Spalte „form_title“ steht etwas anderes: „Unser Spielplatz“." in page) is is_said


class Sheets(HTMLParser):
    """Reads the tables of the guide that show sheets, as a spreadsheet in Markdown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self._row = "", list[str]()
        self._within = self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        sheet = dict(attrs).get("data-sheet")
        if tag == "table":
            self._within = sheet is not None
            self.text += f"| {sheet} |\n" if sheet else ""
        self._in_cell = tag in ("td", "th")
        if self._in_cell:
            self._row.append("")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self._row[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = False
        if tag == "tr":
            self.text += f"| | {' | '.join(self._row)} |\n" if self._within else ""
            self._row = []


@pytest.mark.parametrize("language", ["de", "en"])
async def test_the_sheets_of_the_guide_are_a_questionnaire_that_is_good(site: Site, language: str) -> None:
    await hire(site, language=language)
    async with Office.at(site) as office:
        await office.sign_in()
        assert f'href="{LIST}/guide"' in await office.read(LIST)
        page = await office.read(f"{LIST}/guide")
    report = judge(Sheets(page).text.encode(), "md", "guide", language)
    assert report.good, report.problems
    assert (report.notes, report.lacking) == ((), ())
    form = Form.parse(report.xform)
    kinds = {question.kind for question in form.questions}
    assert kinds == {"note", "select_one", "select_multiple", "integer", "date", "text"}
    assert set(re.findall(r"\$\{(\w+)\}", page)) <= {question.ref.rpartition("/")[2] for question in form.questions}


async def test_there_are_no_others(office: Office) -> None:
    for path in (f"{LIST}/1", f"{LIST}/1/workbook", f"{LIST}/1/remove", f"{LIST}/99999999999999999999"):
        assert (await office.get(path)).status_code == 404


async def test_who_may_only_export_takes_nothing_in(site: Site) -> None:
    await hire(site, rights=(Right.EXPORT,))
    async with Office.at(site) as office:
        await office.sign_in()
        assert (await office.get(LIST)).status_code == 403
        refused = await office.send(LIST, {"file": "text"}, page="/admin")
        assert refused.status_code == 403
    assert await how_many(site) == 0


def test_every_sentence_is_translated_and_none_that_nobody_says() -> None:
    assert set(sentences(str)) == every_sentence()
