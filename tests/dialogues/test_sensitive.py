"""Which forms need explicit consent, and how it is asked for."""

from __future__ import annotations

import pytest

from dialogues.forms import Form, compile_xlsform
from dialogues.sensitive import TOPICS, Sensitive, ask, declined, sensitive_part
from dialogues.texts import LANGUAGES
from tests.dialogues.chat import form, read
from tests.dialogues.conftest import marked_texts
from wiring.files import questionnaire


def asking(*rows: str) -> Form:
    head = "| survey |\n| | type | name | label | bind::topic | required |\n"
    return form(head + "".join(f"| | {row} |\n" for row in rows))


def test_questions_about_health_politics_and_religion_need_consent() -> None:
    mixed = asking(
        "text | a | Prayer? | Religion | ", "text | b | Park? | public_space | ", "text | c | Doctor? | health | no"
    )
    assert sensitive_part(mixed) == Sensitive(("health", "religion"))
    assert sensitive_part(asking("text | b | Vote? | politics | yes")) == Sensitive(("politics",), skippable=False)


@pytest.mark.parametrize("topics", ["health, politics", "politics health", "Health;Politics", "trees,health/politics"])
def test_a_question_may_have_several_topics(topics: str) -> None:
    assert sensitive_part(asking(f"text | a | Well? | {topics} | ")) == Sensitive(("health", "politics"))


def test_a_question_has_the_topic_of_its_group() -> None:
    grouped = asking("begin_group | g | About you | health | ", "text | a | Doctor? | | ", "end_group | | | | ")
    assert sensitive_part(grouped) == Sensitive(("health",))


def test_what_depends_on_other_answers_is_not_said_to_be_skippable() -> None:
    depends = asking("text | a | Well? | | ", "text | b | Why? | health | ${a} = 'no'")
    assert sensitive_part(depends) == Sensitive(("health",), skippable=False)


@pytest.mark.parametrize("name", ["living_in_my_quarter", "what_should_happen_on_the_square", "after_the_festival"])
def test_our_questionnaires_need_none(name: str) -> None:
    assert sensitive_part(compile_xlsform(questionnaire(name).read_bytes(), "xlsx", name=name).form) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_consent_is_asked_in_plain_words_with_two_buttons(language: str) -> None:
    voice = marked_texts().speak(language)
    prompt = ask(voice, survey="12", title="<b>Quartier</b> & Co", part=Sensitive(TOPICS))
    says = read(prompt)
    assert says.startswith("<b>Quartier</b> & Co\n"), "a title from outside is shown as it is"
    for part in ("Your health", "Your political opinions", "Your religion or beliefs", "Taking part is voluntary."):
        assert part in says
    assert "You can skip each of these questions." in says
    assert [[option.key for option in row] for row in prompt.rows] == [["agree:12"], ["refuse:12"]]
    assert "That is fine." in read(declined(voice))


def test_we_do_not_promise_to_skip_what_a_form_requires() -> None:
    says = read(ask(marked_texts().speak("en"), survey="1", title="T", part=Sensitive(("health",), skippable=False)))
    assert "skip" not in says
    assert "You can stop at any time" in says
    assert "religion" not in says
