"""Messages to many in the admin: written, released, aimed, sent once, watched, corrected; nobody can be made out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zlib import crc32

import pytest
from httpx import Response
from pikepdf import Dictionary, Name, Pdf, String
from PIL import Image
from sqlalchemy import func, insert, select, update
from structlog.testing import capture_logs

from admin.broadcast_texts import Surroundings, boxes, problems_of
from admin.site import Site
from dialogues.broadcast import Content
from storage.models import (
    Area,
    Attachment,
    AuditEntry,
    Broadcast,
    BroadcastText,
    Contact,
    DeliveryState,
    Sending,
    SendingKind,
    SendingPace,
    SendingState,
    Staff,
    Town,
)
from storage.services.broadcasts import put_text
from tests.admin.office import Clock, Office, heading, hire
from tests.admin.papers import draft, fields_of, open_up
from tests.admin.townspeople import BOT, becomes, begin, ends, move_in
from tests.pdfs import made, told

GERMAN = "Wir feiern in {Quartier}. **Kommen Sie!**"
ARABIC = "نحتفل في {area}. **تعالوا!**"


@dataclass
class Desk:
    """Somebody who writes a message: what the form would send, kept up as a browser does."""

    office: Office
    here: str = ""
    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    async def at(cls, office: Office, title: str = "Sommerfest") -> Desk:
        made = await office.send("/admin/broadcasts", {"title": title})
        assert made.status_code == 303, made.text
        desk = cls(office, made.headers["location"])
        await desk.look()
        return desk

    async def look(self) -> str:
        """Load the page anew: the form is as it stands there."""
        page = await self.office.read(self.here)
        self.fields = {**fields_of(page), **texts_of(page), **chosen_of(page)}
        self.fields.pop("file", None)
        return page

    async def saves(self, *, file: tuple[str, bytes] | None = None, **more: str) -> Response:
        """Send the form with changes; ``_`` stands for ``-`` in the names."""
        self.fields |= {name.replace("_", "-"): value for name, value in more.items()}
        return await self.office.send(self.here, self.fields, files={"file": file or ("", b"")})

    async def writes(self, *, release: bool = True, **texts: str) -> None:
        more = {f"text-{language}": text for language, text in texts.items()}
        more |= {f"released-{language}": "yes" for language in texts if release}
        self.fields |= more
        saved = await self.saves()
        assert saved.status_code == 303, saved.text
        await self.look()

    async def aims(self, **fields: Any) -> Response:
        page = f"{self.here}/audience"
        seen = fields_of(await self.office.read(page))["seen"]
        return await self.office.send(page, {"seen": seen, **{k.replace("_", "-"): v for k, v in fields.items()}})

    async def form_to_send(self) -> dict[str, Any]:
        return fields_of(await self.office.read(f"{self.here}/send"))

    async def sends(self, **more: str) -> Response:
        fields = {**await self.form_to_send(), "begin": "now", **more}
        return await self.office.send(f"{self.here}/send", fields)

    async def has_sent(self, **more: str) -> str:
        """Send it; returns the address of the pass."""
        sent = await self.sends(**more)
        assert sent.status_code == 303, plain(sent.text)
        return str(sent.headers["location"])


def texts_of(page: str) -> dict[str, str]:
    found = re.findall(r'<textarea id="[^"]*" name="([^"]*)".*?>\n(.*?)</textarea>', page, re.S)
    return {name: text.replace("&#39;", "'").replace("&lt;", "<") for name, text in found}


def chosen_of(page: str) -> dict[str, str]:
    selects = re.findall(r'<select[^>]* name="([^"]*)">(.*?)</select>', page, re.S)
    return {name: next(iter(re.findall(r'value="([^"]*)" selected', inside)), "") for name, inside in selects}


def plain(page: str) -> str:
    """What is read of a page."""
    words = re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    return " ".join(words.replace("\u2068", "").replace("\u2069", "").split())


def notice(answer: Response) -> str:
    return unquote(next(iter(re.findall(r"notice=([^;]*)", answer.headers.get("set-cookie", ""))), ""))


async def sendings(site: Site) -> list[Any]:
    async with site.database.read() as connection:
        return list((await connection.execute(select(*Sending.__table__.columns).order_by(Sending.id))).all())


async def actions(site: Site) -> list[str]:
    async with site.database.read() as connection:
        return list(await connection.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.fixture
async def desk(office: Office) -> Desk:
    return await Desk.at(office)


# --- writing --------------------------------------------------------------------------------------------------------


async def test_a_message_needs_a_name_and_nothing_else(office: Office) -> None:
    refused = await office.send("/admin/broadcasts", {"title": "  \u202e "})
    assert (refused.status_code, "Bitte geben Sie der Nachricht einen Namen" in refused.text) == (422, True)
    desk = await Desk.at(office, "Sommerfest <b>")
    assert "Sommerfest &lt;b&gt;" in await office.read(desk.here)
    assert "Entwurf" in plain(await office.read("/admin/broadcasts"))


async def test_boxes_stand_in_all_languages_the_towns_first(desk: Desk) -> None:
    page = await desk.look()
    boxes = re.findall(r'<textarea id="text-(\w+)".*? lang="(\w+)" dir="(\w+)"', page)
    assert [each[0] for each in boxes] == ["de", "ar", "bg", "en", "ro", "tr"]
    assert {each[0]: each[2] for each in boxes} == {each[0]: "rtl" if each[0] == "ar" else "ltr" for each in boxes}


async def test_what_is_written_is_kept_and_released_by_who_says_so(desk: Desk, site: Site) -> None:
    await desk.writes(de=GERMAN, ar=ARABIC)
    async with site.database.read() as connection:
        rows = (
            await connection.execute(select(BroadcastText.language, BroadcastText.text, BroadcastText.released_by))
        ).all()
    assert {tuple(each) for each in rows} == {("de", GERMAN, 1), ("ar", ARABIC, 1)}
    assert desk.fields["text-de"] == GERMAN
    assert desk.fields["released-de"] == "as-before"


async def test_a_changed_text_is_released_anew_or_not_at_all(desk: Desk, site: Site) -> None:
    await desk.writes(de=GERMAN)
    saved = await desk.saves(text_de="Etwas anderes")
    assert "Geändert, bitte neu freigeben: Deutsch." in notice(saved)
    async with site.database.read() as connection:
        assert await connection.scalar(select(BroadcastText.released)) is False
    await desk.look()
    await desk.saves(released_de="yes")
    async with site.database.read() as connection:
        assert await connection.scalar(select(BroadcastText.released)) is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hallo {Name}", "„{Name}“ ist kein Platzhalter"),
        ("Am {Datum}", "Der Text nennt ein Datum"),
        ("[hier](auenstadt.de)", "„[hier](auenstadt.de)“ ist kein Link, der funktioniert"),
        ("x" * 4100, "Der Text ist um 4 Zeichen zu lang"),
        ("🎉" * 2049, "Der Text ist um 2 Zeichen zu lang"),
    ],
)
async def test_a_text_with_a_fault_is_kept_and_not_released(desk: Desk, site: Site, text: str, words: str) -> None:
    saved = await desk.saves(text_de=text, released_de="yes")
    assert "Nicht freigegeben: Deutsch." in notice(saved)
    assert words in plain(await desk.look())
    assert desk.fields["text-de"] == text
    assert "released-de" not in desk.fields


async def test_a_text_that_arrives_in_the_place_of_another_must_fit_with_its_notice(site: Site) -> None:
    content = Content(texts={"de": "x" * 4090}, fallback={"ro": "de"})
    around = Surroundings.of(site.texts, "Auenstadt", [], language="de")
    assert problems_of(Content(texts=content.texts), around, "de") == ()
    assert problems_of(content, around, "de") != ()
    box = boxes(content, around, str)["de"]
    assert box.letters > box.most, "what is counted beside the text is what does not fit"


async def test_what_a_translation_lacks_is_named_while_it_is_typed(desk: Desk) -> None:
    await desk.look()
    typed = {**desk.fields, "text-de": "Fest in {Quartier}: [hier](https://a.example)", "text-ro": "Petrecere aici"}
    shown = (await desk.office.send(f"{desk.here}/preview", typed)).text
    lacking = re.findall(r"Fehlt noch in Ihrem Text:\s*(.*?)</p>", shown)
    assert [re.findall(r"<code[^>]*>(.*?)</code>", each) for each in lacking] == [["{Quartier}", "https://a.example"]]


async def test_the_preview_shows_what_arrives_while_it_is_typed(desk: Desk) -> None:
    typed = {
        **desk.fields,
        "text-ar": "مرحبا *بكم* <b>",
        "text-de": "Mehr [hier](https://a.example)",
        "link-": "b.example",
    }
    shown = (await desk.office.send(f"{desk.here}/preview", typed)).text
    arabic = shown.partition('id="arrives-ar"')[2].partition('id="arrives-bg"')[0]
    assert '<div class="chat" dir="rtl">' in arabic
    assert "<i>بكم</i> &lt;b&gt;" in arabic
    assert "قراءة المزيد" in arabic
    assert 'href="https://a.example"' in shown
    assert "13 von 4096 Zeichen" in plain("<main" + shown.partition('id="gauge-ar"')[2])
    assert "<script" not in shown


async def test_what_cannot_be_meant_is_said_and_everything_typed_stays(desk: Desk, site: Site) -> None:
    refused = await desk.saves(
        title="",
        text_de=GERMAN,
        link_="java script:alert(1)",
        place_title="Bürgerhaus",
        point="Nordpol",
        said_on="gestern",
    )
    assert refused.status_code == 422
    for words in ("Bitte geben Sie der Nachricht einen Namen", "keine Adresse einer Webseite", "Straße und Hausnummer"):
        assert words in refused.text
    assert texts_of(refused.text)["text-de"] == GERMAN
    assert fields_of(refused.text)["point"] == "Nordpol"
    assert fields_of(refused.text)["link-"] == "java script:alert(1)"
    assert await actions(site) == ["broadcast.create"]


@pytest.mark.parametrize("point", ["51.21, 6.77", "51.21 6.77", "(51.21,6.77)", "51,21; 6,77", "51.21°, 6.77°"])
async def test_a_place_is_taken_as_a_map_gives_it(desk: Desk, site: Site, point: str) -> None:
    await desk.saves(place_title="Bürgerhaus", place_address="Hauptstr. 1", point=point)
    async with site.database.read() as connection:
        place = await connection.scalar(select(Broadcast.place))
    assert place == {"title": "Bürgerhaus", "address": "Hauptstr. 1", "latitude": 51.21, "longitude": 6.77}


async def test_two_who_write_at_the_same_time_lose_nothing(desk: Desk, site: Site) -> None:
    await desk.writes(de=GERMAN, tr="Gelin!")
    async with site.database.write() as connection:  # a mediator, from the chat
        for language, text in (("ar", ARABIC), ("tr", "Buyurun!")):
            await put_text(
                connection, town_id=site.town_id, broadcast_id=1, language=language, text=text, released_by=1
            )
    stale = await desk.saves(text_de="Neu", text_tr="Hoş geldiniz!", title="Herbstfest")
    assert (stale.status_code, "Inzwischen hat jemand diese Nachricht geändert" in stale.text) == (409, True)
    texts = texts_of(stale.text)
    assert (texts["text-de"], texts["text-tr"], texts["text-ar"]) == ("Neu", "Hoş geldiniz!", ARABIC)
    assert "Buyurun!" in stale.text.partition("Inzwischen hat jemand anderes das geschrieben:")[2]
    assert fields_of(stale.text)["title"] == "Herbstfest"
    desk.fields = {**fields_of(stale.text), **texts, **chosen_of(stale.text)}
    assert (await desk.saves()).status_code == 303
    await desk.look()
    assert (desk.fields["text-ar"], desk.fields["released-ar"]) == (ARABIC, "as-before")
    assert desk.fields["text-tr"] == "Hoş geldiniz!"


async def test_what_one_did_not_touch_stays_as_the_other_has_left_it(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    await desk.writes(de=GERMAN)
    await desk.look()
    old = dict(desk.fields)
    await desk.saves(survey="1", link_="https://example.org/a", said_on="2026-12-01")
    await desk.look()
    await desk.saves(place_title="Bürgerhaus", place_address="Hauptstr. 1", point="51.21, 6.77")
    desk.fields = old
    stale = await desk.saves(text_tr="Gelin!", link_="https://example.org/b")
    assert stale.status_code == 409
    assert "wenn Sie speichern: die Links." in plain(stale.text)
    desk.fields = {**fields_of(stale.text), **texts_of(stale.text), **chosen_of(stale.text)}
    desk.fields.pop("file", None)
    assert (await desk.saves()).status_code == 303
    await desk.look()
    kept = {name: desk.fields[name] for name in ("survey", "place-title", "point", "said-on", "link-", "text-tr")}
    assert kept == {
        "survey": "1",
        "place-title": "Bürgerhaus",
        "point": "51.21, 6.77",
        "said-on": "2026-12-01",
        "link-": "https://example.org/b",
        "text-tr": "Gelin!",
    }


async def test_the_same_form_sent_twice_is_saved_once(desk: Desk, site: Site) -> None:
    first, second = await desk.saves(text_de=GERMAN, released_de="yes"), await desk.saves()
    assert (first.status_code, second.status_code) == (303, 303)
    assert (await actions(site)).count("broadcast.change") == 1


async def test_a_draft_can_be_deleted_and_what_was_sent_cannot(desk: Desk, site: Site) -> None:
    gone = await Desk.at(desk.office, "Weg damit")
    assert (await desk.office.send(f"{gone.here}/discard")).headers["location"] == "/admin/broadcasts"
    assert (await desk.office.get(gone.here)).status_code == 404
    await move_in(site, "de", 5)
    await desk.writes(de=GERMAN)
    await desk.has_sent()
    assert "lässt sich nicht mehr löschen" in notice(await desk.office.send(f"{desk.here}/discard"))


# --- files ----------------------------------------------------------------------------------------------------------


def picture(size: tuple[int, int] = (3000, 1000), kind: str = "JPEG", mode: str = "RGB") -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera von Frau Müller"
    Image.new(mode, size, "red").save(out, kind, exif=exif)
    return out.getvalue()


async def test_a_picture_is_painted_anew_without_what_its_file_tells(desk: Desk, site: Site) -> None:
    assert b"Frau M" in picture()
    await desk.saves(file=("Urlaub/../Fest.JPG", picture()))
    async with site.database.read() as connection:
        kind, name, content = (
            await connection.execute(select(Attachment.kind, Attachment.name, Attachment.content))
        ).one()
    assert (kind, name) == ("photo", "Fest.jpg")
    with Image.open(BytesIO(content)) as seen:
        assert (seen.format, seen.size, dict(seen.getexif())) == ("JPEG", (2560, 853), {})
    assert b"Frau M" not in content
    page = await desk.look()
    assert "0 von 1024 Zeichen" in plain(page)
    shown = await desk.office.get(f"{desk.here}/file")
    assert (shown.headers["content-type"], shown.content) == ("image/jpeg", content)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_what_is_see_through_becomes_white(desk: Desk, site: Site, kind: str) -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, kind)
    await desk.saves(file=("x", out.getvalue()))
    async with site.database.read() as connection:
        content = await connection.scalar(select(Attachment.content))
    with Image.open(BytesIO(content or b"")) as seen:
        assert seen.getpixel((20, 20)) == (255, 255, 255)


def by_mueller(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = "Frau Müller"
    with pdf.open_metadata() as about:
        about["dc:creator"] = ["Frau Muster"]
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert()"))


PDF = made(by_mueller)


async def test_a_document_goes_without_its_author_and_what_runs_in_it(desk: Desk, site: Site) -> None:
    await desk.saves(file=("Plan \u202efdp.exe.pdf", PDF))
    async with site.database.read() as connection:
        kind, name, content = (
            await connection.execute(select(Attachment.kind, Attachment.name, Attachment.content))
        ).one()
    assert (kind, name) == ("document", "Plan fdp exe.pdf")
    assert re.search(rb"Muster|app.alert", told(PDF))
    assert not re.search(rb"M.ller|M.u.l.l.e.r|Muster|app.alert", told(content))
    assert b"What is seen" in told(content)
    shown = await desk.office.get(f"{desk.here}/file")
    assert shown.headers["content-disposition"].startswith("attachment")


def bomb() -> bytes:
    """A picture that says to have many more pixels than it has."""
    data = bytearray(picture((8, 8), "PNG"))
    data[16:24] = (30_000).to_bytes(4, "big") * 2
    data[29:33] = crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg onload=alert(1)>", "Wir nehmen Bilder"),
        (picture((8, 8), "GIF"), "Wir nehmen Bilder"),
        (picture()[:500], "lässt sich nicht lesen"),
        (bomb(), "zu viele Bildpunkte"),
        (picture((2100, 100)), "zu lang und schmal"),
        (PDF[:100], "lässt sich nicht lesen"),
        (PDF[:100] + b"%%EOF", "lässt sich nicht lesen"),
        (b"%PDF-" + b"x" * 10_000_000, "zu groß"),
    ],
)
async def test_other_files_are_refused_in_words(desk: Desk, site: Site, data: bytes, words: str) -> None:
    refused = await desk.saves(text_de=GERMAN, file=("x.jpg", data))
    assert refused.status_code == 422
    assert re.search(words, plain(refused.text))
    assert texts_of(refused.text)["text-de"] == GERMAN
    async with site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Attachment)) == 0


async def test_a_file_that_is_replaced_or_taken_away_is_not_kept(desk: Desk, site: Site) -> None:
    await desk.saves(file=("a.jpg", picture((50, 50))))
    await desk.look()
    await desk.saves(file=("b.jpg", picture((60, 60))))
    async with site.database.read() as connection:
        assert list(await connection.scalars(select(Attachment.name))) == ["b.jpg"]
    await desk.look()
    await desk.saves(drop_file="yes")
    async with site.database.read() as connection:
        assert list(await connection.scalars(select(Attachment.name))) == []
    assert (await desk.office.get(f"{desk.here}/file")).status_code == 404


# --- recipients -----------------------------------------------------------------------------------------------------


async def size(desk: Desk, **fields: Any) -> str:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return plain("<main" + (await desk.office.send(f"{desk.here}/audience/size", named)).text)


async def test_sizes_are_words_and_never_exact(desk: Desk, site: Site) -> None:
    assert "niemand würden" in await size(desk)
    await move_in(site, "de", 4)
    assert "weniger als 5 würden" in await size(desk)
    await move_in(site, "ar", 8)
    assert "etwa 10 würden" in await size(desk)
    assert "etwa 10 würden" in await size(desk, language="ar")


async def test_sub_areas_belong_to_their_area(desk: Desk, site: Site) -> None:
    async with site.database.write() as connection:
        await connection.execute(
            insert(Area).values(id=30, town_id=site.town_id, parent_id=1, name="Block 7", position=1)
        )
    await move_in(site, "de", 10, area=30)
    await move_in(site, "de", 20, area=2)
    assert "etwa 10 würden" in await size(desk, area="1")
    assert "etwa 30 würden" in await size(desk, area=["1", "2"])
    assert "Block 7" in await desk.office.read(f"{desk.here}/audience")


async def test_who_is_left_out_is_said_with_the_reason(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 10)
    await move_in(site, "de", 6, paused=True)
    await move_in(site, "ar", 2, blocked=True)
    shown = await size(desk)
    assert "etwa 10 würden" in shown
    assert "etwa 5 haben Nachrichten des Bots für sich angehalten" in shown
    assert "weniger als 5 haben den Bot blockiert" in shown
    assert "weniger als 5 haben in den letzten sieben Tagen" in shown, "whether it is none is not told"


async def test_who_has_had_a_weeks_share_is_left_out(desk: Desk, site: Site, clock: Clock) -> None:
    people = await move_in(site, "de", 10)
    async with site.database.write() as connection:
        await connection.execute(update(Town).values(weekly_share=1))
    await desk.writes(de=GERMAN)
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    await becomes(site, 1, people, DeliveryState.SENT)
    await ends(site, 1)
    assert "etwa 10 haben in den letzten sieben Tagen schon genug bekommen (Wochenmaß: 1)" in await size(desk)
    now = await desk.sends(again="yes")
    assert now.status_code == 422
    assert "Alle haben in den sieben Tagen davor schon genug bekommen" in now.text
    soon = await desk.sends(begin="later", wall="2026-12-02T12:00", again="yes")
    assert (soon.status_code, "schon genug bekommen" in soon.text) == (422, True)
    assert (await desk.sends(begin="later", wall="2026-12-04T12:00", again="yes")).status_code == 303
    await desk.office.send("/admin/sendings/2/cancel")
    clock.move(timedelta(days=8))
    await desk.office.enter(site, 1)
    assert "etwa 10 würden" in await size(desk)


async def test_with_a_survey_nobody_under_16_is_written_to(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    await move_in(site, "de", 5)
    await move_in(site, "de", 7, adult=False)
    assert "etwa 10 würden" in await size(desk)
    await desk.saves(survey="1")
    shown = await size(desk)
    assert "etwa 5 würden" in shown
    assert "etwa 5 haben gesagt, dass sie unter 16 sind" in shown


async def test_took_part_goes_with_one_other_choice_only(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    await move_in(site, "de", 10, took_part=1)
    await move_in(site, "de", 20)
    assert "etwa 10 würden" in await size(desk, took_part="1")
    assert "etwa 20 würden" in await size(desk, not_took_part="1")
    both = await size(desk, took_part="1", area="1")
    assert "etwa 10 würden" in both
    assert "Deutsch:" not in both
    refused = await size(desk, took_part="1", area="1", language="de")
    assert "lässt sich nur mit einer einzigen anderen Auswahl verbinden" in refused
    assert "etwa" not in refused
    assert refused == await size(desk, took_part="1", area=["1", "2"]), "one area less another is told by subtraction"
    answer = await desk.aims(took_part="1", area="1", language="de")
    assert (answer.status_code, "Noch nicht gespeichert" in answer.text) == (422, True)


async def test_whether_any_of_a_few_took_part_is_not_told(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    await move_in(site, "de", 2, area=2)
    await move_in(site, "ro", 1, area=2)
    nobody = await size(desk, took_part="1", area="2")
    assert "weniger als 5 würden" in nobody
    assert "Rumänisch" in nobody, "languages are those of all who live there"
    await move_in(site, "ro", 1, area=2, took_part=1)
    assert await size(desk, took_part="1", area="2") == nobody
    await desk.writes(de=GERMAN)
    await desk.aims(took_part="1", area="2", fallback_ro="de")
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "an weniger als 5 Menschen" in page


# --- sending --------------------------------------------------------------------------------------------------------


async def test_a_language_of_the_audience_without_a_text_blocks_sending(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 10)
    await move_in(site, "ro", 5)
    await desk.writes(de=GERMAN)
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "Senden geht noch nicht" in page
    assert "Rumänisch: Es gibt keinen Text." in page
    forced = await desk.office.send(f"{desk.here}/send", {"seen": desk.fields["seen"], "last": "0", "begin": "now"})
    assert (forced.status_code, await sendings(site)) == (422, [])
    assert (await desk.aims(fallback_ro="de")).headers["location"] == f"{desk.here}/send"
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "Rumänisch : etwa 5 – bekommt den Text auf Deutsch, mit einem Hinweis darauf" in page
    await desk.has_sent()
    [sent] = await sendings(site)
    assert (sent.content["texts"], sent.content["fallback"]) == ({"de": GERMAN}, {"ro": "de"})


async def test_a_text_that_nobody_has_released_is_never_sent(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 10)
    await move_in(site, "ar", 10)
    await desk.writes(de=GERMAN)
    await desk.writes(ar=ARABIC, release=False)
    assert "Arabisch: Der Text ist noch nicht freigegeben." in plain(await desk.office.read(f"{desk.here}/send"))
    await desk.aims(language="de")
    await desk.has_sent()
    [sent] = await sendings(site)
    assert sent.content["texts"] == {"de": GERMAN}


async def test_everything_is_said_once_more_before_it_goes(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 33)
    await move_in(site, "de", 3, paused=True)
    await desk.writes(de=GERMAN)
    await desk.aims(area="1")
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "Die Nachricht geht an etwa 35 Menschen in Nordstadt , die Deutsch lesen" in page.replace(
        "Nordstadt,", "Nordstadt ,"
    )
    assert "weniger als 5 haben Nachrichten des Bots für sich angehalten" in page
    assert "Der Versand beginnt sofort." in page
    where = await desk.has_sent()
    [sent] = await sendings(site)
    assert (sent.kind, sent.state, sent.due_at) == (SendingKind.SEND, SendingState.PLANNED, site.now())
    assert sent.audience["areas"] == [1]
    assert "beginnt gleich" in plain(await desk.office.read(where))
    assert "broadcast.send" in await actions(site)


async def test_pressing_twice_sends_once(desk: Desk, site: Site) -> None:
    people = await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    form = {**await desk.form_to_send(), "begin": "now"}
    first = await desk.office.send(f"{desk.here}/send", form)
    second = await desk.office.send(f"{desk.here}/send", form)
    assert first.headers["location"] == second.headers["location"] == "/admin/sendings/1"
    await begin(site, 1, {"de": people})
    await ends(site, 1)  # so quick that the second press comes after the end
    assert (await desk.office.send(f"{desk.here}/send", form)).headers["location"] == "/admin/sendings/1"
    assert len(await sendings(site)) == 1


async def test_sending_again_on_purpose_takes_a_clear_yes(desk: Desk, site: Site) -> None:
    people = await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    await desk.has_sent()
    assert (await desk.office.get(f"{desk.here}/send")).status_code == 303  # while it is planned: to where it stands
    await begin(site, 1, {"de": people})
    await ends(site, 1)
    refused = await desk.sends()
    assert (refused.status_code, "wenn Sie noch einmal senden wollen" in refused.text) == (422, True)
    assert await desk.has_sent(again="yes") == "/admin/sendings/2"


async def test_what_was_changed_in_the_meantime_is_looked_at_once_more(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    form = {**await desk.form_to_send(), "begin": "now"}
    await desk.writes(de="Ganz anders")
    answer = await desk.office.send(f"{desk.here}/send", form)
    assert (answer.status_code, await sendings(site)) == (409, [])
    assert "Es wurde nichts verschickt." in answer.text


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("", "Bitte schreiben Sie Tag und Uhrzeit"),
        ("morgen", "Bitte schreiben Sie Tag und Uhrzeit"),
        ("2026-11-26T09:59", "Dieser Zeitpunkt ist vorbei"),
        ("2031-01-01T10:00", "mehr als ein Jahr"),
    ],
)
async def test_times_that_cannot_be_meant_are_refused(desk: Desk, site: Site, wall: str, words: str) -> None:
    await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    refused = await desk.sends(begin="later", wall=wall)
    assert (refused.status_code, await sendings(site)) == (422, [])
    assert words in refused.text


async def test_a_time_is_the_towns_and_quiet_hours_are_told(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    told = await desk.office.send(f"{desk.here}/send/when", {"begin": "later", "wall": "2026-12-01T21:30"})
    assert "Geplant für 1. Dezember 2026, 21:30 Uhr." in told.text
    assert "Ruhezeit (20:00 bis 08:00). Die Nachrichten gehen erst ab 2. Dezember 2026, 08:00 Uhr hinaus." in told.text
    twice = await desk.office.send(f"{desk.here}/send/when", {"begin": "later", "wall": "2027-10-31T02:30"})
    assert "kommt zweimal. Gemeint ist die erste." in twice.text
    shifted = await desk.office.send(f"{desk.here}/send/when", {"begin": "later", "wall": "2027-03-28T02:30"})
    assert "03:30 Uhr" in shifted.text
    assert "werden die Uhren umgestellt" in shifted.text
    await desk.has_sent(begin="later", wall="2026-12-01T21:30")
    [sent] = await sendings(site)
    assert (sent.wall, sent.zone, sent.due_at.isoformat()) == (
        "2026-12-01T21:30",
        "Europe/Berlin",
        "2026-12-01T20:30:00+00:00",
    )


async def test_a_survey_behind_a_button_must_be_open_then(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office, closes="2026-12-01T12:00"))
    await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    await desk.saves(survey="1")
    refused = await desk.sends(begin="later", wall="2026-12-02T12:00")
    assert (refused.status_code, "nimmt zu dieser Zeit keine Antworten an" in refused.text) == (422, True)
    await desk.has_sent(begin="later", wall="2026-11-30T12:00")


async def test_one_tries_it_in_ones_own_chat(desk: Desk, site: Site) -> None:
    await desk.writes(de=GERMAN)
    await desk.writes(ar=ARABIC, tr="{Wer} gelin", release=False)
    assert "/admin/profile" in await desk.office.read(f"{desk.here}/send")
    assert "nicht verbunden" in notice(await desk.office.send(f"{desk.here}/try"))
    async with site.database.write() as connection:
        await connection.execute(insert(Contact).values(id=999, town_id=site.town_id, bot_id=BOT, chat_id=999))
        await connection.execute(update(Staff).values(contact_id=999))
    tried = await desk.office.send(f"{desk.here}/try")
    assert "Weggelassen, weil am Text etwas nicht stimmt: Türkisch." in notice(tried)
    assert "schon unterwegs" in notice(await desk.office.send(f"{desk.here}/try"))
    [sent] = await sendings(site)
    assert (sent.kind, sent.staff_id, set(sent.content["texts"])) == (SendingKind.TRIAL, 1, {"de", "ar"})
    assert "Entwurf" in plain(await desk.office.read(desk.here))


# --- what became of it ----------------------------------------------------------------------------------------------


@dataclass
class Sent:
    desk: Desk
    site: Site
    people: dict[str, list[int]]
    here: str = "/admin/sendings/1"

    async def page(self) -> str:
        return plain(await self.desk.office.read(self.here))

    async def rows(self) -> list[list[str]]:
        page = (await self.desk.office.read(f"{self.here}/progress")).partition("<tbody")[2]
        found = re.findall(r"<tr.*?</tr>", page.partition("</tbody>")[0], re.S)
        return [[plain("<main" + each) for each in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in found]

    async def is_later(self, clock: Clock, by: timedelta) -> None:
        """Time goes by; the session has ended meanwhile."""
        clock.move(by)
        await self.desk.office.enter(self.site, 1)

    async def does(self, what: str, **fields: str) -> Response:
        return await self.desk.office.send(f"{self.here}/{what}", fields)


@pytest.fixture
async def sent(desk: Desk, site: Site) -> Sent:
    """A message that is being sent to 40 people, who have it in two languages."""
    people = {"de": await move_in(site, "de", 28), "ar": await move_in(site, "ar", 12)}
    await desk.writes(de=GERMAN, ar=ARABIC)
    await desk.has_sent()
    await begin(site, 1, people)
    return Sent(desk, site, people)


async def test_the_ledger_counts_by_language_in_words(sent: Sent, site: Site) -> None:
    await becomes(site, 1, sent.people["de"][:21], DeliveryState.SENT)
    await becomes(site, 1, sent.people["de"][21:23], DeliveryState.FAILED, "blocked")
    await becomes(site, 1, sent.people["ar"][:6], DeliveryState.UNCERTAIN)
    few = "weniger als 5"
    assert await sent.rows() == [
        ["Deutsch", "etwa 5", "niemand", "etwa 20", few, "niemand", "niemand"],
        ["Arabisch", "etwa 5", "niemand", "niemand", "niemand", "niemand", "etwa 5"],
        ["alle Sprachen", "etwa 10", "niemand", "etwa 20", few, "niemand", "etwa 5"],
    ]
    page = await sent.page()
    assert "Erledigt: etwa 30 von etwa 40" in page
    assert "Unklar: etwa 5" in page
    assert "Telegram hat die Nachricht angenommen." in page


async def test_the_bar_moves_while_it_runs_and_rests_at_the_end(sent: Sent, site: Site) -> None:
    page = await sent.desk.office.read(sent.here)
    [address] = re.findall(r'hx-get="([^"]+)" hx-trigger="every 2s"', page)
    assert "hx-refresh" not in (await sent.desk.office.get(address.replace("&amp;", "&"))).headers
    await becomes(site, 1, [*sent.people["de"], *sent.people["ar"]], DeliveryState.SENT)
    await ends(site, 1)
    assert (await sent.desk.office.get(address)).headers["hx-refresh"] == "true"
    page = await sent.desk.office.read(sent.here)
    assert "<progress" not in page
    assert "hx-get" not in page


async def test_it_is_paused_gone_on_with_and_cancelled_after_a_question(sent: Sent, site: Site) -> None:
    await sent.does("pause")
    assert (await sent.rows())[-1][1:3] == ["niemand", "etwa 40"]
    assert "Inzwischen steht es anders" in notice(await sent.does("pause"))
    await sent.does("resume")
    assert (await sent.rows())[-1][1:3] == ["niemand", "etwa 40"]  # within half a second the bot lets them go
    assert "Endgültig abbrechen?" in await sent.desk.office.read(f"{sent.here}/cancel")
    await becomes(site, 1, sent.people["ar"], DeliveryState.SENT)
    await sent.does("cancel")
    assert "abgebrochen" in await sent.page()
    assert [each for each in await actions(site) if each.startswith("sending.")] == [
        "sending.pause",
        "sending.resume",
        "sending.cancel",
    ]


async def test_unclear_messages_are_left_or_sent_again(sent: Sent, site: Site) -> None:
    await becomes(site, 1, [*sent.people["de"], *sent.people["ar"]], DeliveryState.UNCERTAIN)
    await ends(site, 1)
    assert "haben manche die Nachricht vielleicht doppelt" in await sent.page()
    await sent.does("resend")
    assert "wird verschickt" in await sent.page()
    await becomes(site, 1, sent.people["de"], DeliveryState.UNCERTAIN)
    await sent.does("leave")
    assert "Von den unklaren Nachrichten bleiben so, wie sie sind: etwa 30." in await sent.page()


async def test_a_correction_is_written_released_and_sent_to_who_has_it(sent: Sent, site: Site) -> None:
    await becomes(site, 1, sent.people["de"], DeliveryState.SENT)
    correct = f"{sent.here}/correct"
    page = plain(await sent.desk.office.read(correct))
    assert "Halten Sie den Versand zuerst an" in page
    assert "Das ist, was die Menschen schon haben." in page
    await sent.does("pause")
    await sent.desk.writes(de="Wir feiern **doch nicht**.", release=False)
    assert "Deutsch: Die Menschen haben einen Text, und jetzt ist keiner freigegeben." in plain(
        await sent.desk.office.read(correct)
    )
    await sent.desk.saves(released_de="yes")
    page = await sent.desk.office.read(correct)
    assert "Wir feiern <b>doch nicht</b>." in page
    form = fields_of(page)
    assert "Die Korrektur ist unterwegs." in notice(await sent.desk.office.send(correct, form))
    assert (await sent.desk.office.send(correct, form)).status_code == 409  # pressed twice
    first, second = await sendings(site)
    assert (second.kind, second.original_id) == (SendingKind.EDIT, 1)
    assert first.content["texts"]["de"] == second.content["texts"]["de"] == "Wir feiern **doch nicht**."
    page = await sent.page()
    assert "Korrektur vom 26. November 2026" in page
    assert "geändert" in page


async def test_a_message_is_taken_back_within_48_hours(sent: Sent, site: Site, clock: Clock) -> None:
    await becomes(site, 1, [*sent.people["de"], *sent.people["ar"]], DeliveryState.SENT)
    page = f"{sent.here}/take-back"
    assert "Halten Sie den Versand zuerst an." in await sent.desk.office.read(page)
    await ends(site, 1)
    assert (await sent.does("take-back")).status_code == 422
    await sent.is_later(clock, timedelta(hours=47))
    await sent.does("take-back", understood="yes")
    await sent.does("take-back", understood="yes")
    kinds = [each.kind for each in await sendings(site)]
    assert kinds == [SendingKind.SEND, SendingKind.DELETE]
    assert "Rücknahme vom" in await sent.page()
    assert "ist zurückgenommen" in await sent.page()


async def test_after_48_hours_nothing_is_taken_back(sent: Sent, site: Site, clock: Clock) -> None:
    await becomes(site, 1, [*sent.people["de"], *sent.people["ar"]], DeliveryState.SENT)
    await ends(site, 1)
    await sent.is_later(clock, timedelta(hours=48))
    assert "48 Stunden sind vorbei" in await sent.page()
    assert "Das geht nicht mehr" in notice(await sent.does("take-back", understood="yes"))
    assert len(await sendings(site)) == 1


async def test_no_page_names_a_person_or_an_exact_number(sent: Sent, site: Site) -> None:
    await becomes(site, 1, sent.people["de"][:23], DeliveryState.SENT)
    for path in ("", "/audience", "/send"):
        answer = await sent.desk.office.get(f"{sent.desk.here}{path}")
        assert not re.search(r"\b(12|23|28|17)\b", plain(answer.text)), path
    assert not re.search(r"\b(12|23|28|17)\b", await sent.page())


# --- rules of the town ----------------------------------------------------------------------------------------------


async def test_quiet_hours_and_weekly_share_are_settled(office: Office, site: Site) -> None:
    page = (await office.read("/admin/settings")).partition("<main")[2]
    assert fields_of(page) == {"from": "20:00", "to": "08:00", "share": "2"}
    refused = await office.send("/admin/settings", {"from": "25:00", "to": "", "share": "-1"})
    assert (refused.status_code, refused.text.count("kern-form-input--error")) == (422, 3)
    assert fields_of(refused.text)["share"] == "-1"
    await office.send("/admin/settings", {"from": "21:30:00", "to": "07:00", "share": "0"})
    async with site.database.read() as connection:
        assert (await connection.execute(select(Town.quiet_from, Town.quiet_to, Town.weekly_share))).one() == (
            "21:30",
            "07:00",
            0,
        )


async def test_the_emergency_stop_shows_on_every_page_until_it_is_ended(office: Office, site: Site) -> None:
    assert "Not-Aus: Der Bot sendet nichts." not in await office.read("/admin/surveys")
    await office.send("/admin/stop")
    await office.send("/admin/stop")
    for path in ("/admin", "/admin/surveys", "/admin/broadcasts", "/admin/nowhere"):
        assert "Not-Aus: Der Bot sendet nichts." in (await office.get(path)).text
    ended = await office.send("/admin/go-on", {"next": "/admin/surveys"})
    assert ended.headers["location"] == "/admin/surveys"
    assert "Not-Aus: Der Bot" not in await office.read("/admin/surveys")
    assert await actions(site) == ["bot.stop", "bot.go_on"]


async def test_who_may_not_end_the_stop_reads_who_may(office: Office, visitor: Office, site: Site) -> None:
    await office.send("/admin/stop")
    await visitor.enter(site, await hire(site, "leser", ()))
    page = await visitor.read("/admin")
    assert "Beenden kann das, wer Umfragen und Nachrichten verwalten darf." in page
    assert "/admin/go-on" not in page
    assert (await visitor.send("/admin/go-on")).status_code == 403


async def test_the_log_says_what_was_done_in_words(sent: Sent) -> None:
    await sent.does("pause")
    page = plain(await sent.desk.office.read("/admin/audit"))
    for words in ("Der Versand einer Nachricht wurde gestartet.", "Der Versand einer Nachricht wurde angehalten."):
        assert words in page
    assert not re.search(r"(broadcast|sending)\.\w+", page)


async def test_what_is_not_there_is_not_found(office: Office) -> None:
    for path in (
        "/admin/broadcasts/9",
        "/admin/broadcasts/9/audience",
        "/admin/broadcasts/9/send",
        "/admin/sendings/9",
    ):
        answer = await office.get(path)
        assert (answer.status_code, heading(answer)) == (404, "Diese Seite gibt es nicht")


async def test_a_browser_that_leaves_while_it_asks_for_a_preview_is_no_failure(office: Office, site: Site) -> None:
    desk = await Desk.at(office)
    token = await office.token(desk.here)
    cookies = "; ".join(f"{name}={value}" for name, value in office.client.cookies.items())
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    headers = {"content-type": "application/x-www-form-urlencoded", "cookie": cookies, "x-csrftoken": token}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"{desk.here}/preview",
        "raw_path": f"{desk.here}/preview".encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("testserver.local", 80),
        "client": ("127.0.0.1", 1),
    }
    with capture_logs() as logs:
        await office.app(scope, receive, send)  # type: ignore[arg-type]
    assert (said[0]["status"], logs) == (400, [])


async def test_that_telegram_takes_nothing_is_said(desk: Desk, site: Site, clock: Clock) -> None:
    people = await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    pages = ("/admin", "/admin/sendings/1", "/admin/sendings/1/progress")
    words = "Telegram hat in der letzten Minute nicht alle Nachrichten angenommen."
    assert not [page for page in pages if words in await desk.office.read(page)]
    async with site.database.write() as connection:
        now = clock.time
        await connection.execute(
            insert(SendingPace).values(
                bot_id=BOT, town_id=site.town_id, next_at=now, paused_until=now + timedelta(seconds=5)
            )
        )
    assert [page for page in pages if words in await desk.office.read(page)] == list(pages)
    clock.move(timedelta(minutes=2))
    assert not [page for page in pages if words in await desk.office.read(page)]
