"""An outline on a map, which a chat cannot take: that is told, and the question passed over. ``geoshape``."""

from __future__ import annotations

from typing import ClassVar

from dialogues.question_types.geotrace import Geotrace


class Geoshape(Geotrace):
    """Stores nothing."""

    kind: ClassVar[str] = "geoshape"
