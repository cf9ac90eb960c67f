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
