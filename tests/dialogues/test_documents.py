"""PDFs are written anew: what is seen stays, what tells of whoever made them goes, and nothing in them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from pikepdf import (
    Array,
    AttachedFileSpec,
    Dictionary,
    Encryption,
    Name,
    Pdf,
    Stream,
    String,
)
from PIL import Image

from bot.simulator.samples import sample
from dialogues.attachments import cleaned
from dialogues.refused_files import Refused, RefusedFileError
from dialogues.sent_files import Family
from tests.pdfs import made, told

SECRET = "Amina at home"


@contextmanager
def written_anew(data: bytes) -> Iterator[Pdf]:
    with Pdf.open(BytesIO(cleaned(data, Family.DOCUMENT))) as kept:
        yield kept


def photo() -> bytes:
    """A JPEG that says whose it is in four places."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010F] = SECRET
    Image.new("RGB", (32, 16), "green").save(out, "JPEG", exif=exif, comment=SECRET.encode(), dpi=(72, 72))
    added = b"\xff\xed" + (2 + len(SECRET)).to_bytes(2, "big") + SECRET.encode()
    return out.getvalue()[:2] + added + out.getvalue()[2:] + SECRET.encode()


def show(pdf: Pdf, picture: Stream) -> None:
    picture.stream_dict.Type, picture.stream_dict.Subtype = Name.XObject, Name.Image
    picture.stream_dict.Width, picture.stream_dict.Height = 32, 16
    picture.stream_dict.ColorSpace, picture.stream_dict.BitsPerComponent = Name.DeviceRGB, 8
    pdf.pages[0].obj.Resources["/XObject"] = Dictionary(Thumb=picture)


# --- what tells of people ---------------------------------------------------------------------------------------------


def information(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = SECRET
    pdf.docinfo["/CreationDate"] = f"D:20261125 {SECRET}"


def metadata(pdf: Pdf) -> None:
    with pdf.open_metadata() as about:
        about["dc:creator"] = [SECRET]
    pdf.pages[0].obj["/Metadata"] = pdf.Root.Metadata


def small_picture(pdf: Pdf) -> None:
    pdf.pages[0].obj["/Thumb"] = Stream(pdf, SECRET.encode(), Subtype=Name.Image)


def of_a_program(pdf: Pdf) -> None:
    pdf.pages[0].obj["/PieceInfo"] = Dictionary(Adobe=Dictionary(LastModified=String(SECRET), Private=String(SECRET)))
    pdf.pages[0].obj["/LastModified"] = String(SECRET)


def file_inside(pdf: Pdf) -> None:
    pdf.attachments["letter.txt"] = AttachedFileSpec(pdf, SECRET.encode(), filename=f"{SECRET}.txt")


def note(pdf: Pdf) -> None:
    about = {"T": String(SECRET), "RC": String(SECRET), "M": String(SECRET), "NM": String(SECRET)}
    on_page = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=String("Too dark"))
    for key, value in about.items():
        on_page[f"/{key}"] = value
    pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(on_page)])


def file_on_page(pdf: Pdf) -> None:
    spec = AttachedFileSpec(pdf, SECRET.encode(), filename="letter.txt").obj
    on_page = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=spec)
    pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(on_page)])


def signature(pdf: Pdf) -> None:
    signed = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String(SECRET), Name=String(SECRET))
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("Signature"), Rect=Array([0, 0, 9, 9]), V=signed
    )
    held = pdf.make_indirect(field)
    pdf.Root.AcroForm = Dictionary(Fields=Array([held]), SigFlags=3)
    pdf.pages[0].obj["/Annots"] = Array([held])


def jpeg(pdf: Pdf) -> None:
    show(pdf, Stream(pdf, photo(), Filter=Name.DCTDecode))


def jpeg_packed_twice(pdf: Pdf) -> None:
    picture = Stream(pdf, photo().hex().encode() + b">")
    picture.stream_dict.Filter = Array([Name.ASCIIHexDecode, Name.DCTDecode])
    show(pdf, picture)


def jpeg2000(pdf: Pdf) -> None:
    out = BytesIO()
    Image.new("RGB", (32, 16), "green").save(out, "JPEG2000")
    box = b"uuid" + bytes(16) + SECRET.encode()
    show(pdf, Stream(pdf, out.getvalue() + (4 + len(box)).to_bytes(4, "big") + box, Filter=Name.JPXDecode))


TELLING = [
    information, metadata, small_picture, of_a_program, file_inside, note, file_on_page, signature, jpeg,
    jpeg_packed_twice, jpeg2000,
]  # fmt: skip


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "open"])
@pytest.mark.parametrize("tell", TELLING, ids=lambda tell: tell.__name__)
def test_who_made_it_when_and_with_what_is_said_nowhere(tell: Callable[[Pdf], None], packed: bool) -> None:
    whole = made(tell, packed=packed)
    before = told(whole)
    assert SECRET.encode() in before or SECRET.encode().hex().encode() in before
    kept = cleaned(whole, Family.DOCUMENT)
    for each in (kept, told(kept)):
        assert SECRET.encode() not in each
        assert SECRET.encode().hex().encode() not in each
        assert SECRET.encode("utf-16-be") not in each
    assert b"What is seen" in told(kept)


def test_what_stood_there_before_it_was_changed_goes() -> None:
    whole = made(packed=False)
    end = whole.rindex(b"startxref")
    before = int(whole[end:].split()[1])
    newer = b"%d 0 obj\n<< /Secret (%s) >>\nendobj\n" % (99, SECRET.encode())
    table = b"xref\n99 1\n%010d 00000 n \n" % len(whole)
    size = b"trailer << /Size 100 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (before, len(whole) + len(newer))
    kept = cleaned(whole + newer + table + size, Family.DOCUMENT)
    assert SECRET.encode() not in told(kept)
    assert b"What is seen" in told(kept)


def test_two_copies_of_one_document_become_the_same_one() -> None:
    """The id of a document tells which others were made of the same."""
    assert cleaned(made(information), Family.DOCUMENT) == cleaned(made(metadata), Family.DOCUMENT)


# --- what is seen -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [jpeg, jpeg_packed_twice, jpeg2000], ids=lambda shown: shown.__name__)
def test_a_picture_inside_keeps_its_pixels(shown: Callable[[Pdf], None]) -> None:
    with written_anew(made(shown)) as kept:
        seen = Image.open(BytesIO(kept.pages[0].Resources.XObject.Thumb.read_raw_bytes()))
    assert seen.size == (32, 16)
    red, green, blue = seen.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert max(red, blue) < 3
    assert 120 < green < 135


def test_a_note_keeps_what_it_says() -> None:
    with written_anew(made(note)) as kept:
        [left] = kept.pages[0].Annots
        assert (str(left.Contents), "/T" in left) == ("Too dark", False)


def test_what_people_need_who_hear_it_read_stays() -> None:
    def tagged(pdf: Pdf) -> None:
        pdf.Root.MarkInfo, pdf.Root.Lang = Dictionary(Marked=True), String("de")
        pdf.Root.StructTreeRoot = Dictionary(
            Type=Name.StructTreeRoot, K=Dictionary(Type=Name.StructElem, S=Name.Figure, Alt=String("A park"))
        )

    with written_anew(made(tagged)) as kept:
        assert (str(kept.Root.Lang), str(kept.Root.StructTreeRoot.K.Alt)) == ("de", "A park")


def test_a_field_keeps_its_name_and_what_was_filled_in() -> None:
    def filled(pdf: Pdf) -> None:
        field = Dictionary(
            Subtype=Name.Widget, FT=Name.Tx, T=String("street"), V=String("Oak Street"), Rect=Array([0, 0, 9, 9])
        )
        pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.pages[0].obj.Annots[0]]), XFA=String("<script/>"))

    with written_anew(made(filled)) as kept:
        assert [(str(each.T), str(each.V)) for each in kept.Root.AcroForm.Fields] == [("street", "Oak Street")]
        assert "/XFA" not in kept.Root.AcroForm


def test_a_link_stays_where_it_leads_to_the_web() -> None:
    def linked(pdf: Pdf) -> None:
        leads = [("https://example.org/park", Name.URI), ("file:///etc/passwd", Name.URI)]
        actions = [Dictionary(S=kind, URI=String(address)) for address, kind in leads]
        pdf.pages[0].obj["/Annots"] = Array(
            [Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action) for action in actions]
        )

    with written_anew(made(linked)) as kept:
        [web, here] = kept.pages[0].Annots
        assert str(web.A.URI) == "https://example.org/park"
        assert list(here.A.keys()) == []


# --- what runs --------------------------------------------------------------------------------------------------------


def at_opening(pdf: Pdf, action: Dictionary) -> None:
    pdf.Root.OpenAction = action


def by_name(pdf: Pdf, action: Dictionary) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def of_the_page(pdf: Pdf, action: Dictionary) -> None:
    pdf.pages[0].obj["/AA"] = Dictionary(O=action)


def after_another(pdf: Pdf, action: Dictionary) -> None:
    first = Dictionary(S=Name.URI, URI=String("https://example.org"), Next=pdf.make_indirect(action))
    pdf.pages[0].obj["/Annots"] = Array([Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=first)])


def hidden_in_a_resource(pdf: Pdf, action: Dictionary) -> None:
    pdf.pages[0].obj.Resources["/Properties"] = Dictionary(AA=Dictionary(O=action))


@pytest.mark.parametrize("kind", ["JavaScript", "Launch", "SubmitForm", "GoToR", "GoToE", "ImportData"])
@pytest.mark.parametrize(
    "put", [at_opening, by_name, of_the_page, after_another, hidden_in_a_resource], ids=lambda put: put.__name__
)
def test_nothing_runs_and_no_other_file_is_opened(put: Callable[[Pdf, Dictionary], None], kind: str) -> None:
    def acting(pdf: Pdf) -> None:
        put(pdf, Dictionary(S=Name(f"/{kind}"), JS=Stream(pdf, b"app.alert()"), F=String("\\\\host\\share")))

    whole = made(acting)
    assert b"app.alert()" in told(whole)
    left = told(cleaned(whole, Family.DOCUMENT))
    assert b"app.alert()" not in left
    assert b"host" not in left
    assert f"/{kind}".encode() not in left


# --- what is refused --------------------------------------------------------------------------------------------------


def locked(*, user: str) -> bytes:
    out = BytesIO()
    with Pdf.open(BytesIO(made())) as pdf:
        pdf.save(out, encryption=Encryption(owner="secret", user=user))
    return out.getvalue()


def test_what_needs_a_password_is_refused_and_what_anybody_can_read_is_not() -> None:
    with pytest.raises(RefusedFileError) as refused:
        cleaned(locked(user="secret"), Family.DOCUMENT)
    assert refused.value.why is Refused.BROKEN
    with written_anew(locked(user="")) as kept:
        assert not kept.is_encrypted
        assert b"What is seen" in kept.pages[0].Contents.read_bytes()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Refused.EMPTY),
        (sample("photo.jpg"), Refused.ANOTHER_KIND),
        (b"%PDF-1.7\n", Refused.BROKEN),
        (b"%PDF-1.7\nnothing at all\n%%EOF", Refused.BROKEN),
        (sample("document.pdf")[:-40], Refused.BROKEN),
        (made(lambda pdf: show(pdf, Stream(pdf, b"no picture", Filter=Name.DCTDecode))), Refused.BROKEN),
    ],
)
def test_what_is_no_document_is_refused(data: bytes, why: Refused) -> None:
    with pytest.raises(RefusedFileError) as refused:
        cleaned(data, Family.DOCUMENT)
    assert refused.value.why is why
