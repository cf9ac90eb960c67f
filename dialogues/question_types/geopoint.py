"""A place, shared from the phone's map or typed as coordinates. ``geopoint``."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, ClassVar

from dialogues.markup import clean
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Take
from dialogues.question_types.numbers import stored
from dialogues.typed.folding import western_digits

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.prompts import Media
    from dialogues.scene import Scene

_POINT, _COMMA = (rf"([-+]?\d{{1,3}}{sign}\d{{1,15}})" for sign in (r"\.", ","))
_COORDINATES = re.compile(rf"{_POINT}\s*[,;\s]\s*{_POINT}|{_COMMA}(?:\s*;\s*|,?\s+){_COMMA}")
_ARABIC = str.maketrans({"٫": ".", "،": ","})
_NORTH, _EAST = 90, 180
"""Degrees at most."""


class Geopoint(QuestionType):
    """Stores ``latitude longitude altitude accuracy`` (degrees, metres), as ODK does; a chat knows no altitude: 0."""

    kind: ClassVar[str] = "geopoint"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please send a place: tap 📎 and then “Location”. You can choose any place on the map.")

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        match = _COORDINATES.fullmatch(western_digits(clean(text)).translate(_ARABIC).strip())
        found = [Decimal(each.replace(",", ".")) for each in match.groups() if each] if match else []
        latitude, longitude = found or (Decimal(999), Decimal(999))
        if abs(latitude) > _NORTH or abs(longitude) > _EAST:
            return Refuse(self.expectation(scene, question))
        return Take(f"{stored(latitude)} {stored(longitude)} 0 0")

    def receive(self, scene: Scene, question: Question, media: Media) -> Outcome:
        place = media.place
        if place is None:
            return super().receive(scene, question, media)
        return Take(f"{place.latitude:.6f} {place.longitude:.6f} 0 {place.accuracy:.0f}")

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        return ", ".join(_shown(each) for each in value.split()[:2])


def _shown(degrees: str) -> str:
    """Write degrees to about a metre."""
    try:
        return stored(round(Decimal(degrees), 5))
    except InvalidOperation:
        return degrees
