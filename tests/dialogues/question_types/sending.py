"""What holds of every type that is answered with a file."""

from __future__ import annotations

from collections.abc import Iterable

from tests.dialogues.question_types.one_question import Sent, at_question, settled, value


def takes_what_fits(kind: str, fitting: Iterable[Sent], noun: str) -> None:
    """Its name is stored, and what it is called is read back."""
    for sent in fitting:
        chat = at_question(kind)
        chat.send_file(*sent)
        assert (value(chat), settled(chat)) == (sent[1], f"Which?\n✓ {noun}")


def takes_nothing_else(kind: str, others: Iterable[Sent], wanted: str) -> None:
    """Other files, places and words are not taken, and it is said what is wanted."""
    chat = at_question(kind)
    for sent in others:
        chat.send_file(*sent)
        assert chat.complaint == f"We cannot read this here. {wanted}"
    chat.send_place(52.0, 13.0)
    chat.write("here it is")
    assert (value(chat), chat.complaint) == ("", wanted)


def can_be_replaced(kind: str, sent: Sent) -> None:
    """Another one takes its place, and it can be taken back."""
    chat = at_question(kind)
    how, name, claimed = sent
    chat.send_file(how, name, claimed)
    chat.tap("Back")
    chat.send_file(how, f"2{name}", claimed)
    assert value(chat) == f"2{name}"
    chat.tap("Back")
    chat.tap("Delete this answer")
    assert value(chat) == ""
