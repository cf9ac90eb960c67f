"""Names of files that residents send: random, with an ending of our own, whatever a phone claims."""

from __future__ import annotations

import pytest

from dialogues.sent_files import NAME_BYTES, UNKNOWN, Family, is_name, kept_as, media_type_of, name_for, taken

CHANCE = bytes(range(NAME_BYTES))


@pytest.mark.parametrize(
    ("claimed", "ending", "family"),
    [
        ("image/jpeg", "jpg", Family.PICTURE),
        ("IMAGE/PNG", "jpg", Family.PICTURE),
        ("audio/ogg; codecs=opus", "ogg", Family.SOUND),
        ("audio/mpeg", "mp3", Family.SOUND),
        ("audio/x-m4a", "m4a", Family.SOUND),
        ("video/mp4", "mp4", Family.FILM),
        ("application/pdf", "pdf", Family.DOCUMENT),
    ],
)
def test_what_is_taken(claimed: str, ending: str, family: Family) -> None:
    name, kept = name_for(claimed, CHANCE), taken(claimed)
    assert kept is not None
    assert (name.rpartition(".")[2], kept.family, is_name(name), kept_as(name)) == (ending, family, True, kept)


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        "",
        "image/svg+xml",
        "text/html",
        "application/zip",
        "application/pdf\r\nSet-Cookie: a=b",
        "../../etc/passwd",
        "image/jpeg/../../x",
        "a" * 300 + "/b",
    ],
)
def test_what_is_not_taken_gets_a_harmless_name_all_the_same(claimed: str | None) -> None:
    name = name_for(claimed or "", CHANCE)
    assert name.endswith(".bin")
    assert (taken(claimed or ""), is_name(name), kept_as(name)) == (None, True, None)
    assert media_type_of(claimed) == UNKNOWN or media_type_of(claimed) == claimed


def test_other_chance_is_another_name() -> None:
    assert name_for("image/jpeg", CHANCE) != name_for("image/jpeg", CHANCE[::-1])


@pytest.mark.parametrize("value", ["", "photo.jpg", "a.jpg", name_for("image/jpeg", CHANCE).upper(), "x" * 26 + ".exe"])
def test_what_is_no_such_name(value: str) -> None:
    assert not is_name(value)
