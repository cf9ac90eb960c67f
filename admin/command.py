"""What the commands of the office say where they cannot do what they are told."""

from __future__ import annotations


class CommandError(Exception):
    """What stands against a command, as a sentence for whoever typed it."""
