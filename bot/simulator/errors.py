"""The refusals of the Bot API, word for word as Telegram sends them: client libraries and bots match on the words."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A call was refused: HTTP status, description, and the ``parameters`` some refusals carry."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON object that Telegram answers with."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> ApiError:
    """400, with Telegram's own words after the colon."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """403: the chat exists, but this bot may not write there."""
    return ApiError(403, f"Forbidden: {reason}")


def unauthorized() -> ApiError:
    """401: no bot has this token."""
    return ApiError(401, "Unauthorized")


def too_many_requests(seconds: int) -> ApiError:
    """429: ask again after that many whole seconds."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def migrated(chat_id: int) -> ApiError:
    """400: the group has become a supergroup; the chat goes on under that id."""
    return ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat_id})


def second_poller() -> ApiError:
    """409: another getUpdates request came while this one was waiting."""
    return ApiError(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


def webhook_was_set() -> ApiError:
    """409: while this getUpdates request was waiting, a webhook was set."""
    return ApiError(409, "Conflict: terminated by setWebhook request")


def webhook_is_active() -> ApiError:
    """409: updates go to the webhook, nobody can ask for them."""
    return ApiError(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )


def not_simulated(what: str) -> ApiError:
    """400: Telegram can do this, the simulator cannot; said aloud so that no test passes by mistake."""
    return bad_request(f"{what} is not simulated")


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class RefusedError(Exception):
    """A resident or a test asked for something that cannot be; ``reason`` is a sentence for a person."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
