"""The conversations that are open at any time, and what we say where nothing else fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dialogues import settings
from dialogues.event import Occasion, Offers, Wording
from dialogues.invitation import Card
from dialogues.markup import FSI, PDI, plain_text, to_entities, utf16_length
from dialogues.prompts import Option, Prompt, Replace, Reply, Say, Tap, Toast
from dialogues.settings import Holdings, OpenAnswers, Situation
from dialogues.splitting import MESSAGE_LIMIT
from dialogues.standing import ELSEWHERE, Offer
from dialogues.texts import LANGUAGES, Voice
from dialogues.waiting_list import Party, Standing
from storage.services.sign_ups import DETAILS_KEPT, SIGN_UPS_KEPT
from tests.dialogues.conftest import marked_texts

ENGLISH = marked_texts().speak("en")
ARABIC = marked_texts().speak("ar")
OFFER = Offer("10", {"": "Wohnen im Quartier"})
TOWN = Situation("Musterstadt", "Quartiersbüro Nord")
GOING_ON = replace(TOWN, interview="Wohnen im Quartier")
OPEN = OpenAnswers(
    "Wohnen im Quartier", (("How long have you lived here?", "12"), ("What is missing?", "Bänke & Bäume"))
)
HELD = Holdings("ar", "Nordstadt", True, agreed=date(2026, 11, 28), open=(OPEN,), ended=("Nach dem Fest",), months=1)


def prompt_of(replies: tuple[Reply, ...]) -> Prompt:
    (reply,) = replies
    assert isinstance(reply, Say | Replace)
    return reply.prompt


def says(replies: tuple[Reply, ...]) -> str:
    said = [plain_text(reply.prompt.text) for reply in replies if isinstance(reply, Say | Replace)]
    return "\n".join(said).replace(FSI, "").replace(PDI, "")


def options(replies: tuple[Reply, ...]) -> list[Option]:
    last = replies[-1]
    assert isinstance(last, Say | Replace)
    return [option for row in last.prompt.rows for option in row]


def keys(replies: tuple[Reply, ...]) -> list[str]:
    return [option.key for option in options(replies)]


# --- help -----------------------------------------------------------------------------------------------------------


def test_help_says_what_each_command_does_and_whom_to_ask() -> None:
    replies = settings.explain(ENGLISH, TOWN)
    for command in ("/help", "/language", "/stop", "/mydata", "/delete"):
        assert f"{command} – " in says(replies)
    assert "Ask here: Quartiersbüro Nord" in says(replies)
    assert "Ask here: Tel. 0123" in says(settings.explain(ENGLISH, replace(TOWN, contact="Tel. 0123")))
    assert "Ask here: Musterstadt" in says(settings.explain(ENGLISH, Situation("Musterstadt")))


def test_help_leads_back_to_an_interview_that_is_going_on() -> None:
    assert keys(settings.explain(ENGLISH, GOING_ON))[0] == "resume"
    assert "resume" not in keys(settings.explain(ENGLISH, TOWN))


def test_the_notice_can_be_read_again() -> None:
    assert "notice" in keys(settings.explain(ENGLISH, TOWN))
    assert "Nobody sees your name." in says(settings.show_notice(ENGLISH, TOWN))
    assert "Legal basis: § 3" in says(settings.show_notice(ENGLISH, replace(TOWN, legal_basis="§ 3")))


def test_the_command_menu_has_six_commands_that_telegram_takes() -> None:
    for language in LANGUAGES:
        menu = settings.commands(marked_texts().speak(language))
        assert [command for command, _ in menu] == ["help", "events", "language", "stop", "mydata", "delete"]
        assert all(0 < len(what) <= 256 for _, what in menu)


def test_descriptions_fit_into_the_profile() -> None:
    assert utf16_length(settings.description(ARABIC, "Musterstadt")) <= 512
    assert utf16_length(settings.short_description(ARABIC, "Musterstadt")) <= 120


# --- language -------------------------------------------------------------------------------------------------------


def test_six_languages_are_offered_and_the_present_one_is_marked() -> None:
    offered = options(settings.languages(ARABIC))
    assert [option.key for option in offered] == [f"lang:{code}" for code in LANGUAGES]
    assert [option.key for option in offered if option.chosen] == ["lang:ar"]


def test_a_changed_language_is_confirmed_in_it_in_the_place_of_the_buttons() -> None:
    replies = settings.language_changed(ARABIC, Tap("lang:ar"))
    assert isinstance(replies[0], Replace)
    assert prompt_of(replies).language == "ar"
    assert "العربية" in says(replies)
    assert "lang:de" in keys(replies), "one tap back"


# --- pause ----------------------------------------------------------------------------------------------------------


def test_a_pause_says_what_it_means_and_how_it_ends() -> None:
    replies = settings.paused(ENGLISH, GOING_ON)
    assert "no more messages" in says(replies)
    assert "You can still go on with your survey: Wohnen im Quartier" in says(replies)
    assert keys(replies) == ["resume", "messages:on"]
    assert keys(settings.unpaused(ENGLISH, TOWN, Tap("messages:on"))) == ["messages:off"]


def test_pausing_twice_says_the_same() -> None:
    assert settings.paused(ENGLISH, TOWN, Tap("messages:off")) == settings.paused(ENGLISH, TOWN, Tap("messages:off"))


# --- data -----------------------------------------------------------------------------------------------------------


def test_my_data_shows_everything_that_is_held() -> None:
    replies = settings.show_data(ENGLISH, HELD)
    for part in (
        "The number of this chat",
        "You agreed: Saturday 28 November 2026",
        "Language: العربية",
        "Neighbourhood: Nordstadt",
        "16 or older: Yes",
        "Messages from us are allowed: Yes",
        "How long have you lived here?\n12",
        "What is missing?\nBänke & Bäume",
        "• Nach dem Fest",
        "Nobody can find these answers any more, not even we.",
        "not written for 1 month.",
    ):
        assert part in says(replies)
    assert keys(replies) == ["delete", "area", "notice"]


def test_no_answer_is_slanted_in_my_data() -> None:
    arabic = OpenAnswers("السكن", (("ماذا ينقص؟", "مقاعد"),))
    (reply,) = settings.show_data(ARABIC, replace(HELD, open=(arabic,)))
    assert isinstance(reply, Say)
    assert ("مقاعد" in reply.prompt.text, "<i>" in reply.prompt.text) == (True, False)


def test_my_data_of_somebody_who_just_came_says_what_is_not_known() -> None:
    replies = settings.show_data(ENGLISH, Holdings("de"))
    assert "Neighbourhood: not asked" in says(replies)
    assert "16 or older: not asked" in says(replies)
    assert "until you delete it" in says(replies)
    assert "area" not in keys(replies)


def test_somewhere_else_is_said_in_words() -> None:
    assert "Neighbourhood: somewhere else" in says(settings.show_data(ENGLISH, Holdings("de", ELSEWHERE)))


def test_long_answers_take_several_messages_and_the_buttons_stand_under_the_last() -> None:
    long = OpenAnswers("Wohnen", tuple((f"Question {number}?", "<viel> " * 300) for number in range(9)))
    replies = settings.show_data(ARABIC, replace(HELD, open=(long,)))
    assert len(replies) > 3
    assert keys(replies) == ["delete", "area", "notice"]
    for reply in replies:
        assert isinstance(reply, Say)
        assert utf16_length(to_entities(reply.prompt.text).text) <= MESSAGE_LIMIT
        assert reply is replies[-1] or not reply.prompt.rows


def card(title: str, standing: Standing, day: str = "2026-11-28") -> Card:
    start, end = f"{day}T15:00", f"{day}T17:00"
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)
    return Card(
        event=1,
        occasion=Occasion(1, start, end, at, at),
        wording=Wording(title),
        place=None,
        offers=Offers(),
        party=Party(standing, 2),
        closes=start,
        today=date(2026, 11, 27),
    )


INVITED = replace(
    HELD,
    events=(
        card("Meal", Standing.COMING),
        card("Meal", Standing.WAITING, "2026-12-05"),
        card("Choir", Standing.MAYBE),
        card("Lanterns", Standing.COMING, "2026-11-11"),
    ),
)


def test_my_data_says_how_long_a_sign_up_is_kept_and_not_that_it_stays_until_it_is_deleted() -> None:
    assert timedelta(days=2) == DETAILS_KEPT
    assert timedelta(days=90) == SIGN_UPS_KEPT
    rest, events = says(settings.show_data(ENGLISH, replace(INVITED, months=None))).split("Your events:")
    assert "We keep this until you delete it." in rest
    assert "until you delete it" not in events
    assert "Two days after the event we delete name, number and needs." in events
    assert "90 days after the event we delete the sign-up, too." in events
    assert "90 days after the event" in says(settings.show_notice(ENGLISH, TOWN))


def test_who_deletes_everything_is_told_for_which_events_they_are_no_longer_signed_up() -> None:
    asked = says(settings.ask_to_delete(ENGLISH, INVITED))
    assert "Then you are no longer signed up for these events:\n• Meal\n\n" in asked
    assert "We delete your answers about these events:\n• Choir\n• Lanterns\n\n" in asked
    assert "You are no longer signed up for these events:\n• Meal\n\n" in says(settings.deleted(ENGLISH, INVITED))


# --- deletion -------------------------------------------------------------------------------------------------------


def test_deletion_is_asked_once_and_names_what_cannot_be_found() -> None:
    replies = settings.ask_to_delete(ENGLISH, HELD)
    assert "We delete your answers to these surveys:\n• Wohnen im Quartier" in says(replies)
    assert "They have ended:\n• Nach dem Fest" in says(replies)
    assert keys(replies) == ["delete:all", "delete:keep"]


def test_deletion_says_which_messages_stay() -> None:
    assert "Your own messages and older ones stay in this chat." in says(settings.ask_to_delete(ENGLISH, HELD))


def test_of_whom_nothing_is_held_reads_so_and_can_begin() -> None:
    replies = settings.nothing_held(ENGLISH)
    assert "We hold nothing about you." in says(replies)
    assert keys(replies) == ["start"]


def test_an_edited_message_is_answered_with_how_an_answer_is_changed() -> None:
    assert "does not change your answer" in says(settings.edited(ENGLISH))
    assert "tap “Back”" in says(settings.edited(ENGLISH))


def test_who_has_answered_nothing_reads_of_no_answers() -> None:
    said = says(settings.ask_to_delete(ENGLISH, Holdings("de"))) + says(settings.deleted(ENGLISH, Holdings("de")))
    assert "answers" not in said


def test_after_deletion_we_say_what_is_gone_and_what_is_not() -> None:
    replies = settings.deleted(ENGLISH, HELD)
    assert "Your answers to these surveys are deleted:\n• Wohnen im Quartier" in says(replies)
    assert "These surveys have ended:\n• Nach dem Fest\nWe deleted the note that you took part." in says(replies)
    assert isinstance(replies[0], Say), "the message with the button may be deleted too"
    assert keys(replies) == ["start"]


def test_keeping_everything_is_confirmed_in_place() -> None:
    assert isinstance(settings.kept(ENGLISH, Tap("delete:keep"))[0], Replace)


# --- where nothing else fits ----------------------------------------------------------------------------------------


def test_who_writes_out_of_turn_sees_what_can_be_done_now() -> None:
    replies = settings.what_now(ENGLISH, replace(GOING_ON, offers=(OFFER,)))
    assert keys(replies) == ["resume", "survey:10", "language"]
    assert "no new survey" not in says(replies)


def test_who_paused_is_not_promised_a_message_but_a_way_back() -> None:
    replies = settings.what_now(ENGLISH, replace(TOWN, paused=True))
    assert "no new survey" in says(replies)
    assert "We will write" not in says(replies)
    assert keys(replies) == ["messages:on", "language"]


def test_an_unknown_command_is_answered_with_the_known_ones() -> None:
    assert "/mydata – See what we hold about you" in says(settings.unknown_command(ENGLISH))


def test_in_a_group_we_take_no_answers_and_lead_to_the_private_chat() -> None:
    replies = (Say(settings.in_group(ENGLISH, "Musterstadt")),)
    assert "We take no answers in groups." in says(replies)
    assert keys(replies) == ["private"]


def test_an_old_button_is_answered_with_one_short_line() -> None:
    (reply,) = settings.old_button(ARABIC)
    assert isinstance(reply, Toast)
    assert len(reply.text) <= 200


# --- safe in every language -----------------------------------------------------------------------------------------

HOSTILE = "<i>Böse & Co\u202e"


def everything(voice: Voice) -> list[Reply]:
    survey = OpenAnswers(HOSTILE, ((HOSTILE, HOSTILE),))
    held = Holdings(voice.language, HOSTILE, True, open=(survey,), ended=(HOSTILE,), months=12)
    town = Situation(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (replace(OFFER, titles={"": HOSTILE}),), paused=True)
    tap = Tap("x")
    answers = (
        settings.explain(voice, town, tap),
        settings.show_notice(voice, town),
        settings.languages(voice, tap),
        settings.language_changed(voice, tap),
        settings.paused(voice, town, tap),
        settings.unpaused(voice, town, tap),
        settings.show_data(voice, held),
        settings.ask_to_delete(voice, held, tap),
        settings.deleted(voice, held),
        settings.kept(voice, tap),
        settings.what_now(voice, town),
        settings.unknown_command(voice),
        (Say(settings.in_group(voice, HOSTILE)),),
    )
    return [reply for replies in answers for reply in replies]


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_stay_harmless_and_isolated_in_every_language(language: str) -> None:
    hostile_seen = 0
    for reply in everything(marked_texts().speak(language)):
        assert isinstance(reply, Say | Replace)
        prompt = reply.prompt
        labels = [option.label for row in prompt.rows for option in row]
        seen = "\n".join([to_entities(prompt.text).text, *labels])
        assert seen.count("<i>Böse & Co") == seen.count(f"{FSI}<i>Böse & Co{PDI}")
        assert "\u202e" not in seen
        hostile_seen += seen.count("<i>Böse")
        assert prompt.language == language

    assert hostile_seen > 10


def test_standing_buttons_never_outdate_and_have_short_unique_keys() -> None:
    for reply in everything(ENGLISH):
        assert isinstance(reply, Say | Replace)
        found = [option.key for row in reply.prompt.rows for option in row]
        assert len(set(found)) == len(found)
        assert all(key.isascii() and 0 < len(key) <= 32 for key in found)
        assert reply.prompt.revision == 0
        assert not reply.prompt.asks, "the question of an interview stays the one that asks"


def test_who_had_not_sent_the_answers_to_a_closed_survey_hears_what_became_of_them() -> None:
    assert "We have deleted what you did not send." in says(settings.survey_ended(ENGLISH, TOWN, erased=True))
    assert "deleted" not in says(settings.survey_ended(ENGLISH, TOWN))
