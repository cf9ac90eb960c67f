"""The kinds of updates: those that come about here, and the others that Telegram knows."""

from __future__ import annotations

from bot.simulator.errors import bad_request
from bot.simulator.parameters import Parameters

KINDS = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
"""The kinds of updates that can come about here; all of them are sent where a bot has not chosen."""

_OTHER_KINDS = frozenset(
    {
        "channel_post",
        "stopped_message_generation",
        "subscription",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    }
)


def read_kinds(parameters: Parameters) -> list[str] | None:
    """The parameter ``allowed_updates``, None where it is missing. Raises ApiError 400 for an unknown kind."""
    kinds = parameters.array("allowed_updates")
    if kinds is None:
        return None
    for kind in kinds:
        if not isinstance(kind, str) or kind not in KINDS | _OTHER_KINDS:
            raise bad_request(f"unknown kind of update {kind!r} in allowed_updates")
    return kinds
