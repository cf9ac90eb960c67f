"""What a chat shows: messages with their buttons, as a reader sees them and as they really are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_INVISIBLE = {ord(sign): None for sign in "\u2068\u2069\u200e\u200f"}
_MARK = re.compile("^[✓☑☐] ")


def seen(text: str) -> str:
    """A text as a reader sees it: without the signs that only order letters."""
    return text.translate(_INVISIBLE)


@dataclass(frozen=True)
class Button:
    """An inline button with its place under the message. ``name``: its label without the mark of what is chosen."""

    label: str
    data: str
    row: int
    column: int

    @property
    def name(self) -> str:
        return _MARK.sub("", seen(self.label))

    @property
    def key(self) -> str:
        """What the button stands for: the last part of its data."""
        return self.data.split(":", 3)[-1] if self.data.startswith("q:") else self.data.partition(":")[2]


@dataclass(frozen=True)
class Message:
    """A message as it stands in the chat now."""

    json: dict[str, Any]

    @property
    def id(self) -> int:
        number: int = self.json["message_id"]
        return number

    @property
    def raw(self) -> str:
        """The text with every invisible sign."""
        text: str = self.json.get("text", "")
        return text

    @property
    def text(self) -> str:
        return seen(self.raw)

    @property
    def from_bot(self) -> bool:
        return bool(self.json["from"]["is_bot"])

    @property
    def keyboard(self) -> list[list[dict[str, Any]]]:
        rows: list[list[dict[str, Any]]] = self.json.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> Iterator[Button]:
        for row, buttons in enumerate(self.keyboard):
            for column, button in enumerate(buttons):
                yield Button(button["text"], button.get("callback_data", ""), row, column)

    @property
    def labels(self) -> list[list[str]]:
        return [[seen(button["text"]) for button in row] for row in self.keyboard]

    @property
    def chosen(self) -> list[str]:
        """The names of the buttons that are marked as chosen."""
        return [button.name for button in self.buttons if button.label.startswith(("✓", "☑"))]
