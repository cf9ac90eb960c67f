"""Whatever a resident does, the interview never fails, keeps its limits, and has a way forward."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dialogues.interview import Stage
from dialogues.markup import to_entities, utf16_length
from dialogues.prompts import Replace, Tap
from dialogues.texts import LANGUAGES
from tests.dialogues.chat import Chat, form
from tests.dialogues.question_types.test_repeat import CHILDREN, NESTED
from tests.dialogues.test_interview import ALIKE, HOUSE, MANY, WHEN

EVERY_KIND = """
| survey  |                 |      |       |                         |
|         | type            | name | label | parameters              |
|         | rank w          | a    | A     |                         |
|         | range           | b    | B     | start=0 end=10 step=0.5 |
|         | range           | c    | C     | start=1 end=99 step=2   |
|         | time            | d    | D     |                         |
|         | dateTime        | e    | E     |                         |
|         | geopoint        | f    | F     |                         |
|         | geotrace        | g    | G     |                         |
|         | image           | h    | H     |                         |
|         | audio           | i    | I     |                         |
|         | video           | j    | J     |                         |
|         | file            | k    | K     |                         |
|         | barcode         | l    | L     |                         |
|         | acknowledge     | m    | M     |                         |
|         | decimal         | n    | N     |                         |
| choices |                 |      |       |                         |
|         | list_name       | name | label |                         |
|         | w               | x    | X     |                         |
|         | w               | y    | Y     |                         |
|         | w               | z    | Z     |                         |
"""

TABLES = (HOUSE, ALIKE, MANY, WHEN, EVERY_KIND, CHILDREN, NESTED)
TYPED = st.one_of(
    st.sampled_from(["1", "٢", "yes", "نعم", "Trees", "3.4.2020", "today", "21", "", " ", "<b>", "x" * 4001, "²"]),
    st.text(st.characters(exclude_categories=()), max_size=30),
)
KEYS = st.one_of(
    st.sampled_from(["a0", "a1", "a99999", "c0+", "c1-", "c9+", "done", "next", "skip", "back", "later", "send"]),
    st.sampled_from(
        ["leave", "left", "stay", "resume", "edit:1", "edit:99", "p0", "p7", "m2026-11", "m0000-01", "d2026-02-30"]
    ),
    st.sampled_from(["k0+", "k0-", "k9+", "v0", "v999", "h07", "t07:15", "t25:00", "ok", "add", "drop", "p99999"]),
    st.text(max_size=10),
)
GO_ON = ("Send my answers", "Done", "Next", "Skip", "Go on")


class AnyResident(RuleBasedStateMachine):
    """Presses and writes anything, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.chat = Chat(form(HOUSE))

    @rule(table=st.sampled_from(TABLES), language=st.sampled_from(LANGUAGES))
    def begin(self, table: str, language: str) -> None:
        self.chat = Chat(form(table), language)

    @precondition(lambda self: any(message.rows for message in self.chat.messages))
    @rule(data=st.data())
    def press_a_button_twice(self, data: Any) -> None:
        place, option = data.draw(
            st.sampled_from(
                [(place, option) for place in range(len(self.chat.messages)) for option in self.chat.buttons(place)]
            )
        )
        tap = Tap(option.key, self.chat.messages[place].revision)
        self.chat.give(tap, place)
        after = self.chat.state.values
        self.chat.give(tap, place)
        assert self.chat.state.values == after

    @rule(key=KEYS, back=st.integers(-3, 3))
    def press_any_key(self, key: str, back: int) -> None:
        self.chat.give(Tap(key, self.chat.state.revision - back))

    @rule(text=TYPED)
    def write(self, text: str) -> None:
        self.chat.write(text)

    @rule()
    def send_a_photo(self) -> None:
        self.chat.send_photo()

    @rule(language=st.sampled_from(LANGUAGES))
    def speak(self, language: str) -> None:
        answers, revision = self.chat.answers, self.chat.state.revision
        step = self.chat.speak(language)
        assert [type(reply) for reply in step.replies] == [Replace]
        assert (self.chat.answers, self.chat.state.revision) == (answers, revision)

    @invariant()
    def every_message_can_be_sent(self) -> None:
        for message in self.chat.messages:
            assert 0 < utf16_length(to_entities(message.text).text) <= 4096
            keys = [option.key for row in message.rows for option in row]
            assert len(keys) == len(set(keys)) <= 100
            assert all(key.isascii() and len(key) <= 32 for key in keys)
            assert all(option.label.strip() for row in message.rows for option in row)
        assert all(utf16_length(toast) <= 200 for toast in self.chat.toasts)

    @invariant()
    def there_is_a_way_forward(self) -> None:
        if self.chat.state.stage in (Stage.ASKING, Stage.SUMMARY):
            assert self.chat.asking is not None
            question = self.chat.messages[self.chat.asking]
            assert question.asks
            assert question.revision == self.chat.state.revision
            assert "later" in [option.key for row in question.rows for option in row]


AnyResident.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnyResident = AnyResident.TestCase


@pytest.mark.parametrize("table", TABLES)
def test_who_presses_on_arrives(table: str) -> None:
    chat = Chat(form(table))
    for _ in range(30):
        if chat.over:
            break
        keys = {option.key for option in chat.buttons()}
        wanted = next((key for key in ("send", "a0", "done", "skip", "next") if key in keys), None)
        if wanted:
            chat.give(Tap(wanted, chat.state.revision))
        else:
            chat.write("Am Bach")
    assert chat.state.stage is Stage.COMPLETE
