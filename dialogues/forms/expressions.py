"""Compiles the expressions of a form where they stand, and collects what is wrong with them.

An absolute path that leads through a repeat around the node is read within that repeat's instance, as the field does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from dialogues.forms.definition import Definition
from dialogues.forms.xpath.compiler import (
    compile_boolean,
    compile_expression,
    compile_nodes,
    compile_number,
    compile_string,
)
from dialogues.forms.xpath.context import Context, Evaluate
from dialogues.forms.xpath.errors import ExpressionError
from dialogues.forms.xpath.grammar import parse
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.syntax import (
    PARENT,
    Call,
    Chain,
    Expression,
    Filter,
    Negation,
    Path,
    Step,
    Union,
)

_Closure = TypeVar("_Closure")


@dataclass(frozen=True, slots=True)
class Fault:
    """An expression that cannot be taken: of which node, in which place (``relevant``, ``label`` …), and why."""

    ref: str
    place: str
    reason: str


class Expressions:
    """Compiles expressions, each text once for each repeat it stands in."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._compiled: dict[tuple[str, str, str], object] = {}

    def condition(self, text: str, at: Definition, place: str) -> Callable[[Context], bool] | None:
        """An expression as a boolean; None if it cannot be taken."""
        return self._compile(text, at, place, "boolean", compile_boolean)

    def value(self, text: str, at: Definition, place: str) -> Evaluate | None:
        """An expression as it comes; None if it cannot be taken."""
        return self._compile(text, at, place, "any", compile_expression)

    def string(self, text: str, at: Definition, place: str) -> Callable[[Context], str] | None:
        """An expression as a string; None if it cannot be taken."""
        return self._compile(text, at, place, "string", compile_string)

    def number(self, text: str, at: Definition, place: str) -> Callable[[Context], float] | None:
        """An expression as a number; None if it cannot be taken."""
        return self._compile(text, at, place, "number", compile_number)

    def nodes(self, text: str, at: Definition, place: str) -> Callable[[Context], list[Node]] | None:
        """An expression as nodes; None if it cannot be taken."""
        return self._compile(text, at, place, "nodes", compile_nodes)

    def syntax(self, text: str, at: Definition) -> Expression | None:
        """The tree of an expression as it is read at a node; None if it cannot be."""
        try:
            return in_context(parse(text), at)
        except ExpressionError:
            return None

    def _compile(
        self, text: str, at: Definition, place: str, kind: str, compiler: Callable[[Expression], _Closure]
    ) -> _Closure | None:
        repeats = at.repeats
        key = (text, kind, at.ref if repeats else "")
        if key not in self._compiled:
            try:
                self._compiled[key] = compiler(in_context(parse(text), at))
            except ExpressionError as error:
                self.faults.append(Fault(at.ref, place, str(error)))
                return None
        return self._compiled[key]  # type: ignore[return-value]


def in_context(expression: Expression, at: Definition) -> Expression:
    """The expression with its absolute paths made to start at the innermost repeat instance they share with the node."""
    ladder = _ladder(at)
    return _rewrite(expression, ladder) if ladder else expression


def _ladder(at: Definition) -> list[tuple[tuple[str, ...], int]]:
    """For each repeat around a node, innermost first: the names down to it, and how many steps up it lies."""
    rungs: list[tuple[tuple[str, ...], int]] = []
    here: Definition | None = at
    steps = 0
    while here is not None:
        if here.repeat is not None:
            rungs.append((tuple(here.ref.strip("/").split("/")), steps))
        here = here.parent
        steps += 1
    return rungs


def _rewrite(expression: Expression, ladder: list[tuple[tuple[str, ...], int]]) -> Expression:
    def again(one: Expression) -> Expression:
        return _rewrite(one, ladder)

    if isinstance(expression, Path):
        steps = tuple(
            replace(step, predicates=tuple(again(one) for one in step.predicates)) for step in expression.steps
        )
        if expression.origin == "root":
            return _relative(steps, ladder)
        origin = expression.origin if isinstance(expression.origin, str) else again(expression.origin)
        return Path(origin, steps)
    if isinstance(expression, Call):
        return Call(expression.name, tuple(again(one) for one in expression.arguments))
    if isinstance(expression, Chain):
        return Chain(again(expression.first), tuple((sign, again(one)) for sign, one in expression.rest))
    if isinstance(expression, Negation):
        return Negation(expression.count, again(expression.operand))
    if isinstance(expression, Filter):
        return Filter(again(expression.origin), tuple(again(one) for one in expression.predicates))
    if isinstance(expression, Union):
        return Union(tuple(again(one) for one in expression.operands))
    return expression


def _relative(steps: tuple[Step, ...], ladder: list[tuple[tuple[str, ...], int]]) -> Path:
    for names, up in ladder:
        shared = steps[: len(names)]
        if len(steps) > len(names) and all(
            step.axis == "child" and step.test == name and not step.predicates
            for step, name in zip(shared, names, strict=True)
        ):
            return Path("current", (PARENT,) * up + steps[len(names) :])
    return Path("root", steps)
