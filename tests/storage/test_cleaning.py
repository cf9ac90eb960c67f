"""Documents are cleaned by a process of its own: what would take the machine costs that process, and nobody else."""

from __future__ import annotations

import asyncio
import time
import zlib
from io import BytesIO

import pytest
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String

from bot.simulator.samples import sample
from dialogues.refused_files import Refused, RefusedFileError
from dialogues.sent_files import Family
from storage.cleaning import Cleaner


def bomb() -> bytes:
    """A picture of a few hundred bytes that unpacks to 600 MB."""
    packer, some = zlib.compressobj(9), bytes(1_000_000)
    packed = b"".join(packer.compress(some) for _ in range(600)) + packer.flush()
    out = BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        filters = Array([Name.FlateDecode, Name.FlateDecode, Name.DCTDecode])
        picture = Stream(pdf, zlib.compress(packed, 9), Subtype=Name.Image, Filter=filters)
        pdf.pages[0].obj["/Resources"] = Dictionary(XObject=Dictionary(It=picture))
        pdf.save(out)
    return out.getvalue()


def growing() -> bytes:
    """A document of a few kilobytes whose picture, as it is kept, has 30 MB."""
    picture = b"\xff\xd8\xff\xda\x00\x02" + bytes(30_000_000) + b"\xff\xd9"
    out = BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        filters = Array([Name.FlateDecode, Name.DCTDecode])
        stream = Stream(pdf, zlib.compress(picture, 9), Subtype=Name.Image, Filter=filters)
        pdf.pages[0].obj["/Resources"] = Dictionary(XObject=Dictionary(It=stream))
        pdf.save(out)
    return out.getvalue()


def of_many_objects() -> bytes:
    out = BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].obj["/Annots"] = Array(
            [
                pdf.make_indirect(Dictionary(Subtype=Name.Text, Contents=String("x"), Rect=Array([0, 0, 1, 1])))
                for _ in range(100_000)
            ]
        )
        pdf.save(out, object_stream_mode=ObjectStreamMode.generate)
    return out.getvalue()


async def test_each_kind_is_cleaned() -> None:
    cleaner = Cleaner()
    names = {
        Family.PICTURE: "photo.jpg",
        Family.SOUND: "audio.mp3",
        Family.FILM: "video.mp4",
        Family.DOCUMENT: "document.pdf",
    }
    for family, name in names.items():
        assert await cleaner.clean(sample(name), family)
    for family in Family:
        with pytest.raises(RefusedFileError) as refused:
            await cleaner.clean(b"", family)
        assert refused.value.why is Refused.EMPTY


async def test_a_document_that_unpacks_to_more_than_there_is_costs_nobody_else_anything() -> None:
    with pytest.raises(RefusedFileError) as refused:
        await Cleaner(memory=400_000_000).clean(bomb(), Family.DOCUMENT)
    assert refused.value.why is Refused.BROKEN


async def test_a_document_that_would_be_larger_than_any_is_refused_before_we_hold_it() -> None:
    with pytest.raises(RefusedFileError) as refused:
        await Cleaner().clean(growing(), Family.DOCUMENT)
    assert refused.value.why is Refused.TOO_LARGE


async def test_a_document_that_takes_too_long_is_refused_and_meanwhile_all_goes_on() -> None:
    hostile, ticks, begun = of_many_objects(), 0, time.monotonic()
    cleaning = asyncio.create_task(Cleaner(seconds=1.0).clean(hostile, Family.DOCUMENT))
    while not cleaning.done():
        await asyncio.sleep(0.02)
        ticks += 1
    with pytest.raises(RefusedFileError) as refused:
        await cleaning
    assert refused.value.why is Refused.BROKEN
    assert time.monotonic() - begun < 10
    assert ticks > 10


async def test_who_is_cancelled_leaves_no_process_behind() -> None:
    cleaner = Cleaner()
    cleaning = asyncio.create_task(cleaner.clean(of_many_objects(), Family.DOCUMENT))
    await asyncio.sleep(0.5)
    cleaning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cleaning
    assert await cleaner.clean(sample("document.pdf"), Family.DOCUMENT)
