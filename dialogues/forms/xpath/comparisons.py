"""Compares the values of expressions: which of two operands is converted to the other's type, and node by node.

A node-set compares as soon as one of its nodes does; its nodes compare as text with text and as numbers with numbers.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import Value, string_to_number, to_boolean, to_number

Compare: TypeAlias = Callable[[Any, Any], bool]
Test: TypeAlias = Callable[[Context], bool]
Read: TypeAlias = Callable[[Context], Any]

CLOSE = 1e-12
"""How near two numbers count as equal, as in JavaRosa: 6.1 - 7.8 is -1.7 to whoever writes a questionnaire."""

COMPARE: dict[str, Compare] = {
    "=": lambda left, right: left == right or (left.__class__ is float and abs(left - right) < CLOSE),
    "!=": lambda left, right: left != right and not (left.__class__ is float and abs(left - right) < CLOSE),
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}

_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparison(sign: str, left: tuple[str, Read], right: tuple[str, Read]) -> Test:
    """The closure of ``left sign right``; each operand is its static type and its closure."""
    equality = sign in {"=", "!="}
    if left[0] == "nodes" and right[0] in {"string", "number"}:
        return _nodes_with_value(sign, left[1], right, equality=equality)
    if right[0] == "nodes" and left[0] in {"string", "number"}:
        return _nodes_with_value(_TURNED[sign], right[1], left, equality=equality)
    compare = COMPARE[sign]
    first, second = left[1], right[1]
    if sign == "=" and left[0] == right[0] == "nodes":
        return lambda context: _share_text(context, first(context), second(context))
    if left[0] == right[0] == "string" and equality:
        return lambda context: _same_text(first(context), second(context)) is (sign == "=")
    if left[0] == right[0] == "number":
        return lambda context: compare(first(context), second(context))

    def compared(context: Context) -> bool:
        one, other = first(context), second(context)
        if isinstance(one, list) and isinstance(other, list):
            context.spend(len(one) * len(other))
        return _compare(compare, one, other, equality=equality)

    return compared


def _same_text(one: str, other: str) -> bool:
    """Whether two texts are the same; a day is the same as the moment it begins with."""
    if one == other or "T" not in {one[10:11], other[10:11]}:
        return one == other
    return string_to_number(one) == string_to_number(other)


def _share_text(context: Context, left: list[Node], right: list[Node]) -> bool:
    if len(left) == 1 == len(right):
        return left[0].text() == right[0].text()
    context.spend(len(left) + len(right))
    return not {node.text() for node in left}.isdisjoint([node.text() for node in right])


def _nodes_with_value(sign: str, nodes: Read, value: tuple[str, Read], *, equality: bool) -> Test:
    compare = COMPARE[sign]
    kind, read = value
    if kind == "string" and equality:
        return lambda context: _any_text(compare, nodes(context), read(context))
    if kind == "string":
        return lambda context: _any_number(compare, nodes(context), string_to_number(read(context)))
    return lambda context: _any_number(compare, nodes(context), read(context))


def _any_text(compare: Compare, nodes: list[Node], text: str) -> bool:
    if len(nodes) == 1:
        return compare(nodes[0].text(), text)
    return any(compare(node.text(), text) for node in nodes)


def _any_number(compare: Compare, nodes: list[Node], number: float) -> bool:
    if len(nodes) == 1:
        return compare(string_to_number(nodes[0].text()), number)
    return any(compare(string_to_number(node.text()), number) for node in nodes)


def _compare(compare: Compare, left: Value, right: Value, *, equality: bool) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        if equality:
            return compare(to_boolean(left), to_boolean(right))
        return compare(_truth_or_number(left), _truth_or_number(right))
    if isinstance(left, list):
        return any(_compare(compare, node.text(), right, equality=equality) for node in left)
    if isinstance(right, list):
        return any(_compare(compare, left, node.text(), equality=equality) for node in right)
    if equality and isinstance(left, str) and isinstance(right, str):
        return compare(left, right)
    return compare(to_number(left), to_number(right))


def _truth_or_number(value: Value) -> float:
    """What is compared with a boolean by size: of a node-set, whether there is a node in it."""
    return float(bool(value)) if isinstance(value, list) else to_number(value)
