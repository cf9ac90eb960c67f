"""The whole state of an instance as rows, node by node, the way the conformance data writes it."""

from typing import Any, Protocol

from dialogues.forms.definition import Definition
from dialogues.forms.questions import Choice, kind_of
from dialogues.forms.tree import Leaf

_NODE_TYPES = {
    "select1": "select",
    "select": "select",
    "odk:rank": "rank",
    "upload": "upload",
    "trigger": "trigger",
    "range": "range",
}


class Asked(Protocol):
    """What an instance tells of one of its nodes."""

    def locked(self, node: Leaf) -> bool:
        """Whether it may not be changed."""

    def wanted(self, node: Leaf) -> bool:
        """Whether an answer is required."""

    def valid(self, ref: str) -> bool:
        """Whether its constraint holds."""

    def said(self, node: Leaf, language: str) -> str | None:
        """Its label as written, with the spaces around it."""

    def unborn(self, parent: Leaf, definition: Definition) -> Leaf:
        """What an instance of a repeat without instances would be."""

    def offered(self, node: Leaf, language: str) -> tuple[Choice, ...]:
        """Its choices."""


Row = list[Any]
"""``[ref, nodeType, relevant, readonly, required, value, constraintValid, requiredValid, label, options]``."""


def rows(instance: Asked, root: Leaf, language: str) -> list[Row]:
    """A row for each node below the root, in document order."""
    found: list[Row] = []
    _below(instance, root, root.ref(), language, found)
    return found


def _below(instance: Asked, node: Leaf, ref: str, language: str, found: list[Row]) -> None:
    for name, definition in node.definition.children.items():
        children = [child for child in node.kids.get(name, ()) if isinstance(child, Leaf)]
        repeat = definition.repeat
        if repeat is None:
            for child in children:
                _row(instance, child, f"{ref}/{name}", language, found)
            continue
        kind = "uncontrolled" if repeat.count is None and not repeat.fixed else "controlled"
        first = children[0] if children else instance.unborn(node, definition)
        state = [first.relevant, instance.locked(first), instance.wanted(first)]
        label = instance.said(first, language)
        found.append([f"{ref}/{name}", f"repeat-range:{kind}", *state, None, None, None, label, None])
        for place, child in enumerate(children, 1):
            _row(instance, child, f"{ref}/{name}[{place}]", language, found)


def _row(instance: Asked, node: Leaf, ref: str, language: str, found: list[Row]) -> None:
    definition = node.definition
    state = [node.relevant, instance.locked(node), instance.wanted(node)]
    label = instance.said(node, language)
    if definition.children or definition.repeat is not None:
        kind = "group" if definition.repeat is None else "repeat-instance"
        found.append([ref, kind, *state, None, None, None, label, None])
        _below(instance, node, ref, language, found)
        return
    kind = node_type(definition)
    options = None
    if kind in {"select", "rank"}:
        options = [[choice.value, choice.label] for choice in instance.offered(node, language)]
    filled = node.seen != "" or not node.relevant or not state[2]
    value = node.stored if kind == "upload" else node.seen
    found.append([ref, kind, *state, value, instance.valid(ref), filled, label, options])


def node_type(definition: Definition) -> str:
    """The word of the conformance data for how a node is shown."""
    if definition.control is None:
        return "model-value"
    element = definition.control.element
    if element in _NODE_TYPES:
        return _NODE_TYPES[element]
    return "note" if kind_of(definition) == "note" else "input"
