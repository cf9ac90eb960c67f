"""A picture and a voice message of our own, for residents who send one without having one."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def sample(name: str) -> bytes:
    """The bytes of ``photo.jpg`` or ``voice.oga``."""
    return (Path(__file__).parent / name).read_bytes()
