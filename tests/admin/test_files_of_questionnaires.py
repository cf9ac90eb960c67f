"""A questionnaire and its files: taken in together or in a .zip, checked, shown, and given back."""

from __future__ import annotations

import io
import wave
import zipfile
from contextlib import suppress
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select

from admin.importing import Importer, Report, Trouble, Upload
from admin.judging import judge
from admin.media import take_medium
from admin.site import Site
from admin.uploads import MOST_BYTES, MOST_FILES, sort_out
from dialogues.forms import FormError
from dialogues.forms.sheets.accompanying import read_table
from storage.models import Attachment, AttachmentKind, Questionnaire
from storage.queries.questionnaires import load_files, media_of
from tests.admin.office import Office
from tests.admin.papers import TWO_LANGUAGES, draft, take_in
from tests.dialogues.forms.sheets.hostile import HOSTILE, package, zipped
from tests.dialogues.test_recordings import page, recorded, spoken, tags

LIST = "/admin/questionnaires"
FORM = b"""
| survey | | | | | |
|  | type | name | label | media::image | media::audio |
|  | select_one_from_file streets.csv | street | Where do you live? | | ask.mp3 |
|  | select_one kind | kind | Which kind? | Kinds.png | |
|  | text | more | More? | | |
| choices | | | | |
|  | list_name | name | label | media::image |
|  | kind | tree | A tree | tree.jpg |
|  | kind | bench | A bench | bench.png |
"""
STREETS = "name,label\nlinden,Lindenstraße\n".encode()


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "green")
    exif = image.getexif()
    exif[0x010F] = "A camera of mine"
    image.save(out, form, exif=exif)
    return out.getvalue()


def sound(*, tagged: bool = True) -> bytes:
    frames = b"\xff\xfb\x90\x00" + b"\x00" * 400
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x0f" + b"TPE1 my own name"[:15]
    return tag + frames + (b"TAG" + b"me".ljust(125) if tagged else b"") if tagged else frames


GIVEN = (("streets.csv", STREETS), ("kinds.PNG", picture()), ("tree.jpg", picture("JPEG")), ("ask.mp3", sound()))


def judged(*files: tuple[str, bytes], form: bytes = FORM, language: str = "") -> Report:
    return judge(form, "md", "streets", language, files=[Upload(*each) for each in files])


def said(found: tuple[object, ...]) -> list[str]:
    return [str(getattr(each, "text")) for each in found]  # noqa: B009


def test_files_that_the_questionnaire_speaks_of_are_kept_under_its_own_names() -> None:
    report = judged(*GIVEN, ("bench.png", picture()))
    assert report.good, report.problems
    kept = {each.name: each.kind for each in report.files}
    assert kept == {
        "streets.csv": "data",
        "Kinds.png": "photo",
        "tree.jpg": "photo",
        "ask.mp3": "audio",
        "bench.png": "photo",
    }
    contents = {each.name: each.content for each in report.files}
    assert contents["streets.csv"] == STREETS
    assert b"A camera" not in contents["tree.jpg"]
    assert b"my own name" not in contents["ask.mp3"]
    assert report.notes == ()


def test_a_table_that_is_missing_is_a_fault_with_its_row_and_a_picture_only_a_note() -> None:
    report = judged(("kinds.png", picture()))
    (problem,) = report.problems
    assert (problem.sheet, problem.row) == ("survey", 2)
    assert problem.text == "The file “streets.csv” is missing. Please take it in together with the questionnaire."
    assert ("choices", 2, "The file “tree.jpg” is missing. The question is asked without it.") in [
        (each.sheet, each.row, each.text) for each in report.notes
    ]


def test_a_table_that_many_rows_speak_of_is_named_once_with_all_of_them() -> None:
    rows = "".join(f"| | calculate | c{n} | | pulldata('houses', 'a', 'b', ${{q}}) |\n" for n in range(3))
    form = f"| survey |\n| | type | name | label | calculation |\n| | text | q | Q | |\n{rows}".encode()
    report = judged(form=form)
    assert [(each.row, each.text.rpartition(". ")[2]) for each in report.problems] == [
        (3, "These rows need it, too: 4, 5.")
    ]
    assert judged(("houses.csv", b"a,b\n1,2\n"), form=form).good


def test_a_file_that_nobody_mentions_is_left_out_and_said() -> None:
    report = judged(*GIVEN, ("holiday.png", picture()))
    assert "The questionnaire does not mention the file “holiday.png”. It was left out." in said(report.notes)
    assert "holiday.png" not in {each.name for each in report.files}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("streets.csv", b"\x00\x01\x02", "The file “streets.csv” is no text. Please save it as “CSV UTF-8”."),
        ("streets.csv", b" \n", "The file “streets.csv” is empty."),
        ("towns.geojson", b"[1]", "The file “towns.geojson” is no GeoJSON with a list of “features”."),
        ("towns.geojson", b"[" * 100_000, "The file “towns.geojson” is no GeoJSON with a list of “features”."),
        ("towns.xml", b"<root><item>", "The file “towns.xml”: The form is not well-formed XML"),
        (
            "towns.xml",
            b'<!DOCTYPE x [<!ENTITY a "ha">]><root>&a;</root>',
            "The file “towns.xml”: The form declares a document type or entities. That is not allowed.",
        ),
    ],
)
def test_a_table_that_is_none_is_refused(name: str, content: bytes, reason: str) -> None:
    report = judged(*GIVEN[1:], (name, content), form=FORM.replace(b"streets.csv", name.encode()))
    assert any(text.startswith(reason) for text in said(report.problems)), report.problems


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("towns.xml", b"<?xml version='1.0' encoding='ISO-8859-1'?><root><item><name>a</name></item></root>"),
        ("towns.geojson", b'{"type": "FeatureCollection", "features": []}'),
        ("streets.csv", b"\xef\xbb\xbfname,label\n"),
    ],
)
def test_tables_of_every_kind_are_taken_and_kept_in_one_encoding(name: str, content: bytes) -> None:
    report = judged(*GIVEN[1:], (name, content), form=FORM.replace(b"streets.csv", name.encode()))
    assert report.good, report.problems
    kept = next(each.content for each in report.files if each.name == name)
    assert not kept.startswith((b"\xef\xbb\xbf", b"<?xml"))


def test_a_table_as_windows_writes_it_is_tolerated_and_said() -> None:
    report = judged(*GIVEN[1:], ("streets.csv", "name,label\nlinden,Lindenstraße\n".encode("cp1252")))
    assert report.good
    assert next(each.content for each in report.files if each.kind == "data") == STREETS
    assert "The file “streets.csv” is not written in UTF-8. We read it as Windows writes it (CP1252)." in said(
        report.notes
    )


def test_media_are_known_by_what_they_are() -> None:
    voice = spoken(page(tags(b"vendor"), 1), page(b"sound", 2))
    kinds = [take_medium(each) for each in (recorded(), recorded().replace(b"isom", b"M4A "), voice)]
    assert [kind and kind[0] for kind in kinds] == [AttachmentKind.VIDEO, AttachmentKind.AUDIO, AttachmentKind.AUDIO]
    taken = take_medium(sound())
    assert taken is not None
    assert taken[1] == sound(tagged=False)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\0" * 100)
    for nothing in (b"", b"MZ\x90", b"ID3", b"ID3\x04\0\0\x7f\x7f\x7f\x7f", out.getvalue(), b"<svg/>", b"%PDF-1.7"):
        assert take_medium(nothing) is None, nothing[:10]


def test_what_a_chat_cannot_show_is_left_out_and_said() -> None:
    report = judged(*GIVEN[:2], ("tree.jpg", b"MZ\x90\x00 no picture"), GIVEN[3])
    assert report.good
    assert "The file “tree.jpg” is no picture, sound or film that a chat can show. It was left out." in said(
        report.notes
    )
    assert "tree.jpg" not in {each.name for each in report.files}


# --- a .zip -----------------------------------------------------------------------------------------------------------


def packed(*extra: tuple[str, bytes], folder: str = "streets-media/") -> bytes:
    parts = {"streets.md": FORM, **{f"{folder}{name}": content for name, content in GIVEN}, **dict(extra)}
    return zipped(parts)


@pytest.mark.parametrize("folder", ["", "streets-media/", "media/deep/"])
def test_a_zip_holds_questionnaire_and_files_wherever_they_lie(folder: str) -> None:
    report = judge(packed(("__MACOSX/._streets.md", b"x"), folder=folder), "zip", "anything")
    assert report.good, report.problems
    assert (report.name, report.file_type, report.workbook) == ("streets", "md", FORM)
    assert len(report.files) == 4


def test_a_zip_among_the_files_is_unpacked_too() -> None:
    assert len(judged(("media.zip", zipped(dict(GIVEN)))).files) == 4


def test_a_questionnaire_with_commas_is_found_among_tables() -> None:
    form = b"survey,,\n,type,name,label\n,select_one_from_file streets.csv,s,S\n"
    report = judge(zipped({"form.csv": form, "streets.csv": STREETS}), "zip", "x")
    assert report.good, report.problems
    assert (report.name, report.file_type) == ("form", "csv")


def locked() -> bytes:
    data = bytearray(zipped({"form.md": FORM}))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.find(mark) + place] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "said_of_it"),
    [
        (zipped({"a.png": picture()}), "The file contains no questionnaire"),
        (zipped({"inner.zip": packed()}), "The file contains no questionnaire"),
        (zipped({"a.md": FORM, "b.md": FORM}), "several questionnaires: “a.md, b.md”"),
        (zipped({"a.md": FORM, "x/t.csv": b"1", "y/T.csv": b"2"}), "Two files are called “T.csv”"),
        (zipped({"a.md": FORM, "bomb.bin": b"\0" * (MOST_BYTES + 1)}), "larger than 50 MB when unpacked"),
        (zipped({"a.md": FORM, **{f"{n}.txt": b"" for n in range(MOST_FILES)}}), "contains more than 300 files"),
        (zipped({"a.md": FORM, "../../etc/passwd": b"x"}), "The file “streets.csv” is missing"),
        (locked(), "protected by a password"),
        (packed()[:-30], "damaged"),
        (zipped({"a.xlsx": package(add={"xl/vbaProject.bin": b"x"})}), "contains macros"),
    ],
)
def test_a_zip_that_cannot_be_taken_is_refused_clearly(content: bytes, said_of_it: str) -> None:
    report = judge(content, "zip", "x")
    assert said_of_it in " ".join(said(report.problems))
    assert report.files == ()


async def test_all_of_it_goes_through_the_child_and_comes_back() -> None:
    importer = Importer()
    alone = await importer.check(FORM, "md", "streets", files=[Upload(*each) for each in GIVEN])
    together = await importer.check(packed(), "zip", "streets")
    assert alone.good
    assert (alone.workbook, alone.files) == (together.workbook, together.files)
    huge = [Upload("a.png", b"x" * (MOST_BYTES + 1))]
    assert (await importer.check(FORM, "md", "streets", files=huge)).trouble is Trouble.TOO_LARGE


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 700))
def test_a_damaged_zip_is_either_taken_or_refused(noise: bytes, place: int) -> None:
    whole = packed()
    for data in (noise, b"PK\x03\x04" + noise, whole[:place] + noise + whole[place + len(noise) :]):
        with suppress(FormError):
            sort_out(Upload("x.zip", data), [])


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"ID3", b"\xff\xfb", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"OggS"])
)
def test_any_bytes_are_a_medium_or_none_and_a_table_or_refused(data: bytes, begin: bytes) -> None:
    take_medium(begin + data)
    for name in ("t.csv", "t.xml", "t.geojson"):
        with suppress(FormError):
            read_table(name, data)


# --- in the admin -----------------------------------------------------------------------------------------------------


async def test_a_questionnaire_is_taken_in_with_its_files_and_shows_them(office: Office, site: Site) -> None:
    form = FORM.replace(b"label", b"label::Deutsch (de)")
    answer = await take_in(office, form, "streets.md", *GIVEN)
    assert answer.status_code == 303, answer.text
    page = unescape(await office.read(answer.headers["location"]))
    for name in ("streets.csv", "Kinds.png", "tree.jpg", "ask.mp3"):
        assert f"<bdi>{name}</bdi>" in page
    assert "Die Datei „bench.png“ fehlt. Die Frage wird ohne sie gestellt." in page
    assert "Die Datei „tree.jpg“ fehlt" not in page
    async with site.database.read() as connection:
        assert await load_files(connection, 1) == {"streets.csv": STREETS}
        assert set(await media_of(connection, 1)) == {"Kinds.png", "tree.jpg", "ask.mp3"}
    again = await take_in(office, form, "streets.md", *GIVEN)
    assert again.headers["location"] == answer.headers["location"]
    other = await take_in(office, form, "streets.md", ("streets.csv", STREETS + b"oak,Eichweg\n"))
    assert other.headers["location"] != answer.headers["location"]


async def test_what_is_shown_with_a_question_is_seen_and_heard_where_a_survey_is_tried_out(office: Office) -> None:
    where = await draft(office, FORM.replace(b"label", b"label::Deutsch (de)"), "streets.md", beside=GIVEN)
    page = await office.read(f"{where}/try")
    assert '<audio src="/admin/questionnaires/1/files/ask.mp3"' in page
    await office.send(f"{where}/try", {"text": "Linden"}, page=f"{where}/try")
    page = unescape(await office.read(f"{where}/try"))
    assert '<img src="/admin/questionnaires/1/files/Kinds.png"' in page
    assert '<img src="/admin/questionnaires/1/files/tree.jpg" alt="A tree">' in page
    assert "Die Datei bench.png liegt nicht vor." in page
    shown = await office.get("/admin/questionnaires/1/files/tree.jpg")
    assert (shown.headers["content-type"], shown.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert (await office.get("/admin/questionnaires/1/files/ask.mp3")).headers["content-type"] == "audio/mpeg"
    for other in ("streets.csv", "bench.png", "..%2Ftree.jpg"):
        assert (await office.get(f"/admin/questionnaires/1/files/{other}")).status_code == 404


async def test_what_was_left_out_is_told_when_a_questionnaire_is_taken_in(office: Office) -> None:
    form = FORM.replace(b"label", b"label::Deutsch (de)")
    answer = await take_in(office, form, "streets.md", *GIVEN, *((f"{n}.txt", b"x") for n in range(5)))
    page = unescape(await office.read(answer.headers["location"]))
    assert "Der Fragebogen erwähnt die Datei „4.txt“ nicht. Sie wurde weggelassen." in page


@pytest.mark.parametrize(
    "name",
    [
        "a zip bomb",
        "a bomb of bombs",
        "a billion laughs",
        "a million empty rows",
        "sixteen thousand columns",
        "macros",
        "values of other files",
        "a cell of 10 MB",
        "a password",
        "a spreadsheet of LibreOffice",
        "a document of Numbers",
        "a page of Google",
    ],
)
async def test_a_hostile_or_foreign_file_is_refused_in_german_words(office: Office, name: str) -> None:
    hostile = HOSTILE[name]
    answer = await take_in(office, hostile.make(), f"form.{hostile.file_type}")
    assert answer.status_code == 422
    shown = unescape(answer.text)
    assert "Nicht aufgenommen: form." in shown
    assert "Es wurde nichts gespeichert." in shown
    assert hostile.said not in shown


async def test_all_together_is_given_back_as_a_zip_that_can_be_taken_in_again(office: Office, site: Site) -> None:
    form = FORM.replace(b"label", b"label::Deutsch (de)")
    where = (await take_in(office, form, "streets.md", *GIVEN)).headers["location"]
    given = await office.get(f"{where}/zip")
    assert given.headers["content-disposition"] == 'attachment; filename="streets.zip"'
    with zipfile.ZipFile(io.BytesIO(given.content)) as inside:
        assert inside.read("streets.md") == form
        assert inside.read("streets-media/streets.csv") == STREETS
        assert len(inside.namelist()) == 5
    elsewhere = await take_in(office, given.content, "streets.zip")
    assert elsewhere.status_code == 303
    assert (await office.get(f"{elsewhere.headers['location']}/workbook")).content == form


async def test_a_questionnaire_that_came_as_text_is_given_as_a_workbook_too(office: Office) -> None:
    where = (await take_in(office, TWO_LANGUAGES, "two.md")).headers["location"]
    assert f'href="{where}/xlsx"' in await office.read(where)
    assert (await office.get(f"{where}/workbook")).content == TWO_LANGUAGES
    answer = await office.get(f"{where}/xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="two.xlsx"'
    assert judge(answer.content, "xlsx", "two").xform == judge(TWO_LANGUAGES, "md", "two").xform


async def test_with_a_questionnaire_its_files_are_removed(office: Office, site: Site) -> None:
    form = FORM.replace(b"label", b"label::Deutsch (de)")
    where = (await take_in(office, form, "streets.md", *GIVEN)).headers["location"]
    await office.send(f"{where}/remove", page=f"{where}/remove")
    async with site.database.read() as connection:
        for table in (Questionnaire, Attachment):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0


async def test_a_hostile_file_beside_a_questionnaire_is_refused_in_words(office: Office) -> None:
    answer = await take_in(office, FORM, "streets.md", ("media.zip", zipped({"b": b"\0" * (MOST_BYTES + 1)})))
    assert answer.status_code == 422
    assert "Die Datei ist ausgepackt größer als 50 MB." in unescape(answer.text)


async def test_questionnaires_of_the_same_title_are_told_apart_by_how_many_files_they_have(office: Office) -> None:
    await take_in(office, TWO_LANGUAGES, "two.md")
    assert "two.md</bdi>," not in await office.read(LIST)
    assert (await take_in(office, FORM, "streets.md", *GIVEN)).status_code == 303
    assert "streets.md</bdi>, mit 4 Dateien" in await office.read(LIST)
    assert "streets.md</bdi>, mit 4 Dateien" in await office.read("/admin/surveys/new")
