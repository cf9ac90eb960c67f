"""The nodes that hold one person's answers, and how they are grown from a form. Works nothing out."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from dialogues.forms.data_types import typed
from dialogues.forms.definition import Definition, Seed
from dialogues.forms.xpath.nodes import NO_CHILDREN, Document, Node

MAX_INSTANCES = 1_000
"""Instances of one repeat within one parent."""

MAX_NODES = 50_000
"""Nodes of one person's answers; a repeat does not grow beyond."""

_NONE_BOUND: Final[dict[str, "Leaf"]] = {}


class Leaf(Node):
    """A node of an instance; a leaf where it holds an answer, but groups and repeats are of the same kind."""

    __slots__ = ("available", "bound", "computed", "definition", "own", "relevant", "stored")

    def __init__(self, definition: Definition, parent: Node | None) -> None:
        self.name = definition.name
        self.parent = parent
        self.kids = NO_CHILDREN
        self.seen = ""
        self.definition = definition
        self.attributes = definition.attributes
        self.bound = _NONE_BOUND
        """Those of its attributes that are worked out or set, by their names."""
        self.stored = ""
        self.own = True
        """What its own relevance gives."""
        self.relevant = True
        """Whether it and everything around it is relevant."""
        self.available: Collection[str] | None = None
        """The choices there are; chosen ones that vanish come back with them. None: nobody looked."""
        self.computed: str | None = None
        """What its calculation gave last."""

    def ref(self) -> str:
        """Its path, with the place of each repeat instance in brackets."""
        if not self.definition.repeated:
            return self.definition.ref
        above = self.parent.ref() if isinstance(self.parent, Leaf) else ""
        place = "" if self.definition.repeat is None else f"[{self.position()}]"
        return f"{above}/{self.definition.name}{place}"

    def store(self, value: str) -> bool:
        """Hold a value of the node's type; whether what is seen of the node has changed."""
        self.stored = _held(self.definition, value)
        return self.look()

    def look(self) -> bool:
        """Bring what is seen up to date with relevance and the choices there are; whether it has changed."""
        seen = self.stored if self.relevant else ""
        if seen and self.available is not None:
            seen = _chosen(self.definition, seen, self.available)
        if seen == self.seen:
            return False
        self.seen = seen
        return True

    def leaves(self) -> "Iterator[Leaf]":
        """Itself and everything below, in document order."""
        yield self
        if self.bound:
            yield from self.bound.values()
        for group in self.kids.values():
            for child in group:
                if isinstance(child, Leaf):
                    yield from child.leaves()

    def attribute_nodes(self) -> Iterator[Node]:
        """Its attributes; those that are worked out or set are part of the tree."""
        for attribute in super().attribute_nodes():
            yield self.bound.get(attribute.name, attribute)


class Tree:
    """One person's nodes, found by their paths."""

    def __init__(self, spend: Callable[[int], None]) -> None:
        self.document = Document(spend)
        self.root: Leaf
        self.size = 0
        self._fixed: dict[str, Leaf] = {}
        """The nodes outside repeats, by ref."""
        self._moving: dict[str, Leaf] = {}
        """Nodes inside repeats that were asked for, by path."""
        self._begun: dict[Node, Seed] = {}
        """What the nodes around counted repeats began with: the repeats' instances begin with what is in it."""

    @classmethod
    def new(cls, seed: Seed, spend: Callable[[int], None]) -> "Tree":
        """The nodes a form begins with."""
        tree = cls(spend)
        tree.root = tree._sow(seed, tree.document)
        tree.document.add(tree.root)
        return tree

    @classmethod
    def stored(cls, definition: Definition, values: Mapping[str, str], spend: Callable[[int], None]) -> "Tree":
        """The nodes that stored values describe."""
        tree = cls(spend)
        tree.root = tree._load(definition, tree.document, values, f"/{definition.name}")
        tree.document.add(tree.root)
        return tree

    @classmethod
    def completed(cls, seed: Seed, values: Mapping[str, str], spend: Callable[[int], None]) -> "Tree":
        """The nodes of a completed interview; what its values do not speak of begins as in a new one."""
        return cls.new(_Completed(values).seed(seed, f"/{seed.definition.name}"), spend)

    def node(self, ref: str) -> Leaf:
        """The node at a path.

        Raises:
            KeyError: there is none.
        """
        found = self._fixed.get(ref) or self._moving.get(ref)
        if found is None:
            found = self._moving[ref] = self._walk(ref)
        return found

    def fixed(self, ref: str) -> Leaf | None:
        """The node at a path, if it lies outside repeats."""
        return self._fixed.get(ref)

    def nodes_of(self, definition: Definition) -> Sequence[Leaf]:
        """All nodes of a definition, in document order."""
        if not definition.repeated:
            return (self._fixed[definition.ref],)
        if definition.parent is None:
            return (self.root,)
        if definition.is_attribute:
            return [owner.bound[definition.name[1:]] for owner in self.nodes_of(definition.parent)]
        return [
            child
            for parent in self.nodes_of(definition.parent)
            for child in parent.kids.get(definition.name, ())
            if isinstance(child, Leaf)
        ]

    def seed_of(self, parent: Leaf, definition: Definition) -> Seed | None:
        """What the next instance of a counted repeat begins with: what was given for its place, else the template."""
        repeat = definition.repeat
        if repeat is None:
            return None
        begun = self._begun.get(parent)
        if begun is not None:
            given = [one for one in begun.children if one.definition is definition]
        else:
            given = [] if parent.definition.repeated else repeat.given
        place = len(parent.kids[definition.name])
        return given[place] if place < len(given) else repeat.template

    def grow(self, parent: Leaf, seed: Seed) -> Leaf | None:
        """A new instance of a repeat; None where there are too many nodes already."""
        if self.size >= MAX_NODES or len(parent.kids.get(seed.definition.name, ())) >= MAX_INSTANCES:
            return None
        instance = self._sow(seed, parent)
        parent.add(instance)
        return instance

    def cut(self, instance: Leaf) -> None:
        """Take an instance of a repeat away."""
        for node in instance.leaves():
            self.size -= 1
            self._begun.pop(node, None)
        if instance.parent is not None:
            instance.parent.kids[instance.name].remove(instance)
        self.moved()

    def moved(self) -> None:
        """Forget the paths of nodes in repeats, which may have changed."""
        self._moving.clear()

    def release(self) -> None:
        """Untie the nodes: then they go at once, not when garbage is looked for, which of many takes its time."""
        waiting: list[Node] = [self.document]
        while waiting:
            node = waiting.pop()
            for group in node.kids.values():
                waiting += [child for child in group if child.kids]
            node.kids = NO_CHILDREN
        self._fixed.clear()
        self._moving.clear()

    def _walk(self, ref: str) -> Leaf:
        here: Node = self.document
        for part in ref.strip("/").split("/"):
            name, _, place = part.partition("[")
            if isinstance(here, Leaf) and name[1:] in here.bound and name.startswith("@"):
                here = here.bound[name[1:]]
                continue
            siblings = here.kids.get(name, [])
            number = place.rstrip("]") or "1"
            if not number.isdecimal() or not 0 < int(number[:9]) <= len(siblings):
                raise KeyError(ref)
            here = siblings[int(number) - 1]
        if not isinstance(here, Leaf):
            raise KeyError(ref)
        return here

    def _plant(self, definition: Definition, parent: Node) -> Leaf:
        node = Leaf(definition, parent)
        self.size += 1
        if not definition.repeated:
            self._fixed[definition.ref] = node
        if definition.children:
            node.kids = {name: [] for name in definition.children}
        if definition.is_attribute:
            node.name = definition.name[1:]
        return node

    def _sow(self, seed: Seed, parent: Node) -> Leaf:
        node = self._plant(seed.definition, parent)
        if seed.value:
            node.stored = node.seen = _held(seed.definition, seed.value)
        if seed.attributes:
            node.bound = {one.definition.name[1:]: self._sow(one, node) for one in seed.attributes}
        for child in seed.children:
            if not child.definition.counted:  # else they come when they are counted
                node.kids[child.definition.name].append(self._sow(child, node))
        if any(seed.definition.children[name].counted for name in seed.definition.repeating):
            self._begun[node] = seed
        return node

    def _load(self, definition: Definition, parent: Node, values: Mapping[str, str], ref: str) -> Leaf:
        node = self._plant(definition, parent)
        if not definition.children:
            stored = values.get(ref)
            if stored:
                node.stored = node.seen = stored
        if definition.bound:
            node.bound = {
                name: self._load(one, node, values, f"{ref}/{one.name}") for name, one in definition.bound.items()
            }
        for name, child in definition.children.items():
            below = f"{ref}/{name}" if child.repeated else child.ref
            if child.repeat is None:
                node.kids[name].append(self._load(child, node, values, below))
                continue
            for place in range(1, _stored_count(values, below) + 1):
                if self.size < MAX_NODES:
                    node.kids[name].append(self._load(child, node, values, f"{below}[{place}]"))
        return node


def _stored_count(values: Mapping[str, str], ref: str) -> int:
    """How many instances of a repeat were stored."""
    text = values.get(ref, "0")
    return min(int(text), MAX_INSTANCES) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _held(definition: Definition, value: str) -> str:
    """What a node holds of a value: it is of the node's type, and such that its control could have given it."""
    kept = typed(definition.data_type, value)
    return definition.control.held(kept) if kept and definition.control is not None else kept


def _chosen(definition: Definition, value: str, available: Collection[str]) -> str:
    """What of an answer is among the choices."""
    if definition.control is not None and definition.control.element == "select1":
        return value if value in available else ""
    return " ".join(one for one in value.split() if one in available)


class _Completed:
    """Puts the values of a completed interview in the place of what a form begins with."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._left = MAX_NODES

    def seed(self, seed: Seed, ref: str) -> Seed:
        """What the node at a path and all in it begins with."""
        definition = seed.definition
        self._left -= 1
        value = seed.value if definition.children else self._values.get(ref, seed.value)
        attributes = tuple(self.seed(one, f"{ref}/{one.definition.name}") for one in seed.attributes)
        children = [one for name, child in definition.children.items() for one in self._below(seed, child, ref, name)]
        return Seed(definition, value, children, attributes)

    def _below(self, seed: Seed, definition: Definition, ref: str, name: str) -> Iterator[Seed]:
        """The nodes of one name; a repeat that is fixed has no fewer instances than in a new interview."""
        given = [one for one in seed.children if one.definition is definition]
        repeat = definition.repeat
        if repeat is None:
            yield from (self.seed(one, f"{ref}/{name}") for one in given)
            return
        count = _stored_count(self._values, f"{ref}/{name}")
        for place in range(1, max(count, len(given) if repeat.fixed else 0) + 1):
            if repeat.template is not None and self._left > 0:
                yield self.seed(repeat.template, f"{ref}/{name}[{place}]")
