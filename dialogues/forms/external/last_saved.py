"""The same person's response before this one, as ``jr://instance/last-saved`` means it: values by ref become nodes."""

from collections.abc import Mapping

from dialogues.forms.xpath.nodes import Node

__all__ = ["last_saved_nodes"]


def last_saved_nodes(values: Mapping[str, str]) -> Node:
    """The top of a document with these values; empty where there was no response.

    Args:
        values: as `Instance.submission` gives them.
    """
    top = Node("")
    for ref, value in values.items():
        _node_at(top, ref).seen = value
    return top


def _node_at(top: Node, ref: str) -> Node:
    here = top
    for part in ref.strip("/").split("/"):
        name, _, place = part.partition("[")
        number = place.rstrip("]") or "1"
        wanted = min(int(number), 1_000) if number.isascii() and number.isdigit() and len(number) < 6 else 1
        while len(here.kids.get(name, ())) < wanted:
            here.add(Node(name))
        here = here.kids[name][wanted - 1]
    return here
