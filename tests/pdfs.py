"""PDFs for the tests: how one is made, and everything that stands in one."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from pikepdf import Dictionary, Name, ObjectStreamMode, Pdf, Stream, StreamDecodeLevel


def made(change: Callable[[Pdf], None] = lambda _: None, *, packed: bool = True) -> bytes:
    """A document of one page with some words on it."""
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=(300, 200))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].obj["/Resources"] = Dictionary(Font=Dictionary(AA=font))  # a resource may have any name
    pdf.pages[0].obj["/Contents"] = Stream(pdf, b"BT /AA 12 Tf 20 100 Td (What is seen) Tj ET")
    change(pdf)
    out = BytesIO()
    pdf.save(out, object_stream_mode=ObjectStreamMode.generate if packed else ObjectStreamMode.disable)
    return out.getvalue()


def told(data: bytes) -> bytes:
    """Everything that stands in a document, unpacked."""
    out = BytesIO()
    with Pdf.open(BytesIO(data)) as pdf:
        pdf.save(
            out,
            object_stream_mode=ObjectStreamMode.disable,
            stream_decode_level=StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return out.getvalue()
