"""The methods of the Bot API, one file a kind; importing this package registers them all."""

from bot.simulator.methods import (
    albums,
    copying,
    deleting,
    editing,
    getting,
    members,
    profile,
    sending,
    tapping,
    webhook,
)
from bot.simulator.methods.registry import METHODS, Call, Json, Method

__all__ = [
    "METHODS",
    "Call",
    "Json",
    "Method",
    "albums",
    "copying",
    "deleting",
    "editing",
    "getting",
    "members",
    "profile",
    "sending",
    "tapping",
    "webhook",
]
