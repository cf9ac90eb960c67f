"""Signing up for an event in the chat: yes, maybe or no, how many come, what they need; and what we say about it.

Pure: what buttons mean, and what is said of a date as it stands. Every button names a fact to be reached, so pressing
twice does no harm, and an old button is answered by what is so now.
"""

from dialogues.invitation.acts import LIST, MINE, Act, Doing, read
from dialogues.invitation.card import Card, Note, show
from dialogues.invitation.lists import COMMAND, Entry, events_row, held, listed, mine, not_there, on_now, over
from dialogues.invitation.notices import all_days_caption, calendar_caption, calendar_text, moved, reminder
from dialogues.invitation.questions import (
    ask_children,
    ask_how_many,
    ask_if_surely_not,
    ask_name,
    choose_day,
    cleaned_name,
)

__all__ = [
    "COMMAND",
    "LIST",
    "MINE",
    "Act",
    "Card",
    "Doing",
    "Entry",
    "Note",
    "all_days_caption",
    "ask_children",
    "ask_how_many",
    "ask_if_surely_not",
    "ask_name",
    "calendar_caption",
    "calendar_text",
    "choose_day",
    "cleaned_name",
    "events_row",
    "held",
    "listed",
    "mine",
    "moved",
    "not_there",
    "on_now",
    "over",
    "read",
    "reminder",
    "show",
]
