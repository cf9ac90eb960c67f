"""What is read from the first bytes of a picture or a sound."""

from __future__ import annotations

import base64

import pytest

from bot.simulator.media import image_size, image_type, ogg_seconds, voice_type
from bot.simulator.samples import sample

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAAElFTkSuQmCC")
GIF = b"GIF89a" + bytes([3, 0, 2, 0])
WEBP_LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + bytes([3, 0, 2, 0])
WEBP_LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + (2 | 1 << 14).to_bytes(4, "little")
WEBP_EXTENDED = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + bytes([2, 0, 0, 1, 0, 0])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (WEBP_LOSSY, "image/webp"),
        (WEBP_LOSSLESS, "image/webp"),
        (WEBP_EXTENDED, "image/webp"),
    ],
)
def test_pictures_tell_their_size(data: bytes, kind: str) -> None:
    assert (image_size(data), image_type(data)) == ((3, 2), kind)


def test_the_sample_picture_is_a_jpeg() -> None:
    assert (image_size(sample("photo.jpg")), image_type(sample("photo.jpg"))) == ((960, 640), "image/jpeg")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xc0\0", PNG[:20], GIF[:6] + bytes(4), b"RIFF", b"%PDF"]
)
def test_what_is_no_picture_has_no_size(data: bytes) -> None:
    assert image_size(data) is None


def test_every_beginning_of_a_picture_is_read_without_harm() -> None:
    for end in range(0, 700):
        image_size(sample("photo.jpg")[:end])


def test_sounds_tell_their_kind_and_length() -> None:
    assert (voice_type(sample("voice.oga")), ogg_seconds(sample("voice.oga"))) == ("audio/ogg", 4)
    assert (voice_type(b"ID3\x04"), voice_type(b"\xff\xfb\x90"), voice_type(b"\0\0\0\x20ftypM4A ")) == (
        "audio/mpeg",
        "audio/mpeg",
        "audio/mp4",
    )
    assert (voice_type(b"RIFF"), voice_type(b""), ogg_seconds(b"OggS")) == (None, None, 0)
