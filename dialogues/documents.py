"""PDFs as they are seen, written anew without what they tell beside that, and without what runs or opens something.

Only what is reachable from the pages is written, as it is now: earlier states of the document go as well. Of the
document's own entries those stay that are named here; of all others, which may hold anything, those go that tell of
people, programs, times and other files. A few kilobytes may unpack to more than a machine has, so this is to be called
in a process of its own, bounded in time and memory (`storage.cleaning`). PDF: ISO 32000-2.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from dialogues.jpegs import bare_jpeg, bare_jpeg2000
from dialogues.refused_files import Refused, RefusedFileError

_ROOT = frozenset({
    "/Type", "/Version", "/Pages", "/PageLabels", "/PageLayout", "/PageMode", "/ViewerPreferences", "/Names", "/Dests",
    "/Outlines", "/OCProperties", "/AcroForm", "/StructTreeRoot", "/MarkInfo", "/Lang",
})  # fmt: skip
"""Of the document: its pages, how they are found, their layers and forms, and their order for who hears them read."""
_NAMED = frozenset({"/Dests"})
_FORM = frozenset({"/Fields", "/DR", "/DA", "/Q", "/NeedAppearances"})
_PAGE = frozenset({
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate",
    "/UserUnit", "/Contents", "/Group", "/Annots", "/StructParents", "/Tabs",
})  # fmt: skip
_NOTES = frozenset({
    "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Caret", "/Stamp", "/Ink", "/Redact",
})  # fmt: skip
"""What somebody has put onto a page: it stays, and who it was goes."""
_ON_PAGES = _NOTES | {"/Link", "/Widget", "/Popup", "/Watermark", "/PrinterMark", "/TrapNet"}
"""Not: files, sounds, films, three-dimensional models."""
_ABOUT_NOTES = ("/T", "/RC", "/Subj")
_TELL = ("/Author", "/Creator", "/Producer", "/CreationDate", "/ModDate", "/LastModified", "/M", "/NM")
"""Wherever they stand with a text: a resource may have such a name, but is no text."""
_RUN = frozenset({
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/GoTo3DView", "/Thread",
    "/Rendition", "/Movie", "/Sound", "/RichMediaExecute",
})  # fmt: skip
"""Actions that run something, send something, or open another file."""
_LEAD = ("http://", "https://", "mailto:", "tel:")
"""Where links may lead."""
_PICTURES = {"/DCTDecode": bare_jpeg, "/JPXDecode": bare_jpeg2000}


def document(data: bytes) -> bytes:
    """A PDF of what is seen in a PDF. One that needs a password is refused.

    Raises:
        RefusedFileError: it is none, or cannot be read.
    """
    if b"%%EOF" not in data[-2048:]:
        raise RefusedFileError(Refused.BROKEN)
    try:
        with Pdf.open(BytesIO(data), suppress_warnings=True) as pdf:
            return _written_anew(pdf)
    except RefusedFileError:
        raise
    except Exception:  # noqa: BLE001, RUF100 (a reader that meets a hostile file may raise anything)
        raise RefusedFileError(Refused.BROKEN) from None


def _written_anew(pdf: Pdf) -> bytes:
    if not len(pdf.pages):
        raise RefusedFileError(Refused.BROKEN)
    _keep(pdf.trailer, frozenset({"/Root", "/Size"}))  # /ID can be what a program makes of author, time and path
    _keep(pdf.Root, _ROOT)
    for key, few in (("/Names", _NAMED), ("/AcroForm", _FORM)):
        held = pdf.Root.get(key)
        if isinstance(held, Dictionary):
            _keep(held, few)
    for page in pdf.pages:
        _keep(page.obj, _PAGE)
        notes = page.obj.get("/Annots")
        if isinstance(notes, Array):
            page.obj["/Annots"] = Array([each for each in notes if _stays(each)])
    for each in _everything(pdf):
        if isinstance(each, Stream):
            _forget(each)
            _bare(pdf, each)
        elif _runs(each) or "/ByteRange" in each:  # a signature holds no longer, and has a name and a time
            _keep(each, frozenset())
        else:
            _forget(each)
    out = BytesIO()
    pdf.save(
        out,
        fix_metadata_version=False,
        encryption=False,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,  # what is packed stays so
    )
    return out.getvalue()


def _everything(pdf: Pdf) -> Iterator[Dictionary | Stream]:
    """Each dictionary and stream once, also one within another."""
    for whole in pdf.objects:
        waiting: list[object] = [whole]
        while waiting:
            each = waiting.pop()
            inside: list[object] = []
            if isinstance(each, Dictionary | Stream):
                yield each
                inside = [each[key] for key in each.keys()]  # noqa: SIM118 (it has no other way to them)
            elif isinstance(each, Array):
                inside = list(each)
            waiting += [part for part in inside if isinstance(part, Object) and not part.is_indirect]


def _keep(held: Object, keys: frozenset[str]) -> None:
    for key in list(held.keys()):
        if key not in keys:
            del held[key]


def _stays(note: object) -> bool:
    return isinstance(note, Dictionary) and str(note.get("/Subtype")) in _ON_PAGES


def _runs(action: Dictionary) -> bool:
    kind = action.get("/S")
    if not isinstance(kind, Name):
        return False
    if kind == "/URI":
        leads_to = action.get("/URI")
        return not isinstance(leads_to, String) or not str(leads_to).strip().lower().startswith(_LEAD)
    return str(kind) in _RUN


def _forget(held: Dictionary | Stream) -> None:
    """Take out what tells something, in whatever it stands."""
    for key in _TELL:
        if isinstance(held.get(key), String):
            del held[key]
    if isinstance(held.get("/Metadata"), Stream) and not _is_drawn(held["/Metadata"]):
        del held["/Metadata"]
    for key in ("/PieceInfo", "/CreatorInfo"):
        if isinstance(held.get(key), Dictionary):
            del held[key]
    files = held.get("/EF")
    if isinstance(files, Dictionary) and all(isinstance(each, Stream) for _, each in files.items()):
        del held["/EF"]
    if str(held.get("/Subtype")) in _NOTES:
        for key in _ABOUT_NOTES:
            if key in held:
                del held[key]


def _is_drawn(stream: Object) -> bool:
    return str(stream.get("/Subtype")) in ("/Image", "/Form")


def _bare(pdf: Pdf, stream: Stream) -> None:
    """Let a picture that is a file of its own tell nothing."""
    named, with_what = stream.get("/Filter"), stream.get("/DecodeParms")
    filters = list(named) if isinstance(named, Array) else [named]
    bare = _PICTURES.get(str(filters[-1])) if filters else None
    if bare is None:
        return
    content = stream.read_raw_bytes()
    options = list(with_what) if isinstance(with_what, Array) else [with_what]
    if len(filters) > 1:
        packed = Stream(pdf, content)
        packed["/Filter"] = Array(filters[:-1])
        if isinstance(with_what, Array):
            packed["/DecodeParms"] = Array(options[:-1])
        content = packed.read_bytes()
    last = options[-1] if options else None
    stream.write(
        bare(content), filter=Name(str(filters[-1])), decode_parms=last if isinstance(last, Dictionary) else None
    )
