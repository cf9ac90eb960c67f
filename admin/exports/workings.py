"""What a version of a questionnaire works out by itself, and from what: where an answer or a moment goes on to.

Read from the compiled questionnaire alone; sees no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dialogues.forms.dependencies import depending_on, read_by
from dialogues.forms.documents import read_xml
from dialogues.forms.expressions import syntax
from dialogues.forms.form import Form
from dialogues.forms.xform import XForm

_PLACE = re.compile(r"\[\d+\]")
_OWN_TIME_OR_ID = re.compile(r"(?<![\w.-])(?:now|today|uuid|random)\s*\(")

_WORDED = re.compile(r"(?<![\w.-])jr:(?:choice-name|itext)\s*\(")
"""Gives a text of the form in the language of the interview."""


def without_places(ref: str) -> str:
    """The ref of an answer within repeats as the form has it: without the numbers of its places."""
    return _PLACE.sub("", ref)


class Workings:
    """The calculations of a form and the values that it sets, each with what it reads."""

    def __init__(self, form: Form, parsed: XForm, xform: str) -> None:
        self._form = form
        texts = [(ref, text) for (ref, place), text in parsed.texts.items() if place == "calculate"]
        for element in read_xml(xform).iter("setvalue"):
            texts.append((without_places(element.get("ref", "")).strip(), element.get("value", "")))
        self._reads = [(ref, self._read(ref, text)) for ref, text in texts]
        own = {ref for ref, text in texts if _OWN_TIME_OR_ID.search(text)}
        self.timed = self.out_of(own | form.put_in)
        """The refs that are filled with a time or an id of the interview, directly or by way of others."""
        self.worded = self.out_of({ref for ref, text in texts if _WORDED.search(text)})
        """Those into which words come that tell in which language the interview was."""

    def _read(self, ref: str, text: str) -> set[str]:
        tree = syntax(text) if text and ref in self._form.definitions else None
        return set(read_by(tree, self._form.definitions[ref], self._form.root)) if tree is not None else set()

    def out_of(self, refs: Iterable[str]) -> set[str]:
        """The refs of what is worked out from these, directly or by way of others; and these."""
        found = set(refs)
        while more := {ref for ref, read in self._reads if ref not in found and read & found}:
            found |= more
        return found

    def following(self, ref: str) -> set[str]:
        """What tells of an answer: the refs of what is worked out from it or asked because of it."""
        definitions = self._form.definitions
        return depending_on([definitions[ref]]) | self.out_of([ref]) - {ref} if ref in definitions else set()
