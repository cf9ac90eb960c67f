"""Evaluates single expressions in a small instance, at a fixed hour."""

from datetime import UTC, datetime
from random import Random

import pytest

from dialogues.forms.xpath.compiler import compile_text
from dialogues.forms.xpath.context import Context, Meter
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import Value, to_text


class Town:
    """Surroundings: a quarter to one on a November day, one list of towns, two translated texts."""

    nan = "NaN"
    now = datetime(2026, 11, 25, 12, 45, 30, 250_000, tzinfo=UTC)

    def __init__(self) -> None:
        self.random = Random(1)
        self.meter = Meter()

    def chance_at(self, _node: Node) -> Random:
        return self.random

    def instance(self, name: str) -> Node | None:
        rows = [
            leaf("item", "", leaf("name", key), leaf("label", said)) for key, said in (("h", "Hamm"), ("u", "Unna"))
        ]
        return leaf("", "", leaf("root", "", *rows)) if name == "towns" else None

    def choice_label(self, _node: Node, path: str, value: str) -> str | None:
        return {"h": "Hamm", "u": "Unna"}.get(value) if path == "/data/town" else None

    def translation(self, key: str) -> str:
        return {"hello": "مرحبا"}.get(key, "")


def leaf(name: str, value: str = "", *children: Node) -> Node:
    node = Node(name)
    node.seen = value
    for child in children:
        node.add(child)
    return node


def document() -> Node:
    people = [
        leaf("person", "", leaf("name", name), leaf("age", age), leaf("pet"))
        for name, age in (("Ada", "36"), ("Eva", "7"), ("Ion", ""))
    ]
    data = leaf(
        "data",
        "",
        leaf("town", "h"),
        leaf("empty"),
        leaf("number", "4"),
        leaf("day", "2026-11-25"),
        leaf("stored", "kept"),
        *people,
        leaf("square", "0 0;0 1;1 1;1 0;0 0"),
    )
    data.attributes = {"version": "7"}
    return leaf("", "", data)


def evaluate(text: str, at: str = "") -> Value:
    """The value of an expression at a node of the document: its root, or the first one of that name below data."""
    root = document()
    node = root.kids["data"][0]
    if at:
        node = node.kids[at][0]
    return compile_text(text)(Context(root, node, Town()))


def assert_gives(text: str, expected: object) -> None:
    """Whether an expression has this value: a number, a truth, or what else is said as a text."""
    value = evaluate(text)
    if isinstance(expected, float):
        assert isinstance(value, float)
        assert value == pytest.approx(expected, nan_ok=True)
    elif isinstance(expected, bool):
        assert value is expected
    else:
        assert to_text(value) == expected
