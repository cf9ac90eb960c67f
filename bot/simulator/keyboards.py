"""Checks the keyboards that bots send and brings them into the form in which they are stored."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.simulator.errors import ApiError, bad_request, not_simulated

_MAX_BUTTONS = 100
_MAX_REPLY_BUTTONS = 300
_MAX_DATA_BYTES = 64
_STYLES = frozenset({"danger", "success", "primary"})
_REPLY_OPTIONS = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")
_INLINE_ACTIONS = frozenset({"callback_data", "url", "copy_text"})


def read_markup(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """The keyboard of a new message: inline, reply, its removal, or a forced reply. Raises ApiError 400."""
    if value is None:
        return None
    if "inline_keyboard" in value:
        return read_inline(value)
    if "keyboard" in value:
        return _reply_keyboard(value)
    if value.get("remove_keyboard"):
        return {"remove_keyboard": True, **_chosen(value, ("selective",))}
    if value.get("force_reply"):
        return {"force_reply": True, **_chosen(value, ("selective",)), **_placeholder(value)}
    raise bad_request("object expected as reply markup")


def read_inline(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """The keyboard of an edited message, which can only be inline; without buttons it is none. Raises ApiError 400."""
    if value is None:
        return None
    if "inline_keyboard" not in value:
        raise bad_request("inline keyboard expected")
    rows = [[_inline_button(button) for button in row] for row in _rows(value["inline_keyboard"]) if row]
    if sum(map(len, rows)) > _MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: Any) -> dict[str, Any]:
    parsed = {"text": _button_text(button, "inline keyboard")}
    actions = [key for key, value in button.items() if key in _INLINE_ACTIONS and value is not None]
    _refuse_others(button, _INLINE_ACTIONS)
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            if not actions
            else "can't parse inline keyboard button: exactly one optional field must be used"
        )
    action = actions[0]
    reader = {"callback_data": _callback_data, "url": _url, "copy_text": _copy_text}[action]
    return {**parsed, **_style(button), action: reader(button[action])}


def _callback_data(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value.encode("utf-8", "replace")) <= _MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return value


def _url(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
    except ValueError:
        raise _wrong_url(text) from None
    host = parts.hostname or ""
    if parts.scheme in {"http", "https"} and "." not in host and host != "localhost":
        raise _wrong_url(text)
    if parts.scheme not in {"http", "https", "tg", "ton"}:
        raise bad_request(f"inline keyboard button URL '{text}' is invalid: Unsupported URL protocol")
    return parts.geturl()


def _wrong_url(text: str) -> ApiError:
    return bad_request(f"inline keyboard button URL '{text}' is invalid: Wrong HTTP URL")


def _copy_text(value: Any) -> dict[str, Any]:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return {"text": text}


def _reply_keyboard(value: dict[str, Any]) -> dict[str, Any]:
    rows = [[_reply_button(button) for button in row] for row in _rows(value["keyboard"]) if row]
    if not rows:
        raise bad_request("reply keyboard must have at least one button")
    if sum(map(len, rows)) > _MAX_REPLY_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"keyboard": rows, **_chosen(value, _REPLY_OPTIONS), **_placeholder(value)}


def _reply_button(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        button = {"text": button}
    parsed: dict[str, Any] = {"text": _button_text(button, "keyboard")}
    _refuse_others(button, {"request_contact", "request_location"})
    return {**parsed, **_style(button), **_chosen(button, ("request_contact", "request_location"))}


def _button_text(button: Any, kind: str) -> str:
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {kind} button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(f"can't parse {kind} button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request(f"{kind} button text must be non-empty")
    return text


def _refuse_others(button: dict[str, Any], known: frozenset[str] | set[str]) -> None:
    for key, value in button.items():
        if key not in known and key not in {"text", "style"} and value not in (None, False):
            raise not_simulated(f"button field {key!r}")


def _style(button: dict[str, Any]) -> dict[str, Any]:
    style = button.get("style")
    if style is not None and style not in _STYLES:
        raise bad_request("BUTTON_STYLE_INVALID")
    return {"style": style} if style else {}


def _rows(value: Any) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request("object expected as reply markup: the keyboard must be an Array of Arrays")
    return value


def _chosen(value: dict[str, Any], keys: tuple[str, ...]) -> dict[str, bool]:
    return {key: True for key in keys if value.get(key) is True}


def _placeholder(value: dict[str, Any]) -> dict[str, str]:
    text = value.get("input_field_placeholder")
    if text is None or text == "":
        return {}
    if not isinstance(text, str) or len(text) > 64:
        raise bad_request("input field placeholder must be a String of at most 64 characters")
    return {"input_field_placeholder": text}
