"""Functions on node-sets and places in the document."""

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.functions.registry import function
from dialogues.forms.xpath.nodes import Node

_A_VISIT = 16
"""Siblings that are passed by in the time that another node takes to look at."""


@function("count", "nodes", "number", section="#fn:count")
def count(values: list[Node]) -> float:
    """The number of nodes."""
    return float(len(values))


@function("count-non-empty", "nodes", "number", section="#fn:count-non-empty")
def count_non_empty(values: list[Node]) -> float:
    """The number of nodes that hold something: a value, or further nodes."""
    return float(sum(1 for node in values if node.kids or node.seen != ""))


@function("position", "nodes?", "number", section="#fn:position", in_context=True)
def position(context: Context, *values: list[Node]) -> float:
    """The place in the list at hand, or of the given node among its siblings, from 1."""
    if not values:
        return float(context.place)
    return float(_place(context, values[0][0])) if values[0] else float("nan")


def _place(context: Context, node: Node) -> int:
    """The place of a node among its siblings; to find it costs as much as there are before it, though little each."""
    place = node.position()
    context.spend(place // _A_VISIT)
    return place


@function("last", "", "number", section="#xpath-functions", in_context=True)
def last(context: Context) -> float:
    """The length of the list at hand."""
    return float(context.size)


@function("current", "", "nodes", section="#fn:current", in_context=True)
def current(context: Context) -> list[Node]:
    """The node the expression belongs to, also inside a predicate."""
    return [context.current]


@function("instance", "string", "nodes", section="#fn:instance", in_context=True)
def instance(context: Context, name: str) -> list[Node]:
    """The secondary instance of that name."""
    found = context.surroundings.instance(name)
    return [] if found is None else [found]


@function(
    "indexed-repeat",
    "nodes nodes number nodes? number? nodes? number?",
    "nodes",
    section="#fn:indexed-repeat",
    in_context=True,
)
def indexed_repeat(context: Context, values: list[Node], *places: "list[Node] | float") -> list[Node]:
    """The nodes of the given instances of the repeats around them."""
    wanted = list(zip(places[::2], places[1::2], strict=False))
    return [node for node in values if all(_stands_in(context, node, repeats, place) for repeats, place in wanted)]


def _stands_in(context: Context, node: Node, repeats: "list[Node] | float", place: "list[Node] | float") -> bool:
    if not isinstance(repeats, list) or isinstance(place, list):
        raise EvaluationError("indexed-repeat() takes repeats and places by turns")
    context.spend(len(repeats) + 1)
    names = {repeat.name for repeat in repeats}
    above: Node | None = node
    while above is not None and above.name not in names:
        above = above.parent
    return above is not None and _place(context, above) == place


@function("name", "nodes?", "string", section="#xpath-functions", in_context=True)
def name(context: Context, *values: list[Node]) -> str:
    """The name of the first node, or of the context node."""
    nodes = values[0] if values else [context.node]
    return nodes[0].name if nodes else ""


@function("local-name", "nodes?", "string", section="#xpath-functions", in_context=True)
def local_name(context: Context, *values: list[Node]) -> str:
    """The name without its prefix."""
    return name(context, *values).rpartition(":")[2]
