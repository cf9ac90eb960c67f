"""Reads XML safely into elements with prefixed names. Refuses document types and entities; knows nothing of forms."""

from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from dialogues.forms.problems import FormError, refusal

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


def read_xml(text: str) -> Element:
    """The root element, its names and those of attributes written with the prefixes of the field (``jr:``, ``orx:``).

    Raises:
        FormError: it is not well-formed, too large or too deep, or declares a document type or entities.
    """
    if len(text) > MAX_XFORM:
        raise refusal("the form is longer than {number} characters", number=MAX_XFORM)
    prefixes = dict(_KNOWN)
    depth = 0
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
                if depth > MAX_XML_DEPTH:
                    raise refusal("the form has more than {number} elements within elements", number=MAX_XML_DEPTH)
            else:
                depth -= 1
    except DefusedXmlException:
        raise refusal("the form declares a document type or entities, which is not allowed") from None
    except (ParseError, UnicodeError, ValueError) as error:
        if isinstance(error, FormError):
            raise
        raise refusal("the form is not well-formed XML: {text}", text=error) from None
    if root is None:
        raise refusal("the form is empty")
    for element in root.iter():
        element.tag = _prefixed(element.tag, prefixes)
        if any(name.startswith("{") for name in element.attrib):
            attributes = {_prefixed(name, prefixes): value for name, value in element.attrib.items()}
            element.attrib.clear()
            element.attrib.update(attributes)
    return root


def _prefixed(name: str, prefixes: dict[str, str]) -> str:
    if not name.startswith("{"):
        return name
    uri, _, local = name[1:].partition("}")
    prefix = prefixes.get(uri, "")
    return f"{prefix}:{local}" if prefix else local
