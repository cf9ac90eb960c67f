"""Files of our own, one of each kind, for residents who send one without having one."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def sample(name: str) -> bytes:
    """The bytes of ``photo.jpg``, ``voice.oga``, ``audio.mp3``, ``video.mp4`` or ``document.pdf``."""
    return (Path(__file__).parent / name).read_bytes()
