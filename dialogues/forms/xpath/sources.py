"""The tops of secondary instances: their nodes never change, so what was looked up once is found again at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import string_to_number

__all__ = ["Columns", "Lookup", "Record", "Source", "columns_of"]

MAX_LOOKUPS = 100
"""Ways in which the rows of one secondary instance are kept for looking up; whatever else is asked walks over them."""


class Lookup:
    """Nodes by what stands in one of their fields."""

    __slots__ = ("_by_number", "_by_text", "nodes")

    def __init__(self, nodes: list[Node], read: Callable[[Node], Iterable[str]]) -> None:
        self.nodes = nodes
        self._by_text: dict[str, list[int]] = {}
        self._by_number: list[tuple[float, int]] | None = None
        for place, node in enumerate(nodes):
            for text in dict.fromkeys(read(node)):
                self._by_text.setdefault(text, []).append(place)

    def with_text(self, texts: Iterable[str]) -> list[Node]:
        """The nodes that have one of these texts in the field, in their order."""
        places = [self._by_text.get(text, ()) for text in dict.fromkeys(texts)]
        ordered = places[0] if len(places) == 1 else sorted({place for each in places for place in each})
        return [self.nodes[place] for place in ordered]

    def with_number(self, number: float, close: float) -> list[Node]:
        """The nodes that have a number in the field which differs by less than ``close``."""
        if number != number:
            return []
        if self._by_number is None:
            read = ((string_to_number(text), places) for text, places in self._by_text.items())
            self._by_number = sorted((one, place) for one, places in read if one == one for place in places)
        begin = bisect_left(self._by_number, (number - close, -1))
        end = bisect_right(self._by_number, (number + close, len(self.nodes)))
        near = {place for one, place in self._by_number[begin:end] if one == number or abs(one - number) < close}
        return [self.nodes[place] for place in sorted(near)]


class Source(Node):
    """The top of a secondary instance; ``of_file`` says whether its rows are those of a file."""

    __slots__ = ("_lookups", "of_file")

    def __init__(self, *, of_file: bool = False) -> None:
        super().__init__("")
        self.of_file = of_file
        self._lookups: dict[tuple[str, ...], Lookup] = {}

    def lookup(self, path: tuple[str, ...], field: str) -> Lookup | None:
        """The nodes at a path of names by one of their fields: a child's name, or an attribute's with ``@`` before it.

        ``*`` in the path stands for any name. None where there are too many ways already.
        """
        key = (*path, field)
        found = self._lookups.get(key)
        if found is None and len(self._lookups) < MAX_LOOKUPS:
            read = _attribute(field) if field.startswith("@") else _child(field)
            found = self._lookups[key] = Lookup(self._at(path), read)
        return found

    def lone(self, path: tuple[str, ...]) -> bool:
        """Whether a path leads to one node: what stands in it is one list, also for who counts places."""
        here: Node = self
        for name in path:
            below = here.kids.get(name, ())
            if len(below) != 1:
                return False
            here = below[0]
        return True

    def _at(self, path: tuple[str, ...]) -> list[Node]:
        nodes: list[Node] = [self]
        for name in path:
            nodes = [one for node in nodes for one in (node.children() if name == "*" else node.kids.get(name, ()))]
        return nodes


def _child(name: str) -> Callable[[Node], Iterable[str]]:
    def read(node: Node) -> Iterable[str]:
        if isinstance(node, Record):
            return node.cells(name)
        return [one.text() for one in node.kids.get(name, ())]

    return read


def _attribute(name: str) -> Callable[[Node], Iterable[str]]:
    return lambda node: [node.attributes[name[1:]]] if name[1:] in node.attributes else []


Columns: TypeAlias = Mapping[str, tuple[int, ...]]
"""The places of each column of a table by its name; several where a name stands twice."""


def columns_of(names: Iterable[str]) -> Columns:
    """The columns of a table with this header."""
    found: dict[str, tuple[int, ...]] = {}
    for place, name in enumerate(names):
        found[name] = (*found.get(name, ()), place)
    return found


class Record(Node):
    """A row of a table. Its fields become nodes when somebody looks at them, which for most rows nobody does."""

    __slots__ = ("_cells", "_columns")

    def __init__(self, parent: Node, columns: Columns, cells: Sequence[str]) -> None:
        # not Node's own way: ``kids`` stays unset until __getattr__ is asked for it
        self.name = "item"
        self.parent = parent
        self.attributes = parent.attributes
        self.seen = ""
        self._columns = columns
        self._cells = cells

    def __getattr__(self, name: str) -> dict[str, list[Node]]:
        if name != "kids":
            raise AttributeError(name)
        self.kids = {
            column: [self._field(column, place) for place in places] for column, places in self._columns.items()
        }
        return self.kids

    def _field(self, column: str, place: int) -> Node:
        field = Node(column, self)
        field.seen = self._cells[place]
        return field

    def cells(self, column: str) -> list[str]:
        """What stands in a column, without making nodes."""
        return [self._cells[place] for place in self._columns.get(column, ())]
