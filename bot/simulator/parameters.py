"""The parameters of one call, however they came (query, form, multipart, JSON), read with Telegram's leniency.

Whatever has the wrong shape is refused here, so that methods see only values of the type they ask for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.errors import bad_request, not_simulated

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_KEPT = 20_000
"""Characters of a value that the record of calls keeps."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request; its name and type are what the sender claims."""

    name: str
    content_type: str
    data: bytes


@dataclass(slots=True)
class Parameters:
    """Named values and files."""

    values: dict[str, Any]
    uploads: dict[str, Upload] = field(default_factory=dict)

    def refuse_unknown(self, method: str, known: Collection[str]) -> None:
        """Refuse what would be ignored: an ignored parameter is a test that passes by mistake."""
        for name, value in self.values.items():
            if name not in known and not _is_empty(value):
                raise not_simulated(f"parameter {name!r} of {method}")

    def text(self, name: str) -> str:
        """A string, empty where it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool | int | float):
            return json.dumps(value)
        raise bad_request(f"parameter {name} must be a String")

    def integer(self, name: str, default: int) -> int:
        """A whole number."""
        text = self.text(name).strip()
        if not text:
            return default
        if not _INTEGER.fullmatch(text):
            raise bad_request(f"parameter {name} must be an Integer")
        number = int(text)
        if not -(2**63) <= number < 2**63:
            raise bad_request(f"parameter {name} is out of range")
        return number

    def number(self, name: str) -> float | None:
        """A number with a fraction, None where it is missing."""
        text = self.text(name).strip()
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            raise bad_request(f"parameter {name} must be a Float") from None

    def flag(self, name: str) -> bool:
        """Yes or no; missing is no."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def structure(self, name: str) -> Any:
        """A JSON object or array, None where it is missing."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return load_json(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def object(self, name: str) -> dict[str, Any] | None:
        """A JSON object, None where it is missing."""
        value = self.structure(name)
        if value is None or isinstance(value, dict):
            return value
        raise bad_request(f"object expected as {name}")

    def array(self, name: str) -> list[Any] | None:
        """A JSON array, None where it is missing."""
        value = self.structure(name)
        if value is None or isinstance(value, list):
            return value
        raise bad_request(f"array expected as {name}")

    def upload(self, name: str) -> Upload | None:
        """The file meant by this parameter: sent under its name, or named by ``attach://``."""
        reference = self.text(name)
        if reference.startswith("attach://"):
            return self.uploads.get(reference.removeprefix("attach://"))
        return self.uploads.get(name)

    def summary(self) -> dict[str, Any]:
        """What the record of calls keeps: values, and of files only name and size."""
        files = {name: {"file_name": upload.name, "size": len(upload.data)} for name, upload in self.uploads.items()}
        return {**{name: _short(value) for name, value in self.values.items()}, **files}


def load_json(text: str | bytes) -> Any:
    """Strict JSON: no NaN, no half of a surrogate pair, no endless nesting. Raises ValueError."""
    try:
        value = json.loads(text, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value)
    return value if len(text) <= _KEPT else text[:_KEPT] + "…"


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", "false", "False", "0", "null")
