"""From the first word to the first question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dialogues.markup import FSI, PDI, plain_text, to_entities
from dialogues.notice import CONSENT
from dialogues.onboarding import ELSEWHERE, Newcomer, Offer, Place, Surroundings, step
from dialogues.prompts import Input, Media, MediaKind, Option, Prompt, Replace, Reply, Say, Show, Tap, Text, Toast
from dialogues.sensitive import Sensitive
from dialogues.splitting import MESSAGE_LIMIT
from dialogues.texts import LANGUAGES
from tests.dialogues.chat import read
from tests.dialogues.conftest import marked_texts

NORTH, SOUTH = Place("1", "Nordstadt"), Place("2", "Südstadt")
LIVING = Offer("10", {"en": "Living in my quarter", "ar": "العيش في الحي", "": "Wohnen im Quartier"})
SQUARE = Offer("11", {"": "Was soll auf dem Platz geschehen?"}, areas=frozenset({"1", "3"}))
TOWN = Surroundings("Musterstadt", "Quartiersbüro Nord", (NORTH, SOUTH), (LIVING,), "Art. 6 DSGVO")


class Chat:
    """A resident's chat as far as onboarding goes: what we said last, what started, how often it was tapped."""

    def __init__(self, newcomer: Newcomer | None = None, town: Surroundings = TOWN) -> None:
        self.newcomer = newcomer or Newcomer("en")
        self.town = town
        self.taps = 0
        self.survey: str | None = None
        self.replies: tuple[Reply, ...] = ()

    def does(self, given: Input) -> Chat:
        made = step(self.newcomer, given, self.town, texts=marked_texts())
        self.newcomer, self.replies, self.survey = made.newcomer, made.replies, made.survey
        return self

    def starts(self, *, area: str | None = None, survey: str | None = None) -> Chat:
        self.newcomer = replace(self.newcomer, area=area or self.newcomer.area, survey=survey)
        return self.does(Show())

    def taps_button(self, key: str) -> Chat:
        assert key in self.keys, f"{key} is not on screen: {self.keys}"
        self.taps += 1
        return self.does(Tap(key))

    def writes(self, text: str) -> Chat:
        return self.does(Text(text))

    @property
    def prompt(self) -> Prompt:
        said = [reply.prompt for reply in self.replies if isinstance(reply, Say | Replace)]
        assert len(said) == 1
        return said[0]

    @property
    def says(self) -> str:
        return read(self.prompt)

    @property
    def toast(self) -> str | None:
        return next((reply.text for reply in self.replies if isinstance(reply, Toast)), None)

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(option for row in self.prompt.rows for option in row)

    @property
    def keys(self) -> list[str]:
        return [option.key for option in self.options]


def grown_up(**known: str) -> Newcomer:
    return replace(Newcomer("en", consented=True, adult=True), **known)  # type: ignore[arg-type]


# --- how long it takes ----------------------------------------------------------------------------------------------


def test_with_a_link_the_first_question_comes_after_three_taps() -> None:
    chat = Chat().starts(area="1", survey="10")
    chat.taps_button("lang:ar").taps_button("ok").taps_button("age:yes")
    assert chat.taps == 3
    assert chat.survey == "10"
    assert "العيش في الحي" in chat.says


def test_without_a_link_and_with_one_survey_the_first_question_comes_after_four_taps() -> None:
    chat = Chat().starts()
    chat.taps_button("lang:bg").taps_button("ok").taps_button("age:yes").taps_button("area:1")
    assert (chat.taps, chat.survey) == (4, "10")


def test_without_a_link_and_with_several_surveys_the_first_question_comes_after_five_taps() -> None:
    chat = Chat(town=replace(TOWN, offers=(LIVING, SQUARE))).starts()
    chat.taps_button("lang:tr").taps_button("ok").taps_button("age:yes").taps_button("area:1")
    assert chat.survey is None
    chat = chat.taps_button("survey:11")
    assert (chat.taps, chat.survey) == (5, "11")


def test_a_link_that_names_only_the_area_starts_the_one_survey_of_that_area() -> None:
    square_only = replace(TOWN, offers=(SQUARE,))
    chat = Chat(town=square_only).starts(area="3").taps_button("ok").taps_button("age:yes")
    assert chat.survey == "11"


def test_a_link_that_names_only_a_survey_of_the_whole_town_does_not_ask_for_the_area() -> None:
    chat = Chat().starts(survey="10").taps_button("ok").taps_button("age:yes")
    assert chat.survey == "10"


def test_a_link_that_names_only_a_survey_of_some_areas_asks_for_the_area_first() -> None:
    chat = Chat(town=replace(TOWN, offers=(LIVING, SQUARE))).starts(survey="11")
    chat.taps_button("ok").taps_button("age:yes")
    assert chat.survey is None
    chat = chat.taps_button("area:1")
    assert chat.survey == "11"


def test_a_town_without_areas_does_not_ask_for_one() -> None:
    chat = Chat(town=replace(TOWN, areas=())).starts().taps_button("ok").taps_button("age:yes")
    assert chat.survey == "10"


def test_who_is_known_already_starts_at_once() -> None:
    chat = Chat(grown_up(area="1")).starts(survey="10")
    assert (chat.taps, chat.survey) == (0, "10")
    assert chat.newcomer.survey is None, "the wish is fulfilled"


def test_a_link_that_nobody_knows_starts_nothing_but_asks_what_waits() -> None:
    for known, waits in (
        (Newcomer("en"), "Welcome!"),
        (grown_up(), "Where do you live?"),
        (grown_up(area="1"), "open"),
    ):
        made = step(known, Show(), TOWN, texts=marked_texts(), unknown_link=True)
        assert made.survey is None
        [reply] = made.replies
        assert isinstance(reply, Say)
        assert read(reply.prompt).startswith("We do not know this link. But you are in the right place.\n\n")
        assert waits in read(reply.prompt)


# --- language -------------------------------------------------------------------------------------------------------


def test_the_first_message_speaks_the_phones_language_and_offers_all_six() -> None:
    chat = Chat(Newcomer("ro")).starts()
    assert chat.prompt.language == "ro"
    assert [key for key in chat.keys if key.startswith("lang:")] == [f"lang:{code}" for code in LANGUAGES]
    assert [option.key for option in chat.options if option.chosen] == ["lang:ro"]
    assert chat.prompt.rows[0][0].key == "ok", "agreeing comes first"


def test_choosing_a_language_redraws_the_same_message_in_it() -> None:
    chat = Chat(Newcomer("de")).starts()
    german, keys = chat.says, chat.keys
    chat.taps_button("lang:ar")
    assert isinstance(chat.replies[0], Replace)
    assert chat.says == german.replace("[de]", "[ar]")
    assert chat.keys == keys
    assert chat.newcomer == Newcomer("ar", language_chosen=True)


@pytest.mark.parametrize("known", [Newcomer("de", consented=True), Newcomer("de", consented=True, adult=True)])
def test_the_language_can_be_changed_at_every_question_and_the_question_stays(known: Newcomer) -> None:
    chat = Chat(known).starts()
    question = chat.keys
    chat.taps_button("language").taps_button("lang:bg")
    assert chat.keys == question
    assert chat.prompt.language == "bg"


def test_titles_of_the_surveys_on_offer_change_with_the_language() -> None:
    chat = Chat(grown_up(area="1"), replace(TOWN, offers=(LIVING, SQUARE))).starts()
    assert any("Living in my quarter" in option.label for option in chat.options)
    chat.taps_button("language").taps_button("lang:ar")
    assert any("العيش في الحي" in option.label for option in chat.options)
    assert chat.survey is None


@pytest.mark.parametrize(
    ("typed", "language"),
    [("Türkçe", "tr"), ("turkce", "tr"), ("عربي", "ar"), ("arabisch", "ar"), ("БЪЛГАРСКИ", "bg"), ("română", "ro")],
)
def test_a_language_may_be_typed_by_name(typed: str, language: str) -> None:
    chat = Chat(Newcomer("en")).starts().writes(typed)
    assert chat.newcomer.language == language
    assert isinstance(chat.replies[0], Say), "below what was written"


def test_every_language_is_understood_by_its_name_in_every_language() -> None:
    for code, name in {"ar": "Arapça", "bg": "البلغارية", "de": "немски", "en": "İngilizce", "tr": "turcă"}.items():
        assert Chat(Newcomer("ro")).starts().writes(name).newcomer.language == code, name


# --- the notice -----------------------------------------------------------------------------------------------------


def test_the_notice_says_who_asks_that_it_is_voluntary_and_what_cannot_be_deleted_later() -> None:
    says = Chat().starts().says
    for part in (
        "Quartiersbüro Nord",
        "Musterstadt",
        "voluntary",
        "no residence permit",
        "Nobody sees your name",
        "Telegram",
    ):
        assert part in says
    assert "/mydata" in says
    assert "/delete" in says
    assert "Then we cannot delete them either." in says
    assert "You can see or delete your data: /mydata /delete" in says


def test_the_first_message_is_short_enough_for_its_buttons_to_be_seen() -> None:
    says = Chat().starts().says
    assert "Legal basis" not in says, "each survey names it as it begins"
    assert says.count("\n\n") == 1, "only the question stands apart"
    assert says.count("\n") < 11


def test_a_town_without_an_office_asks_in_its_own_name() -> None:
    assert "Musterstadt asks the people" in Chat(town=replace(TOWN, office=None)).starts().says


@pytest.mark.parametrize("office", ["Quartiersbüro Nord", None])
def test_who_comes_for_an_event_reads_of_it_in_the_notice_and_sees_it_after_one_tap(office: str | None) -> None:
    town = replace(TOWN, office=office, invited={"en": "Meal together", "de": "Gemeinsam essen"})
    chat = Chat(Newcomer("en", event="7"), town).starts()
    assert ("Musterstadt: Meal together" if office else "who live there: Meal together") in chat.says
    for part in ("asks the people", "Are you 16"):
        assert part not in chat.says
    for part in ("Your answers help to plan", "voluntary", "no residence permit", "Telegram", "/mydata", "/delete"):
        assert part in chat.says
    assert "Gemeinsam essen" in chat.taps_button("lang:de").says
    shown = step(chat.newcomer, Tap("ok"), town, texts=marked_texts())
    assert (shown.event, shown.newcomer.event, shown.newcomer.adult, shown.survey) == ("7", None, None, None)


def test_a_survey_that_was_wanted_before_an_event_does_not_wait_unasked_behind_it() -> None:
    wanted = Newcomer("en", event="7", survey="10")
    assert step(wanted, Tap("ok"), TOWN, texts=marked_texts()).newcomer.survey is None
    known = replace(wanted, consented=True, adult=True)
    assert step(known, Show(anew=True), TOWN, texts=marked_texts()).newcomer.survey == "10"


def test_nothing_is_asked_before_consent() -> None:
    chat = Chat().starts()
    for key in ("age:yes", "area:1", "area", "survey:10"):
        chat.does(Tap(key))
        assert "Do you agree?" in chat.says
        assert chat.survey is None
    assert not chat.newcomer.consented
    assert chat.newcomer.adult is None


def test_declining_is_kind_and_a_button_leads_back() -> None:
    chat = Chat().starts(area="1", survey="10").taps_button("no")
    assert "That is fine" in chat.says
    assert not chat.newcomer.consented
    chat.taps_button("start")
    assert "Do you agree?" in chat.says
    chat.taps_button("ok").taps_button("age:yes")
    assert chat.survey == "10", "what the link asked for is still known"


@pytest.mark.parametrize("word", ["ja", "Yes!", "نعم", "أجل", "да", "da", "Evet.", "OK", "👍🏽"])
def test_a_typed_yes_agrees(word: str) -> None:
    chat = Chat().starts().writes(word)
    assert chat.newcomer.consented
    assert isinstance(chat.replies[0], Say)


@pytest.mark.parametrize("word", ["nein", "No", "لا", "لأ", "не", "nu", "HAYIR", "hayır", "👎"])
def test_a_typed_no_declines(word: str) -> None:
    chat = Chat().starts().writes(word)
    assert "That is fine" in chat.says


# --- age ------------------------------------------------------------------------------------------------------------


def test_who_is_under_sixteen_gets_no_survey_whatever_is_tapped() -> None:
    chat = Chat().starts(area="1", survey="10").taps_button("ok").taps_button("age:no")
    assert "16 or older" in chat.says
    for given in (Show(), Tap("age:yes"), Tap("area:1"), Tap("survey:10"), Text("ja")):
        chat.does(given)
        assert chat.newcomer.adult is False
        assert chat.survey is None


# --- area -----------------------------------------------------------------------------------------------------------


def test_who_lives_somewhere_else_gets_the_surveys_of_the_whole_town_only() -> None:
    chat = Chat(grown_up(), replace(TOWN, offers=(LIVING, SQUARE))).starts()
    chat.taps_button(f"area:{ELSEWHERE}")
    assert (chat.newcomer.area, chat.survey) == (ELSEWHERE, "10")


@pytest.mark.parametrize("typed", ["südstadt", "SUDSTADT", "Südst"])
def test_the_area_may_be_typed(typed: str) -> None:
    assert Chat(grown_up()).starts().writes(typed).newcomer.area == "2"


def test_an_area_that_does_not_exist_is_not_taken() -> None:
    chat = Chat(grown_up()).starts().does(Tap("area:999"))
    assert chat.newcomer.area is None
    assert chat.toast == "This button is old."
    assert "Where do you live?" in chat.says


def test_who_has_moved_chooses_the_area_again() -> None:
    chat = Chat(grown_up(area="1"), replace(TOWN, offers=())).starts().does(Tap("area"))
    assert chat.taps_button("area:2").newcomer.area == "2"


# --- surveys --------------------------------------------------------------------------------------------------------


def test_without_an_open_survey_we_say_how_to_hear_of_one_and_promise_no_message() -> None:
    chat = Chat(grown_up(), replace(TOWN, offers=())).starts().taps_button("area:1")
    assert "Write to us again later. Then you see new surveys here." in chat.says
    assert "We may write to you here about surveys and events." in chat.says
    assert "/stop" in chat.says
    assert "We will write" not in chat.says
    assert chat.survey is None


def test_a_survey_is_offered_where_it_is_for_and_until_it_is_answered() -> None:
    offers = (replace(LIVING, taken=True), SQUARE)
    assert Chat(grown_up(area="3"), replace(TOWN, offers=offers)).starts().survey == "11"
    assert "no new survey" in Chat(grown_up(area="2"), replace(TOWN, offers=offers)).starts().says


@pytest.mark.parametrize(
    ("wish", "why"),
    [("999", "has ended"), ("11", "for other people"), ("12", "You have answered")],
)
def test_a_survey_that_cannot_be_had_is_explained_and_the_open_ones_are_offered(wish: str, why: str) -> None:
    answered = Offer("12", {"": "Nach dem Fest"}, taken=True)
    chat = Chat(grown_up(area="2"), replace(TOWN, offers=(LIVING, SQUARE, answered))).starts(survey=wish)
    assert why in chat.says
    assert "survey:10" in chat.keys
    assert (chat.survey, chat.newcomer.survey) == (None, None)


@pytest.mark.parametrize(
    ("first_day", "said"), [(date(2199, 12, 1), "on this day: Sunday 1 December 2199"), (None, "")]
)
def test_a_survey_that_has_not_begun_says_so_and_when_if_it_is_known(first_day: date | None, said: str) -> None:
    chat = Chat(grown_up(area="1"), replace(TOWN, offers=(), coming={"11": first_day})).starts(survey="11")
    assert "The survey has not begun yet." in chat.says
    assert said in chat.says
    assert ("It begins" in chat.says) == bool(said)
    assert "has ended" not in chat.says
    assert chat.survey is None


@pytest.mark.parametrize("offer", [LIVING, replace(LIVING, sensitive=Sensitive(("health",)))])
def test_before_a_survey_that_is_not_anonymous_it_is_said_once_that_answers_stay_linked(offer: Offer) -> None:
    chat = Chat(grown_up(area="1"), replace(TOWN, offers=(replace(offer, anonymous=False),))).starts()
    said = chat.says
    if offer.sensitive:
        said += chat.taps_button("agree:10").says
    assert chat.survey == "10"
    assert said.count("your answers stay linked to this chat") == 1
    assert "stay linked" not in Chat(grown_up(area="1")).starts().says


def test_a_survey_that_has_no_title_in_the_language_is_not_offered_in_another() -> None:
    turkish = Offer("13", {"tr": "Mahallem"})
    assert Chat(Newcomer("tr", consented=True, adult=True, area="1"), replace(TOWN, offers=(turkish,))).starts().survey
    assert Chat(grown_up(area="1"), replace(TOWN, offers=(turkish,))).starts().survey is None


def test_titles_that_buttons_cannot_carry_are_numbered_in_the_message() -> None:
    beginning = "Wie leben Sie in der Nordstadt und was wünschen Sie sich "
    offers = tuple(Offer(str(number), {"": f"{beginning}{end}?"}) for number, end in enumerate(("heute", "morgen")))
    chat = Chat(grown_up(area="1"), replace(TOWN, offers=offers)).starts()
    assert [option.label for option in chat.options[:2]] == ["1", "2"]
    assert f"1. {beginning}heute?\n2. {beginning}morgen?" in chat.says


def test_a_beginning_survey_names_its_legal_basis() -> None:
    chat = Chat(grown_up(area="1"), replace(TOWN, offers=(replace(LIVING, legal_basis="Art. 9 DSGVO"),))).starts()
    assert "Art. 9 DSGVO" in chat.says


def test_consent_as_the_legal_basis_is_named_in_the_language_of_the_resident() -> None:
    living = replace(LIVING, legal_basis=CONSENT)
    chat = Chat(replace(grown_up(area="1"), language="bg"), replace(TOWN, offers=(living,))).starts()
    assert "[bg] Legal basis: your consent" in chat.says


# --- explicit consent -----------------------------------------------------------------------------------------------

FAITH = Offer("12", {"": "Glauben im Quartier"}, sensitive=Sensitive(("health", "religion")))
WITH_FAITH = replace(TOWN, offers=(LIVING, FAITH))


def test_before_a_survey_about_religion_we_name_the_topics_and_ask() -> None:
    chat = Chat(grown_up(area="1"), WITH_FAITH).starts(survey="12")
    assert chat.survey is None
    assert "Glauben im Quartier" in chat.says
    assert "• Your health\n• Your religion or beliefs" in chat.says
    assert chat.keys == ["agree:12", "refuse:12", "language"]
    assert not chat.prompt.asks, "the question of another interview stays the one that asks"


def test_who_agrees_is_asked_at_once() -> None:
    chat = Chat(grown_up(area="1"), WITH_FAITH).starts(survey="12").taps_button("agree:12")
    assert (chat.survey, chat.newcomer.survey) == ("12", None)
    assert "The survey begins now: Glauben im Quartier" in chat.says


def test_explicit_consent_comes_last_and_is_asked_of_the_only_survey_too() -> None:
    chat = Chat(town=replace(TOWN, offers=(FAITH,))).starts().taps_button("ok").taps_button("age:yes")
    assert "Where do you live?" in chat.says
    chat.taps_button("area:1")
    assert chat.survey is None
    assert chat.taps_button("agree:12").survey == "12"


def test_who_declines_hears_a_kind_word_and_is_not_asked_again_by_itself() -> None:
    chat = Chat(grown_up(area="1"), WITH_FAITH).starts(survey="12").taps_button("refuse:12")
    assert "That is fine." in chat.says
    assert (chat.survey, chat.newcomer.survey) == (None, None)
    assert step(chat.newcomer, Tap("refuse:12"), WITH_FAITH, texts=marked_texts()).declined


def test_the_question_for_consent_can_be_read_in_another_language_and_answered_by_typing() -> None:
    chat = Chat(grown_up(area="1"), WITH_FAITH).starts(survey="12").taps_button("language").taps_button("lang:bg")
    assert "[bg] Your health" in chat.says
    chat.writes("Какво?")
    assert "[bg] Please tap one of the buttons." in chat.says
    assert chat.survey is None
    assert chat.writes("Приемам").survey == "12"


def test_a_survey_that_is_going_on_needs_no_second_consent() -> None:
    going_on = replace(TOWN, offers=(replace(FAITH, sensitive=None),))
    assert Chat(grown_up(area="1"), going_on).starts(survey="12").survey == "12"


def test_an_old_button_of_consent_neither_errs_nor_passes_over_a_question() -> None:
    assert "Do you agree?" in Chat(town=WITH_FAITH).does(Tap("agree:12")).says
    assert "16 or older" in Chat(replace(grown_up(), adult=False), WITH_FAITH).does(Tap("agree:12")).says
    ended = Chat(grown_up(area="1")).does(Tap("agree:12"))
    assert (ended.survey, ended.newcomer.survey) == (None, None)
    assert "The survey has ended." in ended.says
    other = Chat(replace(grown_up(area="1"), survey="12"), WITH_FAITH).does(Tap("refuse:999"))
    assert other.newcomer.survey == "12"


# --- double, outdated and unexpected --------------------------------------------------------------------------------


def test_a_double_tap_changes_nothing_and_shows_where_we_are() -> None:
    chat = Chat().starts().taps_button("ok")
    waiting, known = chat.prompt, chat.newcomer
    chat.does(Tap("ok"))
    assert chat.toast == "We already have your answer."
    assert (chat.prompt, chat.newcomer) == (waiting, known)
    assert isinstance(chat.replies[-1], Replace)


def test_a_double_tap_on_the_last_answer_starts_the_survey_once() -> None:
    chat = Chat(grown_up()).starts().taps_button("area:1")
    assert chat.survey == "10"
    chat = chat.does(Tap("area:1"))
    assert chat.survey is None
    assert chat.replies == (Toast("We already have your answer."),)


def test_an_outdated_refusal_does_not_take_the_consent_back_but_says_how_to() -> None:
    chat = Chat(grown_up()).starts().does(Tap("no"))
    assert chat.newcomer.consented
    assert "/delete" in (chat.toast or "")


@pytest.mark.parametrize(
    "key", ["", ":", "lang:", "lang:xx", "area:", "c3+", "age:maybe", "ok:1", "agree:", "refuse:x", "\u2068", "x" * 64]
)
@pytest.mark.parametrize("known", [Newcomer("en"), Newcomer("en", consented=True), grown_up(), grown_up(area="1")])
def test_a_button_that_means_nothing_never_errs(key: str, known: Newcomer) -> None:
    chat = Chat(known).does(Tap(key))
    assert chat.newcomer == known
    assert chat.replies


@pytest.mark.parametrize("given", [Text("What is this?"), Text(""), Text("١٢"), Media(MediaKind.VOICE)])
def test_what_is_no_answer_is_asked_again_kindly(given: Input) -> None:
    for known, question in ((Newcomer("en"), "Do you agree?"), (grown_up(), "Where do you live?")):
        chat = Chat(known).does(given)
        assert chat.says.startswith("Please tap one of the buttons.")
        assert question in chat.says
        assert chat.newcomer == known
        assert isinstance(chat.replies[0], Say)


def test_a_yes_is_no_answer_to_where_somebody_lives() -> None:
    assert Chat(grown_up()).starts().writes("ja").newcomer.area is None


def test_who_is_not_asked_anything_is_not_told_to_tap() -> None:
    chat = Chat(replace(grown_up(), adult=False)).writes("Hallo")
    assert "tap" not in chat.says


# --- safe in every language -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_stay_harmless_and_isolated_in_every_language(language: str) -> None:
    hostile = '<b>Stadt & "Co"</b>\u202e'
    town = Surroundings(
        hostile, hostile, (Place("1", hostile), SOUTH), (replace(LIVING, titles={"": hostile}), SQUARE), hostile
    )
    inside = f'{FSI}<b>Stadt & "Co"</b>{PDI}'
    for known in (Newcomer(language), Newcomer(language, consented=True, adult=True)):
        prompt = Chat(known, town).starts().prompt
        seen = to_entities(prompt.text).text + "".join(option.label for row in prompt.rows for option in row)
        assert inside in seen
        assert "\u202e" not in seen
        assert seen.count(FSI) == seen.count(PDI)
    begun = Chat(Newcomer(language, consented=True, adult=True, area="2"), town).starts()
    assert inside in plain_text(begun.prompt.text)


def every_prompt() -> list[Prompt]:
    town = replace(TOWN, offers=(LIVING, SQUARE))
    known = [Newcomer("ar"), Newcomer("ar", consented=True), Newcomer("ar", consented=True, adult=False)]
    known += [Newcomer("ar", consented=True, adult=True), Newcomer("ar", consented=True, adult=True, area="1")]
    given: list[Input] = [Show(), Text("?"), Tap("language"), Tap("no"), Tap("lang:tr"), Tap("area:2"), Tap("survey:9")]
    steps = [step(each, does, town, texts=marked_texts()) for each in known for does in given]
    return [reply.prompt for made in steps for reply in made.replies if isinstance(reply, Say | Replace)]


def test_every_message_fits_and_its_keys_are_short_unique_ascii() -> None:
    for prompt in every_prompt():
        keys = [option.key for row in prompt.rows for option in row]
        assert len(set(keys)) == len(keys)
        assert all(key.isascii() and 0 < len(key) <= 32 for key in keys)
        assert len(to_entities(prompt.text).text) < MESSAGE_LIMIT / 2, "other languages are longer"
        assert prompt.revision == 0
