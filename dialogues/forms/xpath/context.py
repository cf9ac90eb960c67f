"""What an expression is evaluated in: the node, its place in a list, and the run it belongs to."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Protocol, TypeAlias

from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import Value

MAX_VISITS = 5_000_000
"""Nodes that the expressions of one run may visit; beyond, evaluation is refused."""


class Surroundings(Protocol):
    """What functions may ask of the form being filled in."""

    now: datetime
    random: Random

    def instance(self, name: str) -> Node | None:
        """The root of the secondary instance of that name."""

    def choice_label(self, node: Node, path: str, value: str) -> str | None:
        """The label of a choice of the select that stores into the node at the end of a path."""

    def translation(self, key: str) -> str:
        """The text of that id in the language in use."""


class Context:
    """The place an expression is evaluated at. ``current`` stays while predicates move ``node``."""

    __slots__ = ("current", "node", "place", "root", "size", "surroundings", "visits")

    def __init__(self, root: Node, node: Node, surroundings: Surroundings) -> None:
        self.root = root
        self.node = node
        self.current = node
        self.place = 1
        self.size = 1
        self.surroundings = surroundings
        self.visits = 0

    def within(self) -> "Context":
        """A context of its own for a predicate, which will be moved over the candidates."""
        inner = Context(self.root, self.node, self.surroundings)
        inner.current = self.current
        inner.visits = self.visits
        return inner

    def spend(self, visits: int) -> None:
        """Count visited nodes against the bound."""
        self.visits += visits
        if self.visits > MAX_VISITS:
            raise EvaluationError("the expression visits too many nodes")


Evaluate: TypeAlias = Callable[[Context], Value]
