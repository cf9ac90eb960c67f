"""Reads XML safely into elements with prefixed names. Refuses document types and entities; knows nothing of forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from dialogues.forms.problems import FormError, refusal
from dialogues.forms.reasons import Reason

THE_FORM = Reason.of("The form")
MAX_XFORM = 30_000_000
"""Characters of an XForm."""

MAX_XML_DEPTH = 200
"""Elements within elements."""

_KNOWN = {
    "http://www.w3.org/2002/xforms": "",
    "http://www.w3.org/1999/xhtml": "h",
    "http://openrosa.org/javarosa": "jr",
    "http://openrosa.org/xforms": "orx",
    "http://www.opendatakit.org/xforms": "odk",
    "http://www.w3.org/2001/xml-events": "ev",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read, and the prefixes that stand in its names for namespaces."""

    root: Element
    namespaces: Mapping[str, str]


def read_xml(text: str) -> Element:
    """The root element, its names and those of attributes written with the prefixes of the field (``jr:``, ``orx:``).

    Raises:
        FormError: it is not well-formed, too large or too deep, or declares a document type or entities.
    """
    return read_document(text).root


def read_document(text: str, *, what: Reason = THE_FORM, most: int = MAX_XFORM) -> Document:
    """As `read_xml`, with the namespaces; ``what`` is how a refusal calls it, ``most`` how many elements it may have.

    An element in a namespace of its own without prefix bears it as the attribute ``xmlns``; those below do not.
    """
    if len(text) > MAX_XFORM:
        raise refusal("{what} is longer than {number} characters.", what=what, number=MAX_XFORM)
    prefixes = dict(_KNOWN)
    depth = count = 0
    root: Element | None = None
    try:
        source = BytesIO(text.encode("utf-8", "surrogatepass"))
        parser = iterparse(source, events=("start-ns", "start", "end"), forbid_dtd=True)
        for event, found in parser:
            if event == "start-ns":
                prefix, uri = found
                prefixes.setdefault(uri, prefix or "")
            elif event == "start":
                root = found if root is None else root
                depth += 1
                count += 1
                if count > most:
                    raise refusal("{what} has more than {number} elements.", what=what, number=most)
                if depth > MAX_XML_DEPTH:
                    raise refusal(
                        "{what} has more than {number} elements within elements.", what=what, number=MAX_XML_DEPTH
                    )
            else:
                depth -= 1
    except DefusedXmlException:
        raise refusal("{what} declares a document type or entities. That is not allowed.", what=what) from None
    except (ParseError, UnicodeError, ValueError) as error:
        if isinstance(error, FormError):
            raise
        raise refusal("{what} is not well-formed XML: “{text}”.", what=what, text=error) from None
    if root is None:
        raise refusal("{what} is empty.", what=what)
    _mark_own_namespaces(root, {uri for uri, prefix in prefixes.items() if not prefix and uri not in _KNOWN})
    for element in root.iter():
        element.tag = _prefixed(element.tag, prefixes)
        if any(name.startswith("{") for name in element.attrib):
            attributes = {_prefixed(name, prefixes): value for name, value in element.attrib.items()}
            element.attrib.clear()
            element.attrib.update(attributes)
    return Document(root, {prefix: uri for uri, prefix in prefixes.items() if prefix})


def _mark_own_namespaces(root: Element, bare: set[str]) -> None:
    """``xmlns`` for each element that begins a namespace which has no prefix."""
    if not bare:
        return
    for parent in root.iter():
        around = _namespace(parent.tag)
        for element in parent:
            own = _namespace(element.tag)
            if own in bare and own != around:
                element.set("xmlns", own)


def _namespace(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def _prefixed(name: str, prefixes: dict[str, str]) -> str:
    if not name.startswith("{"):
        return name
    uri, _, local = name[1:].partition("}")
    prefix = prefixes.get(uri, "")
    return f"{prefix}:{local}" if prefix else local
