"""A questionnaire with its files as one .zip, as ODK and KoBo lay it out, and as it can be taken in again. Blocks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_ANY_DAY = (1980, 1, 1, 0, 0, 0)


def as_zip(name: str, forms: Mapping[str, bytes], files: Mapping[str, bytes]) -> bytes:
    """A questionnaire of that name in the formats ``forms``, by their endings, and its files in a folder beside it; the
    same each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for ending, form in forms.items():
            package.writestr(_entry(f"{name}.{ending}"), form)
        for each, content in files.items():
            package.writestr(_entry(f"{name}-media/{each}"), content)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_ANY_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
