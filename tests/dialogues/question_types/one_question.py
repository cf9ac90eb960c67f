"""A questionnaire with one question of a type between two texts, and a resident who has come to it."""

from __future__ import annotations

from typing import TypeAlias

from dialogues.prompts import MediaKind
from tests.dialogues.chat import Chat, form, read

Sent: TypeAlias = tuple[MediaKind, str, str]
"""What a file is sent as, its name, and the type that it claims to be."""
_OTHER = "| | list_name | name | label |"


def at_question(kind: str, *, label: str = "Which?", choices: str = "", **columns: str) -> Chat:
    """The chat of somebody who is asked a question of this type; its answer has the name ``it``."""
    names = ["type", "name", "label", *columns]
    rows = [names, [kind, "it", label, *columns.values()], ["text", "end", "The end?", *[""] * len(columns)]]
    table = "| survey |\n" + "".join("| | " + " | ".join(row) + " |\n" for row in rows)
    if choices:
        listed = "".join(f"| | {line} |\n" for line in choices.strip().splitlines())
        table += f"| choices |\n{_OTHER}\n{listed}"
    return Chat(form(table))


def value(chat: Chat) -> str:
    """What is stored of the question."""
    return chat.answers.get("it", "")


def settled(chat: Chat) -> str:
    """What the message of the question says once it is answered."""
    return next(read(message) for message in chat.messages if "Which?" in read(message) and not message.asks)
