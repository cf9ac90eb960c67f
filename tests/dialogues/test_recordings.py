"""Sounds and films lose what they tell beside what is heard and seen, and nothing else; hostile ones do no harm."""

from __future__ import annotations

import struct
from contextlib import suppress
from random import Random

import pytest

from bot.simulator.samples import sample
from dialogues.attachments import cleaned
from dialogues.recordings import film, sound
from dialogues.refused_files import RefusedFileError
from dialogues.sent_files import Family

FRAMES = sample("audio.mp3")


# --- MP3 ------------------------------------------------------------------------------------------------------------


def id3(content: bytes, *, footer: bool = False) -> bytes:
    sizes = bytes(len(content) >> shift & 0x7F for shift in (21, 14, 7, 0))
    tag = b"ID3\x04\x00" + (b"\x10" if footer else b"\x00") + sizes + content
    return tag + (b"3DI" + tag[3:10] if footer else b"")


def ape(content: bytes) -> bytes:
    size = struct.pack("<IIII", 2000, len(content) + 32, 1, 1 << 31) + bytes(8)
    return b"APETAGEX" + size + content + b"APETAGEX" + size


@pytest.mark.parametrize(
    "tagged",
    [
        FRAMES,
        id3(b"TPE1 Amina" * 200) + FRAMES,
        id3(b"one") + id3(b"another", footer=True) + bytes(100) + FRAMES,
        FRAMES + b"TAG" + b"Amina".ljust(125),
        id3(b"TPE1 Amina") + FRAMES + ape(b"Artist\0Amina") + b"TAG" + b"Amina".ljust(125),
    ],
)
def test_an_mp3_is_its_frames(tagged: bytes) -> None:
    assert sound(tagged) == FRAMES


@pytest.mark.parametrize(
    "data", [b"", b"ID3", id3(b"x"), id3(b"x") + b"no sound", b"ID3\x04\0\0\xff\xff\xff\xff" + FRAMES, b"TAG" * 50]
)
def test_what_is_no_mp3_is_not_taken(data: bytes) -> None:
    with pytest.raises(RefusedFileError):
        sound(data)


# --- Ogg ------------------------------------------------------------------------------------------------------------


def page(content: bytes, number: int, *, flags: int = 0, open_: bool = False, serial: int = 7) -> bytes:
    lengths = bytes([255] * (len(content) // 255)) + (b"" if open_ else bytes([len(content) % 255]))
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, serial, number, 0, len(lengths)) + lengths + content
    return head[:22] + slow_checksum(head) + head[26:]


def slow_checksum(page_: bytes) -> bytes:
    """As RFC 3533 describes it, bit by bit."""
    value = 0
    for byte in page_:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 1 << 31 else value << 1) & 0xFFFFFFFF
    return struct.pack("<I", value)


def tags(vendor: bytes, *comments: bytes, heading: bytes = b"OpusTags") -> bytes:
    parts = [struct.pack("<I", len(vendor)) + vendor, struct.pack("<I", len(comments))]
    return heading + b"".join(parts + [struct.pack("<I", len(each)) + each for each in comments])


def spoken(*pages: bytes) -> bytes:
    return page(b"OpusHead" + bytes(11), 0, flags=2) + b"".join(pages)


def test_a_voice_loses_its_tags_and_keeps_its_length_and_sound() -> None:
    said = tags(b"Recorder 3 of Amina", b"ARTIST=Amina", b"LOCATION=51.03,13.73", b"") + b"more of Amina"
    voice = spoken(page(said, 1), page(b"what is heard", 2))
    kept = sound(voice)
    assert (len(kept), b"Amina" in kept, b"51.03" in kept, b"what is heard" in kept) == (len(voice), False, False, True)
    assert (
        spoken(page(tags(b" " * 19, b" " * 11 + b"=", b" " * 19 + b"=", b"") + bytes(13), 1), page(b"what is heard", 2))
        == kept
    )


def test_tags_may_go_over_several_pages() -> None:
    said = tags(b"x", b"PICTURE=" + b"Amina" * 300)
    first, rest = said[:510], said[510:]
    kept = sound(spoken(page(first, 1, open_=True), page(rest, 2, flags=1), page(b"heard", 3)))
    assert b"Amina" not in kept
    at = 0
    for _ in range(4):
        end = kept.find(b"OggS", at + 4)
        whole = kept[at : end if end > 0 else None]
        assert whole[22:26] == slow_checksum(whole[:22] + bytes(4) + whole[26:])
        at = end


def test_the_sample_voice_stays_as_long_as_it_was() -> None:
    assert len(sound(sample("voice.oga"))) == len(sample("voice.oga"))


@pytest.mark.parametrize(
    "data",
    [
        b"OggS",
        spoken(),
        spoken(page(b"another codec", 1)),
        spoken(page(b"OpusTags\xff\xff\xff\xff", 1)),
        spoken(page(b"OpusTags\0\0\0\0\xff\xff\xff\xff", 1)),
        spoken(page(tags(b"x"), 1))[:-1],
        spoken(page(tags(b"x"), 1)) + b"what follows",
        page(b"of no stream that has begun", 0),
    ],
)
def test_what_is_no_voice_is_not_taken(data: bytes) -> None:
    with pytest.raises(RefusedFileError):
        sound(data)


# --- MP4 ------------------------------------------------------------------------------------------------------------


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def recorded(*more: bytes, moov: bytes = b"") -> bytes:
    times = b"\0\0\0\0" + b"\xd0\xd0\xd0\xd0" * 2 + bytes(12)
    newer = b"\1\0\0\0" + b"\xd1" * 16 + bytes(12)
    track = box(b"trak", box(b"tkhd", newer), box(b"meta", b"Amina"), box(b"mdia", box(b"mdhd", times)))
    return box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", box(b"mvhd", times), track, moov) + b"".join(more)


def test_a_film_loses_places_names_and_times_in_their_place() -> None:
    where = box(b"udta", box(b"\xa9xyz", b"+51.03+013.73/"), b"\0\0\0\0")
    told = recorded(box(b"uuid", b"xmp of Amina"), box(b"mdat", b"what is seen"), moov=where)
    kept = film(told)
    assert len(kept) == len(told)
    for each in (b"Amina", b"51.03", b"\xd0\xd0", b"\xd1\xd1"):
        assert each not in kept
    assert kept.find(b"what is seen") == told.find(b"what is seen")


def test_a_long_box_and_one_to_the_end_are_understood() -> None:
    long = struct.pack(">I4sQ", 1, b"uuid", 16 + 5) + b"Amina"
    kept = film(recorded(long, struct.pack(">I4s", 0, b"mdat") + b"what is seen"))
    assert b"Amina" not in kept
    assert kept.endswith(b"what is seen")


def test_the_sample_film_stays_as_long_as_it_was() -> None:
    assert len(film(sample("video.mp4"))) == len(sample("video.mp4"))


def test_an_m4a_is_a_sound() -> None:
    assert b"Amina" not in sound(recorded(moov=box(b"udta", b"Amina")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\x08ftyp",
        box(b"ftyp", b"heic\0\0\0\0") + box(b"meta", b"x"),
        recorded(b"\0\0\0\x07mdat"),
        recorded(b"\0\0\0\xffmdat"),
        recorded(b"short"),
        recorded(moov=b"\xff" * 5),
        recorded(
            moov=box(
                b"moov",
                box(
                    b"moov",
                    box(b"moov", box(b"moov", box(b"moov", box(b"moov", box(b"moov", box(b"moov", box(b"moov"))))))),
                ),
            )
        ),
    ],
)
def test_what_is_no_film_is_not_taken(data: bytes) -> None:
    with pytest.raises(RefusedFileError):
        film(data)


# --- whatever comes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["photo.jpg", "voice.oga", "audio.mp3", "video.mp4", "document.pdf"])
def test_damaged_files_are_taken_or_refused_and_nothing_else(name: str) -> None:
    chance, whole = Random(name), sample(name)
    families = {"jpg": Family.PICTURE, "oga": Family.SOUND, "mp3": Family.SOUND, "mp4": Family.FILM}
    family = families.get(name.rpartition(".")[2], Family.DOCUMENT)
    for _ in range(60 if family is Family.PICTURE else 400):
        data = bytearray(whole[: chance.randrange(len(whole) + 1)] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 30)):
            if data:
                data[chance.randrange(min(len(data), 1200))] = chance.randrange(256)
        with suppress(RefusedFileError):
            cleaned(bytes(data), family)


@pytest.mark.parametrize("family", Family)
def test_a_file_of_one_kind_is_none_of_another(family: Family) -> None:
    own = {
        Family.PICTURE: "photo.jpg",
        Family.SOUND: "audio.mp3",
        Family.FILM: "video.mp4",
        Family.DOCUMENT: "document.pdf",
    }
    for other, name in own.items():
        if other is family:
            assert cleaned(sample(name), family)
        elif (other, family) != (Family.FILM, Family.SOUND):  # of a film one can listen to the sound
            with pytest.raises(RefusedFileError):
                cleaned(sample(name), family)
    with pytest.raises(RefusedFileError):
        cleaned(b"", family)
