"""The syntax tree of an expression. Values only: the compiler knows what it means."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a string as written."""

    value: float | str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. ``test`` is a name, ``*`` or ``node()``."""

    axis: str
    test: str
    predicates: tuple["Expression", ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A location path. ``origin`` is an expression, or where the path begins: ``root``, ``here`` or ``current``."""

    origin: "Expression | str"
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a call gives, narrowed by predicates: ``instance('towns')[1]``."""

    origin: "Expression"
    predicates: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands of one precedence, worked off from the left: ``1 - 2 + 3``, ``a or b or c``."""

    first: "Expression"
    rest: tuple[tuple[str, "Expression"], ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """Unary minus, ``count`` times."""

    count: int
    operand: "Expression"


Expression: TypeAlias = Literal | Path | Filter | Call | Chain | Negation

PARENT = Step("parent", "node()")


def size(expression: Expression) -> int:
    """How much there is in an expression: calls, operands, steps, and all within them."""
    if isinstance(expression, Path):
        origin = 0 if isinstance(expression.origin, str) else size(expression.origin)
        return 1 + origin + sum(1 + sum(map(size, step.predicates)) for step in expression.steps)
    if isinstance(expression, Filter):
        return size(expression.origin) + sum(map(size, expression.predicates))
    if isinstance(expression, Call):
        return 1 + sum(map(size, expression.arguments))
    if isinstance(expression, Chain):
        return size(expression.first) + sum(1 + size(operand) for _, operand in expression.rest)
    return 1 + size(expression.operand) if isinstance(expression, Negation) else 1
