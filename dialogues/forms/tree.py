"""The nodes that hold one person's answers, and how they are grown from a form. Works nothing out."""

from collections.abc import Iterator, Mapping

from dialogues.forms.data_types import typed
from dialogues.forms.definition import Definition, Seed
from dialogues.forms.xpath.nodes import Node

MAX_INSTANCES = 1_000
"""Instances of one repeat within one parent."""


class Leaf(Node):
    """A node of an instance; a leaf where it holds an answer, but groups and repeats are of the same kind."""

    __slots__ = ("available", "computed", "definition", "own", "relevant", "stored")

    def __init__(self, definition: Definition, parent: "Node | None") -> None:
        super().__init__(definition.name, parent)
        self.definition = definition
        self.stored = ""
        self.own = True
        """What its own relevance gives."""
        self.relevant = True
        """Whether it and everything around it is relevant."""
        self.available: frozenset[str] | None = None
        """The choices there are, where they depend on other answers; chosen ones that vanish come back with them."""
        self.computed: str | None = None
        """What its calculation gave last."""

    def ref(self) -> str:
        """Its path, with the place of each repeat instance in brackets."""
        parts: list[str] = []
        here: Node | None = self
        while isinstance(here, Leaf):
            repeated = here.definition.repeat is not None
            parts.append(f"{here.name}[{here.position()}]" if repeated else here.name)
            here = here.parent
        return "/" + "/".join(reversed(parts))

    def store(self, value: str) -> bool:
        """Hold a value of the node's type; whether what is seen of the node has changed."""
        value = typed(self.definition.data_type, value)
        self.stored = value
        return self.look()

    def look(self) -> bool:
        """Bring what is seen up to date with relevance and the choices there are; whether it has changed."""
        seen = self.stored if self.relevant else ""
        if seen and self.available is not None:
            seen = " ".join(one for one in seen.split() if one in self.available)
        if seen == self.seen:
            return False
        self.seen = seen
        return True

    def leaves(self) -> "Iterator[Leaf]":
        """Itself and everything below, in document order."""
        yield self
        for child in self.descendants():
            if isinstance(child, Leaf):
                yield child


def sow(seed: Seed, parent: Node) -> Leaf:
    """Grow a node and all below it with their first values."""
    node = Leaf(seed.definition, parent)
    node.attributes = seed.definition.attributes
    if seed.value:
        node.stored = node.seen = typed(seed.definition.data_type, seed.value)
    for child in seed.children:
        node.add(sow(child, node))
    return node


def load(definition: Definition, parent: Node, values: Mapping[str, str], prefix: str = "") -> Leaf:
    """Grow a node and all below it with stored values."""
    node = Leaf(definition, parent)
    node.attributes = definition.attributes
    ref = f"{prefix}/{definition.name}"
    if definition.repeat is not None:
        place = len(parent.kids.get(definition.name, ())) + 1
        ref = f"{ref}[{place}]"
    if definition.children:
        for child in definition.children.values():
            for _ in range(1 if child.repeat is None else stored_count(values, f"{ref}/{child.name}")):
                node.add(load(child, node, values, ref))
    else:
        stored = values.get(ref)
        if stored:
            node.stored = node.seen = stored
    return node


def stored_count(values: Mapping[str, str], ref: str) -> int:
    """How many instances of a repeat were stored."""
    text = values.get(ref, "0")
    return min(int(text), MAX_INSTANCES) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def nodes_of(root: Leaf, definition: Definition) -> list[Leaf]:
    """All nodes of a definition, in document order."""
    names: list[str] = []
    here = definition
    while here.parent is not None:
        names.append(here.name)
        here = here.parent
    nodes: list[Node] = [root]
    for name in reversed(names):
        nodes = [child for node in nodes for child in node.kids.get(name, ())]
    return nodes  # type: ignore[return-value]
