"""What an expression sees of a document: named nodes with a value, a parent and children. Holds no rule of forms."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

NO_CHILDREN: Final[dict[str, list["Node"]]] = {}
_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}

MAX_TEXTS = 1_000
"""Nodes whose texts are put together where a part of a secondary instance is read as one text."""


class Node:
    """An element of a form's instance or of a secondary instance.

    ``seen`` is the value expressions read: the stored one, or empty while the node is not relevant. Children are kept
    by name, those of one name together in order: a repeat's instances lie side by side.
    """

    __slots__ = ("attributes", "kids", "name", "parent", "seen")

    def __init__(self, name: str, parent: "Node | None" = None) -> None:
        self.name = name
        self.parent = parent
        self.kids: dict[str, list[Node]] = NO_CHILDREN
        self.attributes: Mapping[str, str] = _NO_ATTRIBUTES
        self.seen = ""

    def add(self, child: "Node") -> None:
        """Put a child behind those of its name."""
        if self.kids is NO_CHILDREN:
            self.kids = {}
        child.parent = self
        self.kids.setdefault(child.name, []).append(child)

    def children(self) -> Iterator["Node"]:
        """All children, in document order."""
        for group in self.kids.values():
            yield from group

    def attribute_nodes(self) -> Iterator["Node"]:
        """Its attributes, each as a node."""
        for name, value in self.attributes.items():
            attribute = Node(name, self)
            attribute.seen = value
            yield attribute

    def descendants(self) -> Iterator["Node"]:
        """Everything below, in document order, without recursion."""
        waiting = [iter(self.kids.values())]
        while waiting:
            group = next(waiting[-1], None)
            if group is None:
                waiting.pop()
                continue
            for child in group:
                yield child
                if child.kids:
                    yield from child.descendants()

    def text(self) -> str:
        """The string value: of a leaf what it holds, of a group all its leaves put together."""
        if not self.kids:
            return self.seen
        top = self.top()
        if not isinstance(top, Document):
            return self.seen + "".join(node.seen for node in islice(self.descendants(), MAX_TEXTS))
        texts = [node.seen for node in self.descendants()]
        top.spend(len(texts))
        return self.seen + "".join(texts)

    def top(self) -> "Node":
        """The node around everything."""
        here = self
        while here.parent is not None:
            here = here.parent
        return here

    def position(self) -> int:
        """The place among the siblings of its name, from 1; of one that is not among them, the place behind them."""
        siblings = self.parent.kids.get(self.name, ()) if self.parent is not None else ()
        try:
            return siblings.index(self) + 1
        except ValueError:
            return len(siblings) + 1


class Document(Node):
    """The top of what one person answers; ``spend`` counts what it costs to read whole groups of it as one text."""

    __slots__ = ("spend",)

    def __init__(self, spend: Callable[[int], None]) -> None:
        super().__init__("")
        self.spend = spend
