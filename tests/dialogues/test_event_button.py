"""The button of a message that shows an event: in the reader's language, with a title they can read, or not at all."""

from __future__ import annotations

import pytest

from dialogues.broadcast import Content, bubble, event_titles
from dialogues.labels import LABEL_LIMIT
from dialogues.markup import FSI, PDI
from dialogues.splitting import visible_length
from dialogues.texts import LANGUAGES
from wiring.files import load_texts

TEXTS = load_texts()
VOICES = {language: TEXTS.speak(language) for language in LANGUAGES}
ALL = dict.fromkeys(LANGUAGES, "…")


def buttons(language: str, **content: object) -> list[tuple[str, str]]:
    prompt = bubble(Content(ALL, **content), VOICES, language, area="", sending=7)  # type: ignore[arg-type]
    assert prompt is not None
    return [(option.key, option.label) for row in prompt.rows for option in row]


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_label_is_cut_where_a_phone_would_cut_it(language: str) -> None:
    title = "Gemeinsam kochen und essen im Quartierszentrum Lindenstraße"
    [(key, label)] = buttons(language, shown_event_id=12, shown_event_titles={language: title})
    assert key == "event:12:show"
    assert label.startswith(("📅 ", "\u200f📅 "))
    assert f"{FSI}Gemeinsam kochen" in label
    assert visible_length(label) <= LABEL_LIMIT + len("📅 ")


def test_it_says_what_it_is() -> None:
    [(_key, label)] = buttons("de", shown_event_id=12, shown_event_titles={"de": "Sommerfest"})
    assert label == f"📅 Veranstaltung: {FSI}Sommerfest{PDI}"


def test_whoever_the_event_says_nothing_to_has_no_button() -> None:
    assert buttons("tr", shown_event_id=12, shown_event_titles={"de": "Sommerfest"}) == []


def test_a_survey_and_an_event_stand_below_each_other() -> None:
    found = buttons(
        "de", survey_id=3, survey_titles={"": "Platz"}, shown_event_id=12, shown_event_titles={"de": "Fest"}
    )
    assert [key for key, _label in found] == ["ask:3", "event:12:show"]


def test_an_event_is_called_as_in_the_text_its_readers_get() -> None:
    invitation = Content({"de": "**Sommerfest**\nWir feiern.", "ar": "حفل"}, fallback={"ro": "de", "tr": "bg"})
    assert event_titles(invitation) == {"ar": "حفل", "de": "Sommerfest", "ro": "Sommerfest"}


def test_what_was_stored_before_there_was_such_a_button_is_read() -> None:
    content = Content({"de": "Hallo"}, shown_event_id=12, shown_event_titles={"de": "Fest"})
    stored = content.as_json()
    assert Content.from_json(stored) == content
    del stored["shown_event_id"], stored["shown_event_titles"]
    assert Content.from_json(stored) == Content({"de": "Hallo"})
