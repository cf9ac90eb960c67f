"""A prompt as a Telegram message: its text, its keyboard, and the data inside its buttons.

The data is short and opaque (Telegram takes 64 bytes): ``q:<interview>:<revision>:<key>`` for a button that is only
valid while its question stands, ``s:<key>`` for a standing one. Never an answer's value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dialogues.markup import clean, direction_of, escape, lay_out
from dialogues.prompts import Illustration, IllustrationKind, Option, Prompt
from dialogues.standing import PRIVATE
from storage.models import AttachmentKind

_MOST_CAPTION = 500
"""Letters: whatever they are, Telegram takes so many below a file."""
_METHODS = {
    IllustrationKind.IMAGE: "sendPhoto",
    IllustrationKind.AUDIO: "sendAudio",
    IllustrationKind.VIDEO: "sendVideo",
}
_SPOKEN = (".ogg", ".oga", ".opus")
"""Sounds that Telegram plays as a voice only."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Button:
    """What a pressed button says. ``interview`` is None for a standing button."""

    key: str
    interview: int | None = None
    revision: int = 0


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits


def button_data(option: Option, prompt: Prompt, interview: int | None) -> str:
    """The data of one button. Standing keys keep their form inside an interview's prompt too."""
    if interview is None or option.standing or not prompt.revision:
        return f"s:{option.key}"
    return f"q:{_base36(interview)}:{_base36(prompt.revision)}:{option.key}"


def read_button(data: str) -> Button | None:
    """What a button's data says; None for data that we never wrote."""
    kind, _, rest = data.partition(":")
    if kind == "s" and rest:
        return Button(rest)
    parts = rest.split(":", 2)
    if kind != "q" or len(parts) != 3:  # interview, revision, key
        return None
    try:
        return Button(parts[2], int(parts[0], 36), int(parts[1], 36))
    except ValueError:
        return None


def keyboard(prompt: Prompt, *, interview: int | None, private_link: str | None = None) -> dict[str, Any] | None:
    """The inline keyboard of a prompt; None where it has no buttons.

    Telegram does not mirror keyboards for right-to-left languages, so we do.
    """
    if not prompt.rows:
        return None
    mirrored = direction_of(prompt.language) == "rtl"
    rows = [list(reversed(row)) if mirrored else list(row) for row in prompt.rows]
    return {"inline_keyboard": [[_button(option, prompt, interview, private_link) for option in row] for row in rows]}


def _button(option: Option, prompt: Prompt, interview: int | None, private_link: str | None) -> dict[str, Any]:
    mark = ("☑ " if option.many else "✓ ") if option.chosen else "☐ " if option.many else ""
    label = mark + option.label
    url = private_link if option.key == PRIVATE else option.url
    if url:
        return {"text": label, "url": url}
    button = {"text": label, "callback_data": button_data(option, prompt, interview)}
    return {**button, "style": "primary"} if option.chosen else button


def message(prompt: Prompt, *, interview: int | None = None, private_link: str | None = None) -> dict[str, Any]:
    """The parameters of sendMessage or editMessageText for a prompt, without the chat."""
    parameters: dict[str, Any] = {
        "text": str(prompt.text),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    markup = keyboard(prompt, interview=interview, private_link=private_link)
    if markup is not None:
        parameters["reply_markup"] = markup
    return parameters


def illustration(
    shown: Illustration, language: str, attachment_id: int, kind: AttachmentKind
) -> tuple[str, dict[str, Any]]:
    """How a file is sent that is shown or played with a question: the method, and its parameters without the chat.

    The file itself is still to come (`bot.uploads`). What is no picture, sound or film to us goes as a document.
    """
    method = "sendDocument" if kind is AttachmentKind.DOCUMENT else _METHODS[shown.kind]
    if method == "sendAudio" and shown.name.lower().endswith(_SPOKEN):
        method = "sendVoice"
    parameters: dict[str, Any] = {"attachment": attachment_id}
    caption = clean(shown.caption).strip()[:_MOST_CAPTION]
    if caption:
        parameters |= {"caption": str(lay_out(escape(caption), language)), "parse_mode": "HTML"}
    return method, parameters
