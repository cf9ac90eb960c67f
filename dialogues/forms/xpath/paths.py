"""Walks the steps of a location path over nodes. Long runs of plain names, the usual case, take a short way."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.syntax import Expression, Step

Walk: TypeAlias = Callable[[Context, list[Node]], list[Node]]
Keep: TypeAlias = Callable[[Context, list[Node]], list[Node]]


def compile_steps(steps: tuple[Step, ...], predicate: Callable[[Expression], Keep]) -> Walk:
    """The closure that walks all steps from a list of nodes."""
    walks: list[Walk] = []
    names: list[str] = []
    for step in steps:
        name = _plain(step)
        if name:
            names.append(name)
            continue
        if names:
            walks.append(_by_names(tuple(names)))
            names = []
        walks.append(_step(step, [predicate(one) for one in step.predicates]))
    if names:
        walks.append(_by_names(tuple(names)))
    if len(walks) == 1:
        return walks[0]

    def walk(context: Context, nodes: list[Node]) -> list[Node]:
        for one in walks:
            nodes = one(context, nodes)
        return nodes

    return walk


def _plain(step: Step) -> str:
    """The name of a step that only goes down by a name, or ``..`` for one that only goes up; else nothing."""
    if step.predicates:
        return ""
    if step.axis == "child" and step.test not in {"*", "node()"}:
        return step.test
    return ".." if step.axis == "parent" and step.test == "node()" else ""


def _by_names(names: tuple[str, ...]) -> Walk:
    def walk(context: Context, nodes: list[Node]) -> list[Node]:
        for name in names:
            if len(nodes) == 1:
                if name != "..":
                    nodes = nodes[0].kids.get(name, [])
                else:
                    nodes = [] if nodes[0].parent is None else [nodes[0].parent]
            elif name == "..":
                nodes = list({id(node.parent): node.parent for node in nodes if node.parent is not None}.values())
                context.spend(len(nodes))
            else:
                nodes = [child for node in nodes for child in node.kids.get(name, ())]
                context.spend(len(nodes))
        return nodes

    return walk


def _step(step: Step, predicates: list[Keep]) -> Walk:
    move = _AXES[step.axis]
    test = step.test

    def walk(context: Context, nodes: list[Node]) -> list[Node]:
        reached: dict[int, Node] = {}
        for node in nodes:
            candidates = [one for one in move(node) if _fits(one, test)]
            context.spend(len(candidates) + 1)
            for keep in predicates:
                candidates = keep(context, candidates)
            for one in candidates:
                reached.setdefault(id(one), one)
        return list(reached.values())

    if step.axis == "self" and test == "node()" and not predicates:
        return lambda _context, nodes: nodes
    return walk


def _fits(node: Node, test: str) -> bool:
    return test in {"node()", "*"} or node.name == test


def _parent(node: Node) -> Iterable[Node]:
    return () if node.parent is None else (node.parent,)


_AXES: dict[str, Callable[[Node], Iterable[Node]]] = {
    "child": Node.children,
    "parent": _parent,
    "self": lambda node: (node,),
    "attribute": lambda node: node.attribute_nodes(),
}
