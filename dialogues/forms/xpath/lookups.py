"""Finds the rows of a secondary instance that a condition like ``[town = /data/town]`` wants, without looking at all.

What it finds is what walking would have found, in the same order: where that is not certain it finds nothing out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from dialogues.forms.xpath.comparisons import CLOSE
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.sources import Source
from dialogues.forms.xpath.syntax import Call, Chain, Expression, Filter, Literal, Negation, Path, Step

__all__ = ["Candidates", "Indexed", "candidates", "indexed"]

Candidates: TypeAlias = Callable[[Context, Source], "list[Node] | None"]
"""The rows that come into question, or None where only looking at all of them tells."""

_WITHOUT_PLACE = frozenset({"current", "today", "now", "true", "false", "pi", "version"})
"""Functions that may be called without arguments and do not look at where they are called."""
_CHANCE = frozenset({"random", "uuid", "once", "position", "last"})


@dataclass(frozen=True, slots=True)
class Indexed:
    """A path into a secondary instance whose first condition asks for a field's value."""

    names: tuple[str, ...]
    field: str
    value: Expression
    whole: bool
    """Whether the condition asks for nothing besides."""
    step: Step
    rest: tuple[Step, ...]


def indexed(path: Path) -> Indexed | None:
    """What can be looked up of a path, if it leads into a secondary instance and asks for a field's value first."""
    if not (isinstance(path.origin, Call) and path.origin.name == "instance"):
        return None
    names: list[str] = []
    for place, step in enumerate(path.steps):
        if step.axis != "child" or step.test in {"*", "node()"}:
            return None
        names.append(step.test)
        if step.predicates:
            found = _asked(step.predicates[0])
            if found is None or len(names) < 2:
                return None
            field, value, whole = found
            return Indexed(tuple(names), field, value, whole, step, path.steps[place + 1 :])
    return None


def candidates(wanted: Indexed, value: Callable[[Context], Any]) -> Candidates:
    """The closure that looks the rows up; ``value`` is that of the wanted one's expression."""
    names, field = wanted.names, wanted.field

    def find(context: Context, source: Source) -> list[Node] | None:
        sought = value(context)
        if isinstance(sought, bool):
            return None
        lookup = source.lookup(names, field)
        if lookup is None:
            return None
        if isinstance(sought, float):
            return lookup.with_number(sought, CLOSE)
        return lookup.with_text([sought] if isinstance(sought, str) else [node.text() for node in sought])

    return find


def _asked(condition: Expression) -> tuple[str, Expression, bool] | None:
    """The field and the value that a condition asks for, and whether it asks for nothing else."""
    if not isinstance(condition, Chain) or _looks_at_place(condition):
        return None
    if condition.rest[0][0] == "=" and len(condition.rest) == 1:
        found = _equality(condition.first, condition.rest[0][1])
        return None if found is None else (*found, True)
    if condition.rest[0][0] != "and":
        return None
    for operand in (condition.first, *(each for _, each in condition.rest)):
        inner = _asked(operand)
        if inner is not None:
            return inner[0], inner[1], False
    return None


def _equality(left: Expression, right: Expression) -> tuple[str, Expression] | None:
    for one, other in ((left, right), (right, left)):
        field = _field(one)
        if field and _elsewhere(other):
            return field, other
    return None


def _field(expression: Expression) -> str:
    if not isinstance(expression, Path) or expression.origin != "here" or len(expression.steps) != 1:
        return ""
    step = expression.steps[0]
    if step.predicates or step.test in {"*", "node()"} or step.axis not in {"child", "attribute"}:
        return ""
    return step.test if step.axis == "child" else f"@{step.test}"


def _elsewhere(expression: Expression) -> bool:
    """Whether a value is the same for all rows: nothing in it begins at the row."""
    if isinstance(expression, Literal):
        return True
    if isinstance(expression, Path):
        return expression.origin in {"root", "current"} or (
            not isinstance(expression.origin, str) and _elsewhere(expression.origin)
        )
    if isinstance(expression, Filter):
        return _elsewhere(expression.origin)
    if isinstance(expression, Negation):
        return _elsewhere(expression.operand)
    if isinstance(expression, Chain):
        return _elsewhere(expression.first) and all(_elsewhere(one) for _, one in expression.rest)
    if expression.name in _CHANCE or not (expression.arguments or expression.name in _WITHOUT_PLACE):
        return False
    return all(_elsewhere(one) for one in expression.arguments)


def _looks_at_place(expression: Expression) -> bool:
    """Whether a condition looks at a row's place among all of them: fewer rows would give it another one."""
    if isinstance(expression, Call):
        own = expression.name == "last" or (expression.name == "position" and not expression.arguments)
        return own or any(_looks_at_place(one) for one in expression.arguments)
    if isinstance(expression, Chain):
        return _looks_at_place(expression.first) or any(_looks_at_place(one) for _, one in expression.rest)
    if isinstance(expression, Negation):
        return _looks_at_place(expression.operand)
    return False
