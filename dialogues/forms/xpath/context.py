"""What an expression is evaluated in: the node, its place in a list, and the run it belongs to."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Protocol, TypeAlias

from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import Value, to_text

MAX_VISITS = 1_000_000
"""Nodes and characters that what follows from one answer, or the saying of one text, may look at."""

MAX_ALL_VISITS = 5_000_000
"""As many for all that is asked, said and checked between two answers."""


class Meter:
    """What the evaluation of expressions may still cost."""

    __slots__ = ("_filled", "_rest", "left")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin anew: another answer."""
        self._rest = MAX_ALL_VISITS
        self._filled = self.left = MAX_VISITS

    def refill(self) -> None:
        """Begin anew with another text or check, out of what there is for all of them."""
        self._rest -= self._filled - self.left
        self._filled = self.left = max(0, min(MAX_VISITS, self._rest))

    def spend(self, cost: int) -> None:
        """Count against the bound.

        Raises:
            EvaluationError: it is used up.
        """
        self.left -= cost
        if self.left < 0:
            raise EvaluationError("the questionnaire's expressions look at too much")


class Surroundings(Protocol):
    """What functions may ask of the form being filled in."""

    now: datetime
    random: Random
    meter: Meter
    nan: str
    """How what is no number reads as a string: ``NaN`` in XPath, nothing at all in what people are shown."""

    def chance_at(self, node: Node) -> Random:
        """A source of chance for a node that gives the same whenever it is asked in one interview."""

    def instance(self, name: str) -> Node | None:
        """The root of the secondary instance of that name."""

    def choice_label(self, node: Node, path: str, value: str) -> str | None:
        """The label of a choice of the select that stores into the node at the end of a path."""

    def translation(self, key: str) -> str:
        """The text of that id in the language in use."""


class Context:
    """The place an expression is evaluated at. ``current`` stays while predicates move ``node``."""

    __slots__ = ("current", "node", "place", "root", "size", "surroundings")

    def __init__(self, root: Node, node: Node, surroundings: Surroundings) -> None:
        self.root = root
        self.node = node
        self.current = node
        self.place = 1
        self.size = 1
        self.surroundings = surroundings

    def within(self) -> "Context":
        """A context of its own for a predicate, which will be moved over the candidates."""
        inner = Context(self.root, self.node, self.surroundings)
        inner.current = self.current
        return inner

    def text(self, value: Value) -> str:
        """A value as a string."""
        if isinstance(value, float) and value != value:
            return self.surroundings.nan
        return to_text(value)

    def spend(self, visits: int) -> None:
        """Count visited nodes, or characters put together, against the bound.

        Raises:
            EvaluationError: it is used up.
        """
        self.surroundings.meter.spend(visits)


Evaluate: TypeAlias = Callable[[Context], Value]
