"""What the converter adds for ``or_other``, in English whatever the language of the form, and our words for it."""

from __future__ import annotations

from dialogues.texts import Voice

_OTHER, _SPECIFY = "Other", "Specify other."


def own_option(voice: Voice, value: str, label: str) -> str | None:
    """Our words for an option that the converter has added; None: the questionnaire has it."""
    return voice.plain("Something else") if (value, label) == ("other", _OTHER) else None


def own_question(voice: Voice, name: str, label: str) -> str | None:
    """Our words for the question which one it is; None: it is another question."""
    return voice.plain("Please write which one.") if label == _SPECIFY and name.endswith("_other") else None
