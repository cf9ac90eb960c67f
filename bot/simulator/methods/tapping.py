"""The method that answers a tap."""

from __future__ import annotations

from bot.simulator.errors import QUERY_TOO_OLD, bad_request, not_simulated
from bot.simulator.formatting import utf16_length
from bot.simulator.methods.registry import Call, method

_MAX_TOAST = 200


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
def answer_callback_query(call: Call) -> bool:
    """Stop the button's waiting, with a line of text or without; only the first answer is shown."""
    parameters = call.parameters
    query = parameters.text("callback_query_id")
    text = parameters.text("text")
    if parameters.text("url"):
        raise not_simulated("parameter 'url' of answerCallbackQuery")
    if utf16_length(text) > _MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    answered = call.telegram.queries.answer(call.bot.id, query)
    if answered is None:
        raise bad_request(QUERY_TOO_OLD)
    chat, first = answered
    if first:
        toast = {"callback_query_id": query, "text": text, "show_alert": parameters.flag("show_alert")}
        call.telegram.events.publish(call.bot.id, chat, "toast", toast)
    return True
