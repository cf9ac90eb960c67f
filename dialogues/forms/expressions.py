"""Compiles the expressions of a form where they stand, and collects what is wrong with them.

An absolute path reads all nodes it leads to, as ODK Web Forms does. Collect would stay within the repeat instance; for
questionnaires that is the same, since pyxform writes relative paths there. What an action sets is looked for nearby.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dialogues.forms.definition import Definition
from dialogues.forms.xpath.compiler import (
    compile_boolean,
    compile_nodes,
    compile_number,
    compile_string,
)
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import ExpressionError
from dialogues.forms.xpath.grammar import parse
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.syntax import PARENT, Expression, Path

_Closure = TypeVar("_Closure")


@dataclass(frozen=True, slots=True)
class Fault:
    """An expression that cannot be taken: of which node, in which place (``relevant``, ``label`` …), and why."""

    ref: str
    place: str
    reason: str


class Expressions:
    """Compiles expressions, each text once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._compiled: dict[tuple[str, str], object] = {}

    def condition(self, text: str, at: Definition, place: str) -> Callable[[Context], bool] | None:
        """An expression as a boolean; None if it cannot be taken."""
        return self._compile(text, at, place, "boolean", compile_boolean)

    def string(self, text: str, at: Definition, place: str) -> Callable[[Context], str] | None:
        """An expression as a string; None if it cannot be taken."""
        return self._compile(text, at, place, "string", compile_string)

    def number(self, text: str, at: Definition, place: str) -> Callable[[Context], float] | None:
        """An expression as a number; None if it cannot be taken."""
        return self._compile(text, at, place, "number", compile_number)

    def nodes(self, text: str, at: Definition, place: str) -> Callable[[Context], list[Node]] | None:
        """An expression as nodes; None if it cannot be taken."""
        return self._compile(text, at, place, "nodes", compile_nodes)

    def nearby(self, text: str, at: Definition, place: str) -> Callable[[Context], list[Node]] | None:
        """A path as nodes, within the innermost repeat instance it shares with the node; None if it cannot be taken."""
        try:
            return compile_nodes(_nearby(parse(text), at))
        except ExpressionError as error:
            self.faults.append(Fault(at.ref, place, str(error)))
            return None

    def _compile(
        self, text: str, at: Definition, place: str, kind: str, compiler: Callable[[Expression], _Closure]
    ) -> _Closure | None:
        if (text, kind) not in self._compiled:
            try:
                self._compiled[text, kind] = compiler(parse(text))
            except ExpressionError as error:
                self.faults.append(Fault(at.ref, place, str(error)))
                return None
        return self._compiled[text, kind]  # type: ignore[return-value]


def syntax(text: str) -> Expression | None:
    """The tree of an expression; None if it cannot be read."""
    try:
        return parse(text)
    except ExpressionError:
        return None


def _nearby(expression: Expression, at: Definition) -> Expression:
    if not isinstance(expression, Path) or expression.origin != "root":
        return expression
    steps = expression.steps
    here: Definition | None = at
    climbed = 0
    while here is not None:
        names = here.ref.strip("/").split("/")
        shared = [step.test for step in steps[: len(names)] if step.axis == "child" and not step.predicates]
        if here.repeat is not None and len(steps) > len(names) and shared == names:
            return Path("current", (PARENT,) * climbed + steps[len(names) :])
        here = here.parent
        climbed += 1
    return expression
