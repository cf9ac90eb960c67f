"""What an expression sees of a document: named nodes with a value, a parent and children. Holds no rule of forms."""

from collections.abc import Iterator, Mapping
from typing import Final

NO_CHILDREN: Final[dict[str, list["Node"]]] = {}
_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}


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
        return self.seen + "".join(node.seen for node in self.descendants())

    def position(self) -> int:
        """The place among the siblings of its name, from 1."""
        return self.parent.kids[self.name].index(self) + 1 if self.parent is not None else 1
