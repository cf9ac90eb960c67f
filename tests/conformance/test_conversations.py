"""Every questionnaire at hand is held as a conversation to its end: each message can be sent, nobody gets stuck."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from dialogues import interview
from dialogues.forms import Form, FormError, compile_xlsform
from dialogues.interview import Stage, State
from dialogues.markup import Markup, utf16_length
from dialogues.prompts import Input, Media, MediaKind, Prompt, Replace, Reply, Say, SentFile, SentPlace, Tap, Text
from tests.conformance.test_replay import FOLDER, needs_cases
from tests.dialogues.conftest import marked_texts

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MOST_STEPS = 4_000
PRESSED = ("send", "done", "ok", "skip", "next")
TYPED = (
    "7",
    "1",
    "0",
    "1.5",
    "30",
    "2000",
    "2026-11-25",
    "14:30",
    "25.11.2026 14:30",
    "Am Bach",
    "AM BACH",
    "a@b.de",
    "0301234567",
    "100",
)
SENT = (
    Media(MediaKind.PHOTO, SentFile("a.jpg", "image/jpeg")),
    Media(MediaKind.VOICE, SentFile("a.ogg", "audio/ogg")),
    Media(MediaKind.VIDEO, SentFile("a.mp4", "video/mp4")),
    Media(MediaKind.LOCATION, place=SentPlace(52.5, 13.4)),
)


class Talk:
    """Somebody who answers with the first thing that is taken, gives each open repeat one entry, and skips what may be
    skipped."""

    def __init__(self, form: Form, language: str) -> None:
        self.form = form
        self.steps = 0
        first = interview.start(form, language, texts=marked_texts(), now=NOW, random=Random(1))
        self.state: State = first.state
        self.prompt = Prompt(Markup(""), language)
        self._see(first.replies)

    def _see(self, replies: tuple[Reply, ...]) -> None:
        prompts = [reply.prompt for reply in replies if isinstance(reply, Say | Replace)]
        for prompt in prompts:
            assert utf16_length(str(prompt.text)) <= 4096 * 2
            assert all(option.label.strip() and len(option.key) <= 32 for row in prompt.rows for option in row)
            assert sum(len(row) for row in prompt.rows) <= 100
        self.prompt = next((prompt for prompt in reversed(prompts) if prompt.asks), self.prompt)

    def give(self, given: Input) -> bool:
        """Take a step; whether it led on."""
        before = (self.state.cursor, self.state.stage)
        step = interview.step(self.form, self.state, given, texts=marked_texts(), now=NOW, random=Random(1))
        self.state, self.steps = step.state, self.steps + 1
        self._see(step.replies)
        return (self.state.cursor, self.state.stage) != before

    def go_on(self) -> bool:
        keys = [option.key for row in self.prompt.rows for option in row]
        options = [key for key in keys if key[0] in "ackv" and key[1:].rstrip("+-").isdigit()]
        first_entry = ["add"] if "drop" not in keys else []
        pressed = [key for key in (*first_entry, *PRESSED[:-2], *options[:12], *PRESSED) if key in keys]
        if any(self.give(Tap(key, self.state.revision)) for key in pressed):
            return True
        given: list[Input] = [*map(Text, TYPED), *SENT]
        return any(self.give(each) for each in given)


@needs_cases
@pytest.mark.parametrize("path", sorted(FOLDER.glob("forms/*")) if FOLDER.is_dir() else [], ids=lambda path: path.stem)
def test_a_real_questionnaire_comes_to_its_end(path: Path) -> None:
    try:
        compiled = compile_xlsform(path.read_bytes(), path.suffix[1:], name="data")
    except FormError:
        pytest.skip("the replay says why it is refused")
    form = compiled.form
    if form.missing_files:
        pytest.skip(f"it takes rows from files that are not here: {', '.join(sorted(form.missing_files.values()))}")
    talk = Talk(form, "en")
    while talk.state.stage is not Stage.COMPLETE and talk.steps < MOST_STEPS:
        assert talk.go_on(), (talk.state.cursor, str(talk.prompt.text)[-400:])
    assert talk.state.stage is Stage.COMPLETE
