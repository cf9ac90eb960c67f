"""Secondary instances in XML, from a file or written into a form: elements become nodes as they are."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from dialogues.forms.documents import read_document
from dialogues.forms.external.refusing import decoded
from dialogues.forms.reasons import Reason
from dialogues.forms.xpath.nodes import Node

__all__ = ["grown", "read_rows"]

MAX_ELEMENTS = 300_000
"""Elements of one file."""


def read_rows(name: str, data: bytes) -> Iterator[Node]:
    """The root of a document.

    Raises:
        FormError: it is not well-formed, declares a document type, or is too large or too deep.
    """
    yield grown(
        read_document(decoded(name, data), what=Reason.of("The file “{name}”", name=name), most=MAX_ELEMENTS).root
    )


def grown(element: Element) -> Node:
    """The node of an element with all that is in it. Documents are read with a bound on their depth."""
    node = Node(element.tag)
    node.seen = "" if len(element) else element.text or ""
    if element.attrib:
        node.attributes = {name: value for name, value in element.attrib.items() if name != "xmlns"}
    for child in element:
        node.add(grown(child))
    return node
