"""Replays expressions with their value."""

import json
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

from dialogues.forms.xpath.compiler import compile_text
from dialogues.forms.xpath.context import Context, Meter
from dialogues.forms.xpath.errors import EvaluationError, ExpressionError
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import Value, to_number, to_text
from tests.conformance.results import Outcome


class Nowhere:
    """Surroundings without a form: fixed time and chance, no instances, no translations."""

    nan = "NaN"
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    random = Random(1)
    meter = Meter()

    def chance_at(self, _node: Node) -> Random:
        return self.random

    def instance(self, _name: str) -> Node | None:
        return None

    def choice_label(self, _node: Node, _path: str, _value: str) -> str | None:
        return None

    def translation(self, _key: str) -> str:
        return ""


def _leaf(name: str, value: str = "", *children: Node) -> Node:
    node = Node(name)
    node.seen = value
    for child in children:
        node.add(child)
    return node


def sample_instance() -> Node:
    """The instance that the cases are evaluated in."""
    shape = "0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0"
    paths = [
        _leaf("path", "", _leaf("child"), _leaf("child")),
        _leaf("path"),
        _leaf("path", "    some    value"),
        _leaf("path", "", _leaf("child")),
        _leaf("path"),
    ]
    return _leaf("", "", _leaf("data", "", *paths, _leaf("geoshape", shape)))


def replay(lines: Iterable[str]) -> Iterator[Outcome]:
    """The outcome of each case."""
    sample = sample_instance()
    for line in lines:
        case = json.loads(line)
        root = sample if case["instance"] else Node("")
        try:
            value: Value | None = compile_text(case["expr"])(Context(root, root, Nowhere()))
        except (ExpressionError, EvaluationError) as error:
            value = None
            said = f"refused: {error}"
        except Exception as error:  # whatever goes wrong in one case, the others are tried
            yield Outcome(case["expr"], "different", f"{type(error).__name__}: {error}")
            continue
        else:
            said = repr(value)
        verdict = "equal" if _fits(case, value) else "different"
        yield Outcome(case["expr"], verdict, f"ours {said}, expected {_expected(case)}")


def _expected(case: dict[str, Any]) -> str:
    return repr(next(case[key] for key in ("error", "number", "date", "value") if key in case))


def _fits(case: dict[str, Any], value: Value | None) -> bool:
    if case.get("error"):
        return value is None
    if value is None:
        return False
    if "number" in case:
        number = to_number(value)
        return math.isnan(number) if case["number"] == "NaN" else number == float(case["number"])
    if "date" in case:
        return bool(value == case["date"])
    expected = case["value"]
    if isinstance(expected, bool):
        return value is expected
    if isinstance(expected, float):
        return not isinstance(value, bool) and math.isclose(to_number(value), expected, rel_tol=1e-9, abs_tol=1e-12)
    return to_text(value) == str(expected)
