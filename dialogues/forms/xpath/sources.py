"""The tops of secondary instances: their nodes never change, so what was looked up once is found again at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import string_to_number

__all__ = ["Lookup", "Record", "Source"]


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

    def lookup(self, path: tuple[str, ...], field: str) -> Lookup:
        """The nodes at a path of names by one of their fields: a child's name, or an attribute's with ``@`` before it.

        ``*`` in the path stands for any name.
        """
        key = (*path, field)
        found = self._lookups.get(key)
        if found is None:
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


class Record(Node):
    """A row of a table. Its fields become nodes when somebody looks at them, which for most rows nobody does."""

    __slots__ = ("_cells", "_columns")

    def __init__(self, parent: Node, columns: tuple[str, ...], cells: tuple[str, ...]) -> None:
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
        kids: dict[str, list[Node]] = {}
        for column, cell in zip(self._columns, self._cells, strict=True):
            field = Node(column, self)
            field.seen = cell
            kids.setdefault(column, []).append(field)
        self.kids = kids
        return kids

    def cells(self, column: str) -> list[str]:
        """What stands in a column, without making nodes."""
        return [cell for name, cell in zip(self._columns, self._cells, strict=True) if name == column]
