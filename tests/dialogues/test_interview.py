from __future__ import annotations

import pytest

from dialogues.interview import Event, Stage
from dialogues.prompts import Prompt, Role, Show, Tap, Text, Toast
from dialogues.splitting import visible_length
from tests.dialogues.chat import Chat, form, read
from tests.dialogues.conftest import marked_texts

HOUSE = """
| survey | | | | | | | | | |
| | type | name | label::en | label::ar | required | relevant | constraint \
| constraint_message::en | constraint_message::ar |
| | note | hello | A few questions. | بعض الأسئلة. | | | | | |
| | begin_group | home | Your home | بيتكم | | | | | |
| | select_one yes_no | garden | Do you have a garden? | هل لديكم حديقة؟ | | | | | |
| | integer | trees | How many trees? | كم شجرة؟ | | ${garden} = 'yes' | . <= 20 | At most 20. | 20 على الأكثر. |
| | end_group | | | | | | | | |
| | select_multiple wish | wishes | What is missing? | ماذا ينقص؟ | | | count-selected(.) <= 2 | Two at most. | اثنان. |
| | text | name | What is the name of your street? | ما اسم شارعكم؟ | yes | | | | |
| | note | bye | Nearly done. | انتهينا تقريبًا. | | | | | |
| choices | | | | |
| | list_name | name | label::en | label::ar |
| | yes_no | yes | Yes | نعم |
| | yes_no | no | No | لا |
| | wish | bench | Benches | مقاعد |
| | wish | tree | Trees | أشجار |
| | wish | light | Light | إضاءة |
"""

WHOLE = "Please write a whole number, for example {example}."


@pytest.fixture
def chat() -> Chat:
    return Chat(form(HOUSE))


def to_the_street(chat: Chat) -> None:
    for label in ("No", "Benches", "Done"):
        chat.tap(label)


def test_one_question_is_one_message(chat: Chat) -> None:
    assert chat.last == "1 of 3\n\nA few questions.\n\nYour home\nDo you have a garden?\n\nPlease choose one answer."
    assert chat.labels() == [["Yes", "No"], ["⏭️ Skip"], ["⏸️ Continue later", "🌐 Language"]]
    assert [option.role for option in chat.buttons()][2:] == [Role.NAVIGATION] * 3


def test_an_answer_settles_its_message_and_the_next_question_follows(chat: Chat) -> None:
    chat.tap("Yes")
    assert [m.asks for m in chat.messages] == [False, True]
    assert chat.messages[0].rows == ()
    assert read(chat.messages[0]) == "A few questions.\n\nYour home\nDo you have a garden?\n✓ Yes"
    assert chat.last.startswith("2 of 4\nHow many trees?")
    assert chat.answers == {"garden": "yes"}


def test_a_group_is_named_once_when_it_is_entered(chat: Chat) -> None:
    chat.tap("Yes")
    assert "Your home" not in chat.last


def test_a_double_tap_stores_a_choice_once_and_says_nothing(chat: Chat) -> None:
    chat.tap("Yes")
    before = chat.state
    again = chat.give(Tap("a0", 1), 0)
    assert again.replies == (Toast(""),)
    assert chat.state == before


def test_an_old_button_is_answered_kindly_and_changes_nothing(chat: Chat) -> None:
    chat.tap("Yes")
    chat.write("3")
    before = chat.state
    chat.give(Tap("a1", 1), 0)
    assert chat.answers == {"garden": "yes", "trees": "3"}
    assert chat.state.cursor == before.cursor
    assert chat.toasts == ["This message is old. Here is where we are now."]
    assert chat.last.startswith("3 of 4\nWhat is missing?")


def test_several_choices_toggle_in_place_and_twice_does_no_harm(chat: Chat) -> None:
    chat.tap("No")
    revision = chat.state.revision
    chat.tap("Light")
    chat.tap("Benches")
    assert (chat.state.revision, len(chat.messages)) == (revision, 2)
    assert chat.answers["wishes"] == "bench light"
    assert chat.chosen == ["Benches", "Light"]
    chat.give(Tap("c0+", revision))
    assert (chat.state.revision, chat.chosen) == (revision, ["Benches", "Light"])
    chat.tap("Benches")
    assert chat.answers["wishes"] == "light"


def test_one_choice_too_many_is_refused_with_the_questionnaires_words(chat: Chat) -> None:
    chat.tap("No")
    for label in ("Benches", "Trees", "Light"):
        chat.tap(label)
    assert chat.answers["wishes"] == "bench tree"
    assert chat.toasts == ["Two at most."]


def test_what_does_not_fit_is_said_in_the_questionnaires_words_and_not_stored(chat: Chat) -> None:
    chat.tap("Yes")
    before = chat.state
    chat.write("21")
    assert chat.complaint == "At most 20."
    assert (chat.state.values, chat.state.cursor) == (before.values, before.cursor)
    chat.write("٢٠")
    assert chat.answers["trees"] == "20"


def test_after_a_change_of_language_its_messages_change_too(chat: Chat) -> None:
    chat.tap("Yes")
    chat.speak("ar")
    assert "كم شجرة؟" in chat.open_question
    chat.write("21")
    assert chat.complaint == "20 على الأكثر."


def test_a_change_of_language_redraws_the_question_and_keeps_the_answers(chat: Chat) -> None:
    """Case 4: what was answered is a value, and reads in the language of the day."""
    chat.tap("No")
    chat.tap("Trees")
    revision = chat.state.revision
    chat.speak("ar")
    assert len(chat.messages) == 2
    assert chat.state.revision == revision
    assert chat.chosen == ["أشجار"]
    chat.tap("أشجار")
    chat.tap("إضاءة")
    assert chat.answers == {"garden": "no", "wishes": "light"}


def test_who_comes_back_later_hears_in_their_language_what_does_not_fit(chat: Chat) -> None:
    """Case 5: nothing of the messages is kept with the answers, neither the questionnaire's words nor ours."""
    chat.speak("ar")
    chat.press(next(chat.buttons()), 0)
    chat.press(next(each for each in chat.buttons() if each.key == "later"), len(chat.messages) - 1)
    later = Chat(chat.form, "ar")
    later.state = chat.state
    later.give(Tap("resume"))
    later.write("21")
    assert later.complaint == "20 على الأكثر."
    later.write("x")
    assert later.complaint == read(Prompt(marked_texts().speak("ar").text(WHOLE, example=4), "ar"))


def test_every_paragraph_of_an_arabic_question_runs_from_right_to_left(chat: Chat) -> None:
    chat.speak("ar")
    for line in filter(None, chat.messages[0].text.split("\n")):
        assert line.startswith("\u200f") or line.removeprefix("<b>")[0] >= "\u0600", line


def test_the_arrow_before_an_answer_points_where_the_reader_reads_on(chat: Chat) -> None:
    chat.tap("No")
    chat.tap("Skip")
    chat.write("Am Bach")
    assert "→ Am Bach" in chat.last
    chat.speak("ar")
    assert "← Am Bach" in chat.last


def test_the_signs_of_navigation_point_where_the_reader_reads_on(chat: Chat) -> None:
    chat.tap("No")
    chat.tap("Back")
    chat.tap("Next")
    assert chat.labels()[-2] == ["↩️ Back", "⏭️ Skip", "✔️ Done"]
    chat.speak("ar")
    assert [label.split(" ")[0] for label in chat.labels(chat.asking or 0)[-2]] == ["↪️", "⏮️", "✔️"]


def test_a_language_the_form_lacks_gets_its_default_one_in_that_ones_direction() -> None:
    arabic_first = Chat(form(HOUSE + "| settings | |\n| | default_language |\n| | ar |\n"), "bg")
    assert "هل لديكم حديقة؟" in arabic_first.last
    assert arabic_first.state.language == "bg"
    assert "[bg] Please choose one answer." in arabic_first.last
    assert not any(line.startswith("\u200e<b>") for line in arabic_first.messages[0].text.split("\n"))


def test_what_is_not_a_number_is_answered_with_an_example(chat: Chat) -> None:
    chat.tap("Yes")
    for typed in ("many", "²", "2.5", "2 or 3"):
        chat.write(typed)
        assert chat.complaint == "Please write a whole number, for example 4."
    assert "trees" not in chat.answers


def test_back_shows_the_answer_that_was_given(chat: Chat) -> None:
    chat.tap("Yes")
    chat.tap("Back")
    assert chat.chosen == ["Yes"]
    assert chat.labels() == [["Yes", "No"], ["⏩ Next"], ["Delete this answer"], ["⏸️ Continue later", "🌐 Language"]]
    chat.tap("Next")
    assert chat.answers == {"garden": "yes"}


def test_back_shows_the_number_that_was_written(chat: Chat) -> None:
    chat.tap("Yes")
    assert "✓" not in chat.last
    chat.write("4")
    chat.tap("Back")
    assert chat.last == "2 of 4\nHow many trees?\n\n✓ 4\n\nPlease write a whole number, for example 4."
    assert "✓ \u20684\u2069" in chat.messages[-1].text


def test_a_text_that_is_to_be_changed_is_shown(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("Am <Bach>")
    chat.tap("3")
    assert "✓ Am <Bach>" in chat.last


def test_a_date_that_is_to_be_changed_is_shown_in_the_residents_language() -> None:
    chat = Chat(form(WHEN), "ar")
    chat.write("3.10.2020")
    chat.tap("1")
    assert "✓ 3 تشرين الأول (أكتوبر) 2020" in chat.last


def test_an_answer_that_became_irrelevant_comes_back_if_it_is_relevant_again(chat: Chat) -> None:
    chat.tap("Yes")
    chat.write("7")
    chat.tap("Back")
    chat.tap("Back")
    chat.tap("No")
    assert "What is missing?" in chat.last
    assert chat.answers["trees"] == "7"
    chat.tap("Back")
    chat.tap("Yes")
    chat.tap("Next")
    assert chat.messages[-2].text.endswith("✓ \u20687\u2069")


def test_an_answer_that_stayed_irrelevant_is_dropped_at_completion(chat: Chat) -> None:
    chat.tap("Yes")
    chat.write("7")
    chat.tap("Back")
    chat.tap("Back")
    to_the_street(chat)
    chat.write("Am Bach")
    chat.tap("✅ Send my answers")
    assert chat.events == [Event.COMPLETED]
    assert chat.answers == {"garden": "no", "wishes": "bench", "name": "Am Bach"}
    assert chat.last == "Thank you! Your answers have arrived."


def test_a_question_that_needs_an_answer_says_so_and_can_be_left(chat: Chat) -> None:
    to_the_street(chat)
    assert "We need an answer here. You can also continue later or stop." in chat.last
    assert chat.labels() == [["↩️ Back"], ["Stop this survey"], ["⏸️ Continue later", "🌐 Language"]]
    chat.tap("Stop this survey")
    assert "Do you want to stop this survey?" in chat.last
    chat.tap("Go on")
    assert chat.state.stage is Stage.ASKING
    chat.tap("Stop this survey")
    chat.tap("Stop this survey")
    assert chat.events == [Event.LEFT]
    assert chat.last == "You have stopped this survey. Thank you for your time."


def test_a_required_question_cannot_be_skipped(chat: Chat) -> None:
    to_the_street(chat)
    before = chat.state
    chat.give(Tap("skip", before.revision))
    assert chat.state == before
    assert chat.toasts == ["We need an answer here. You can also continue later or stop."]


def speaking(*names: str) -> Chat:
    """A questionnaire in these languages, for a reader of Turkish."""
    labels = " | ".join(f"label::{name}" for name in names)
    cells = " | ".join("Frage" for _ in names)
    return Chat(form(f"| survey |\n| | type | name | {labels} |\n| | text | q | {cells} |\n"), "tr")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Deutsch (de)", "العربية (ar)"), "Almanca, Arapça"),
        (("Deutsch (de-DE)", "Kurmancî (ku)"), "Almanca, Kürtçe"),
        (("Deutsch", "Plattdeutsch <nds>"), "Deutsch, Plattdeutsch <nds>"),
    ],
)
def test_who_finds_a_questionnaire_in_other_languages_hears_in_hers_which_ones_once(
    names: tuple[str, ...], said: str
) -> None:
    chat = speaking(*names)
    assert [read(message) for message in chat.messages[:-1]] == [f"[tr] This survey is only there in: {said}."]
    assert "Frage" in chat.open_question
    chat.give(Show(anew=True))
    chat.write("Cevap")
    assert sum("only there in" in read(message) for message in chat.messages) == 1


@pytest.mark.parametrize("names", [("Deutsch (de)", "Türkçe (tr)"), ("default", "Deutsch (de)")])
def test_of_languages_is_not_spoken_where_hers_is_there_or_they_are_not_known(names: tuple[str, ...]) -> None:
    assert len(speaking(*names).messages) == 1


def test_a_questionnaire_without_languages_says_nothing_of_them() -> None:
    table = "| survey |\n| | type | name | label |\n| | text | q | Frage |\n"
    assert len(Chat(form(table), "tr").messages) == 1


NEEDED = """
| survey | | | | | | |
| | type | name | label::English (en) | label::Arabic (ar) | required | required_message::English (en) \
| required_message::Arabic (ar) |
| | select_multiple wish | wishes | What is missing? | ماذا ينقص؟ | yes | We plan with it. | نخطط على أساسه. |
| | integer | rooms | How many rooms? | كم غرفة؟ | ${wishes} = 'bench' | We count the rooms. | نحسب الغرف. |
| choices | | | | |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | wish | bench | Benches | مقاعد |
| | wish | tree | Trees | أشجار |
"""


def test_who_skips_what_is_needed_hears_why_in_the_questionnaires_words_and_then_what_can_be_done() -> None:
    chat = Chat(form(NEEDED))
    chat.tap("Done")
    ours = "We need an answer here. You can also continue later or stop."
    assert chat.toasts == [f"We plan with it.\n{ours}"]
    assert chat.last.startswith(f"We plan with it.\n{ours}\n\n1 of 2")
    assert chat.last.count(ours) == 1
    chat.speak("ar")
    chat.give(Tap("done", chat.state.revision))
    assert chat.last.startswith(f"نخطط على أساسه.\n[ar] {ours}")


def test_what_is_written_instead_of_an_answer_that_is_needed_is_answered_with_its_words_too() -> None:
    chat = Chat(form(NEEDED))
    chat.tap("Benches")
    chat.tap("Done")
    chat.write("skip it")
    assert chat.complaint == "We count the rooms.\nPlease write a whole number, for example 4."
    chat.write("3")
    assert "We count the rooms." not in chat.last


def test_what_is_needed_and_missing_at_the_end_is_named_in_the_questionnaires_words() -> None:
    chat = Chat(form(NEEDED))
    chat.tap("Trees")
    chat.tap("Done")
    chat.tap("Skip")
    chat.tap("1")
    chat.tap("Benches")
    chat.tap("Trees")
    chat.tap("Back")
    chat.tap("Send my answers")
    assert chat.complaint == "We count the rooms."


def test_one_continues_later_where_one_was(chat: Chat) -> None:
    chat.tap("No")
    chat.tap("Trees")
    chat.tap("Continue later")
    assert chat.events == [Event.PAUSED]
    assert chat.messages[1].rows == ()
    assert chat.last == "We keep your answers. Tap the button when you want to go on."
    chat.tap("▶️ Go on with the survey")
    assert chat.state.stage is Stage.ASKING
    assert chat.chosen == ["Trees"]


def test_the_summary_shows_all_answers_and_lets_them_be_changed(chat: Chat) -> None:
    chat.tap("No")
    chat.tap("Skip")
    chat.write("Am <Bach>")
    assert chat.last == (
        "Nearly done.\n\nYour answers\n\n1. Do you have a garden?\n→ No\n\n2. What is missing?\n→ —\n\n"
        "3. What is the name of your street?\n→ Am <Bach>\n\nPlease check your answers. Tap a number to change one."
    )
    assert chat.labels() == [["✅ Send my answers"], ["1", "2", "3"], ["⏸️ Continue later", "🌐 Language"]]
    chat.tap("2")
    chat.tap("Light")
    chat.tap("Done")
    assert "2. What is missing?\n→ Light" in chat.last
    assert chat.state.stage is Stage.SUMMARY


def test_a_changed_answer_that_brings_up_a_question_asks_it_before_the_summary(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("Am Bach")
    chat.write("1")
    chat.tap("Yes")
    assert "How many trees" in chat.last
    chat.write("3")
    assert chat.state.stage is Stage.SUMMARY
    assert "2. How many trees?\n→ 3" in chat.last


CASCADE = """
| survey | | | | | |
| | type | name | label | choice_filter | relevant |
| | select_one town | town | Which town? | | |
| | text | note | A remark? | | |
| | select_one part | part | Which part? | town = ${town} | |
| | select_one street | street | Which street? | part = ${part} | |
| | text | end | The end? | | |
| choices | | | | | |
| | list_name | name | label | town | part |
| | town | a | Adorf | | |
| | town | b | Bdorf | | |
| | part | a1 | North | a | |
| | part | b1 | South | b | |
| | part | b2 | East | b | |
| | street | a11 | Elm Street | | a1 |
| | street | b11 | Oak Street | | b1 |
"""


def test_what_a_changed_answer_empties_is_asked_before_the_summary() -> None:
    chat = Chat(form(CASCADE))
    for label in ("Adorf", "Skip", "North", "Elm Street"):
        chat.tap(label)
    chat.write("No more")
    for label in ("1", "Bdorf"):
        chat.tap(label)
    assert "Which part?" in chat.last
    chat.tap("South")
    assert "Which street?" in chat.last
    chat.tap("Oak Street")
    assert chat.state.stage is Stage.SUMMARY
    chat.tap("1")
    chat.tap("Bdorf")
    assert chat.state.stage is Stage.SUMMARY


PAGES = "| survey | | | |\n| | type | name | label |\n" + "".join(
    f"| | text | q{number} | {'Question ' * 7} {number}? |\n" for number in range(1, 27)
)


@pytest.mark.parametrize("page", [0, 1])
def test_all_answers_stay_in_the_chat_once_they_are_sent(page: int) -> None:
    chat = Chat(form(PAGES))
    for number in range(26):
        chat.write(f"Answer {number + 1} " + "long " * 40)
    if page:
        chat.tap("More answers")
    place = len(chat.messages) - 1
    chat.tap("Send my answers")
    *kept, thanks = [read(each) for each in chat.messages[place:]]
    assert thanks.startswith("Thank you!")
    assert len(kept) == 2
    assert all(not list(chat.buttons(each)) for each in range(place, len(chat.messages)))
    for number in range(1, 27):
        assert f"Answer {number} " in "\n".join(kept)


def test_the_summary_is_left_and_found_again(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("Am Bach")
    chat.tap("Continue later")
    chat.give(Show())
    assert chat.state.stage is Stage.SUMMARY
    assert "Your answers" in chat.last


def test_back_from_a_question_of_the_summary_leads_to_the_summary(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("Am Bach")
    chat.tap("1")
    chat.tap("Back")
    assert chat.state.stage is Stage.SUMMARY
    assert chat.state.returning is False


def test_what_was_typed_chooses_an_option_or_is_answered_kindly(chat: Chat) -> None:
    chat.write("maybe")
    assert chat.last.startswith("Please tap one of the buttons.\n\n1 of 3\n\nA few questions.")
    chat.write("NO")
    assert chat.answers == {"garden": "no"}
    chat.write("lig")
    assert chat.answers["wishes"] == "light"
    assert chat.messages[-1].asks
    assert chat.chosen == ["Light"]


def test_whatever_was_written_the_question_with_its_buttons_is_the_last_thing_in_the_chat(chat: Chat) -> None:
    chat.tap("Yes")
    buttons = chat.labels()
    for typed in ("many", "21", "²"):
        chat.write(typed)
    chat.send_photo()
    assert len(chat.messages) == 2
    assert chat.complaint == "We cannot read this here. Please write a whole number, for example 4."
    assert chat.last.count("How many trees?") == chat.last.count("Please write") == 1
    assert chat.labels() == buttons


def test_what_was_refused_leaves_the_answer_as_it_was(chat: Chat) -> None:
    chat.tap("Yes")
    chat.write("4")
    chat.tap("Back")
    chat.write("21")
    assert chat.complaint == "At most 20."
    assert "✓ 4" in chat.last
    chat.tap("Next")
    assert chat.answers["trees"] == "4"


def test_a_tap_that_does_not_fit_is_refused_where_it_was_made() -> None:
    chat = Chat(form(WHEN))
    revision = chat.state.revision
    chat.tap("28")
    assert chat.complaint.startswith("Please check your answer.")
    assert [toast.startswith("Please check your answer.") for toast in chat.toasts] == [True]
    assert len(chat.messages) == 1
    assert chat.state.revision == revision
    chat.tap("24")
    assert chat.answers["day"] == "2026-11-24"


def test_one_choice_too_many_that_is_written_is_refused_below(chat: Chat) -> None:
    chat.tap("No")
    for written in ("Benches", "Trees", "Light"):
        chat.write(written)
    assert chat.complaint == "Two at most."
    assert (chat.chosen, chat.toasts) == (["Benches", "Trees"], [])
    assert len(chat.messages) == 2


def test_the_summary_follows_what_is_written_there(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("Am Bach")
    for typed in ("yes", "99"):
        chat.write(typed)
    assert chat.last.endswith("→ Am Bach\n\nTap Send my answers, or tap a number to change an answer.")
    assert sum("Your answers" in read(message) for message in chat.messages) == 1
    chat.write("3")
    assert chat.last.startswith("3 of 3\nWhat is the name of your street?")
    assert not any("Your answers" in read(message) for message in chat.messages)
    chat.tap("Back")
    chat.tap("✅ Send my answers")
    assert chat.over


def test_what_is_no_option_brings_the_buttons_back_in_one_message(chat: Chat) -> None:
    buttons, before = chat.labels(), chat.state
    chat.write("maybe")
    assert len(chat.messages) == 1
    assert chat.labels() == buttons
    assert chat.state == before
    chat.tap("No")
    assert chat.answers == {"garden": "no"}


def test_what_was_chosen_stays_when_something_else_is_typed(chat: Chat) -> None:
    chat.tap("No")
    chat.tap("Trees")
    chat.write("a fountain")
    assert chat.chosen == ["Trees"]


def test_a_typed_figure_is_no_answer_where_no_option_has_a_number(chat: Chat) -> None:
    chat.tap("Yes")
    chat.write("3")
    chat.write("2")
    assert chat.answers == {"garden": "yes", "trees": "3"}


def test_a_photo_where_words_are_expected(chat: Chat) -> None:
    to_the_street(chat)
    chat.send_photo()
    assert chat.complaint == "We cannot read this here. Please write your answer."


def test_a_text_that_is_too_long_is_not_stored_and_one_that_fits_is_shown_shortened(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("x" * 4001)
    assert chat.complaint == "Your text is too long. Please write at most 4,000 letters."
    chat.write("word " * 799)
    assert chat.answers["name"] == ("word " * 799).strip()
    assert len(chat.messages[-2].text) < 500


def test_control_signs_of_a_written_answer_are_not_stored(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("Am\x0b \u202eBach\x00 \ud800")
    assert chat.answers["name"] == "Am\n Bach \ufffd"


def test_keys_are_short_whatever_options_are_called() -> None:
    long_names = form(
        "| survey | | | |\n| | type | name | label |\n| | select_multiple w | q | Was? |\n"
        "| choices | | | |\n| | list_name | name | label |\n"
        f"| | w | {'желание' * 5}1 | Пейки |\n| | w | {'желание' * 5}2 | Дървета |\n"
    )
    chat = Chat(long_names, "bg")
    assert all(option.key.isascii() and len(option.key) <= 32 for option in chat.buttons())
    chat.tap("Дървета")
    assert chat.answers == {"q": "желание" * 5 + "2"}


ALIKE = (
    "| survey | | | |\n| | type | name | label |\n| | select_one w | q | What should the town do? |\n"
    "| choices | | | |\n| | list_name | name | label |\n"
    + "".join(f"| | w | o{n} | The town should first of all build something that we call {n} |\n" for n in "ABC")
)


def test_options_that_a_button_would_cut_stand_numbered_in_the_text() -> None:
    """Case 15: no two options read the same."""
    chat = Chat(form(ALIKE))
    assert chat.labels()[0] == ["1", "2", "3"]
    assert "2. The town should first of all build something that we call B" in chat.last
    chat.write("3")
    assert chat.answers == {"q": "oC"}


MANY = (
    "| survey | | | |\n| | type | name | label |\n| | select_one w | q | Where were you born? |\n"
    "| choices | | | |\n| | list_name | name | label |\n"
    + "".join(f"| | w | o{n} | A country called {n} |\n" for n in range(60))
)


def test_a_long_list_is_shown_page_by_page() -> None:
    chat = Chat(form(MANY))
    assert chat.labels()[12:14] == [["More answers"], ["⏭️ Skip"]]
    chat.tap("More answers")
    assert chat.labels()[0] == ["A country called 12"]
    chat.tap("Previous answers")
    chat.write("A country called 59")
    chat.tap("1")
    assert chat.answers == {"q": "o59"}


WHEN = """
| survey | | | | |
| | type | name | label | constraint |
| | date | day | When did you move in? | . <= today() |
"""


def test_a_date_is_chosen_by_tapping() -> None:
    chat = Chat(form(WHEN))
    assert chat.labels()[:2] == [["November 2026"], ["◀◀", "◀", "▶", "▶▶"]]
    chat.tap("◀")
    chat.tap("◀◀")
    assert chat.labels()[0] == ["October 2025"]
    assert [len(row) for row in chat.labels()[2:8]] == [7] * 6
    chat.tap("·")
    chat.tap("31")
    assert chat.answers == {"day": "2025-10-31"}
    assert chat.messages[0].text.endswith("✓ \u206831 October 2025\u2069")


def test_a_date_is_written_in_words_and_figures() -> None:
    chat = Chat(form(WHEN), "ar")
    chat.write("٣١/٢/٢٠٢٠")
    assert "[ar] Please choose a day or write a date" in chat.last
    chat.write("٣ تشرين الأول ٢٠٢٠")
    assert chat.answers == {"day": "2020-10-03"}


def test_a_date_that_does_not_fit_says_what_is_expected() -> None:
    chat = Chat(form(WHEN))
    chat.write("26.11.2026")
    assert chat.complaint == (
        "Please check your answer. Please choose a day or write a date, for example 25 November 2026."
    )


def test_a_form_without_questions_can_be_sent() -> None:
    chat = Chat(form("| survey | | | |\n| | type | name | label |\n| | note | n | Hello |\n"))
    assert chat.last.startswith("Hello\n\nThere is nothing more to answer.")
    chat.tap("✅ Send my answers")
    assert chat.over


def test_an_answer_that_does_not_fit_any_more_is_asked_again_before_sending() -> None:
    chat = Chat(
        form(
            "| survey | | | | | |\n| | type | name | label | constraint | constraint_message |\n"
            "| | integer | children | Children? | . < ${people} or ${people} = '' | Fewer than people. |\n"
            "| | integer | people | People? | | |\n"
        )
    )
    chat.write("4")
    chat.write("3")
    chat.tap("✅ Send my answers")
    assert chat.complaint == "Fewer than people."
    assert "Children?" in chat.last
    chat.write("2")
    chat.tap("✅ Send my answers")
    assert chat.answers == {"children": "2", "people": "3"}


LONG = (
    "| survey | | | |\n| | type | name | label |\n"
    + f"| | note | n | {'A long word about us. ' * 400} |\n"
    + "".join(f"| | text | q{n} | {'A very long question, number ' * 6}{n} |\n" for n in range(130))
)


def test_long_forms_keep_the_limits_of_a_message() -> None:
    chat = Chat(form(LONG))
    assert len(chat.messages) > 1
    for _ in range(130):
        chat.write("answer " * 100)
    chat.tap("More answers")
    assert chat.labels()[1] == ["16", "17", "18", "19", "20"]
    chat.tap("17")
    chat.write("another answer")
    assert chat.labels()[1] == ["16", "17", "18", "19", "20"]
    for message in chat.messages:
        assert len(message.text) <= 4096
        assert sum(len(row) for row in message.rows) <= 100


def test_words_after_the_end_change_nothing(chat: Chat) -> None:
    to_the_street(chat)
    chat.write("Am Bach")
    chat.tap("✅ Send my answers")
    before = chat.state
    for given in (Text("hello"), Tap("a0", 1), Tap("send", before.revision), Tap("resume"), Show(), Show(anew=False)):
        chat.give(given)
        assert chat.state == before
    assert chat.events == [Event.COMPLETED]


def test_a_note_quotes_an_answer_without_being_broken_by_it() -> None:
    quoting = form(
        "| survey | | | |\n| | type | name | label |\n| | text | name | Your name? |\n"
        "| | text | wish | Dear ${name}, what do you wish? |\n"
    )
    chat = Chat(quoting)
    chat.write("<b>*Ana*")
    assert "Dear <b>*Ana*, what do you wish?" in chat.last


def test_toasts_are_short(chat: Chat) -> None:
    to_the_street(chat)
    chat.give(Tap("skip", chat.state.revision))
    assert all(visible_length(toast) <= 200 for toast in chat.toasts)


COLOURS = """
| survey | | | | | |
| | type | name | label::en | label::ar | calculation |
| | select_one colour | colour | Which colour? | أي لون؟ | |
| | calculate | named | | | jr:choice-name(${colour}, '${colour}') |
| | text | why | Why ${named}? | لماذا ${named}؟ | |
| choices | | | | |
| | list_name | name | label::en | label::ar |
| | colour | red | Red | أحمر |
| settings | |
| | default_language |
| | ar |
"""


def test_an_option_is_quoted_in_the_language_of_who_reads_it() -> None:
    chat = Chat(form(COLOURS), "en")
    chat.tap("Red")
    assert "Red" in chat.last
    assert "أحمر" not in chat.last
