"""No kind of question without a type of its own, and no type without a file and a test of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogues.forms.questions import KINDS
from dialogues.question_types import QUESTION_TYPES

TESTS = Path(__file__).parent


def test_every_kind_that_a_questionnaire_can_have_has_a_type() -> None:
    assert set(QUESTION_TYPES) == {*KINDS, "repeat"}


@pytest.mark.parametrize("kind", sorted(QUESTION_TYPES))
def test_every_type_has_a_file_of_its_own_and_a_case(kind: str) -> None:
    each = QUESTION_TYPES[kind]
    module = type(each).__module__.rpartition(".")[2]
    others = [type(other).__module__ for other in QUESTION_TYPES.values() if other is not each]
    assert type(each).__module__ not in others
    test = TESTS / f"test_{module}.py"
    assert test.is_file(), f"the type {kind} has no case: write {test.name}"
    assert "def test_" in test.read_text("utf-8")
