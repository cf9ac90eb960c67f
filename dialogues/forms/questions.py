"""What the outside world sees of a form: its questions in document order, and the field's words for their kinds."""

import re
from dataclasses import dataclass

from dialogues.forms.definition import Definition

_BY_DATA_TYPE = {
    "int": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "geopoint": "geopoint",
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    "barcode": "barcode",
}
_BY_MEDIA = {"image/*": "image", "audio/*": "audio", "video/*": "video"}
_BY_ELEMENT = {
    "select1": "select_one",
    "select": "select_multiple",
    "odk:rank": "rank",
    "range": "range",
    "trigger": "acknowledge",
}
KINDS = frozenset({*_BY_DATA_TYPE.values(), *_BY_MEDIA.values(), *_BY_ELEMENT.values(), "file", "note", "text"})
"""The kinds of question there are."""

PLACES = re.compile(r"\[\d+\]")
"""The places of repeat instances in a path."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question or note of a form. ``ref`` is the path of its node; in a repeat it names the instance: ``[2]``."""

    ref: str
    name: str
    kind: str
    required: bool | None
    """Whether an answer is required; None where that depends on other answers."""
    readonly: bool | None
    appearance: str
    groups: tuple[str, ...]
    """The refs of the groups around it, from the outside in."""
    topic: str
    data_type: str


@dataclass(frozen=True, slots=True)
class Medium:
    """A file that belongs to a text: ``kind`` is ``image``, ``audio`` or ``video``, ``name`` the file's bare name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a select: what is stored, what is read, and what is shown or played with it."""

    value: str
    label: str
    media: tuple[Medium, ...] = ()


def question_of(definition: Definition) -> Question:
    """The question that a node with a control asks."""
    return _question(definition, kind_of(definition))


def repeat_of(definition: Definition) -> Question:
    """What is asked at the end of a repeat: whether there is another instance. Its ref names no instance."""
    return _question(definition, "repeat")


def _question(definition: Definition, kind: str) -> Question:
    groups: list[Definition] = []
    here = definition.parent
    while here is not None and here.parent is not None:
        groups.append(here)
        here = here.parent
    topic = next((one.topic for one in (definition, *groups) if one.topic), "")
    control = definition.control
    return Question(
        definition.ref,
        definition.name,
        kind,
        definition.fixed_required,
        definition.fixed_readonly,
        control.appearance if control else "",
        tuple(one.ref for one in reversed(groups)),
        topic,
        definition.data_type,
    )


def kind_of(definition: Definition) -> str:
    """The field's word for how a node is asked."""
    control = definition.control
    if control is None:
        return "calculate"
    if control.element == "input" and control.itemset is not None:
        return "select_one"
    if control.element in _BY_ELEMENT:
        return _BY_ELEMENT[control.element]
    if control.element == "upload":
        return _BY_MEDIA.get(control.media_type, "file")
    if definition.fixed_readonly and (control.label is not None or control.hint is not None):
        return "note"
    return _BY_DATA_TYPE.get(definition.data_type, "text")
