"""Writes what a response holds as the XML that OpenRosa servers take, and reads such XML back into values.

https://docs.getodk.org/openrosa-form-submission/ says how servers take it. Sends nothing, and evaluates no expression.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element

from dialogues.forms.definition import Definition
from dialogues.forms.documents import read_xml
from dialogues.forms.form import Form
from dialogues.forms.problems import refusal
from dialogues.forms.tree import MAX_INSTANCES

__all__ = ["from_xml", "instances_in", "to_xml"]

_PLACE = re.compile(r"\[([0-9]{1,4})\]")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped: control characters and halves of surrogate pairs."""
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_ESCAPED_IN_ATTRIBUTES = _ESCAPED | {"\n": "&#10;", "\t": "&#9;"}
_XFORMS = "http://www.w3.org/2002/xforms"
_OPENROSA = "http://openrosa.org/xforms"


def to_xml(
    form: Form, values: Mapping[str, str], *, instance_id: str, submitted: Mapping[str, str] | None = None
) -> str:
    """The submission of a response: its answers in the form's own elements, and its id in ``meta/instanceID``.

    A node without a value is left out, as one that is not relevant is. One for which an empty value is handed over is
    there and empty, as one that was asked and not answered; so is what has a default and is always asked: whoever opens
    the response again is not to find the default in it. A repeat instance keeps its place. An entity whose id is not
    among the values is left out: a server refuses one without.

    Args:
        form: what was asked.
        values: as `Instance.submission` gives them, by ref.
        instance_id: what servers know the response by; the same for every time it is handed over.
        submitted: by ref, what is handed over in place of a value: the names under which attachments go along, or
            nothing for those that do not.
    """
    return _Writer(form, {**values, **(submitted or {})}, instance_id, frozenset(submitted or ())).written()


class _Writer:
    def __init__(self, form: Form, values: Mapping[str, str], instance_id: str, kept: frozenset[str]) -> None:
        """``kept``: refs of nodes that are there even if they are empty."""
        self._form = form
        self._values = values
        self._kept = kept
        self._counts = instances_in(values)
        self._holding = {above for ref in values for above in _ancestors(ref)}
        self._cleared = _always_there(form)
        self._instance_id = instance_id
        self._meta = next((one for one in form.root.children.values() if _local(one.name) == "meta"), None)

    def written(self) -> str:
        root = self._form.root
        body = "".join(self._child(child, f"/{root.name}") for child in root.children.values())
        if self._meta is None:
            body += f"<orx:meta><orx:instanceID>{_text(self._instance_id)}</orx:instanceID></orx:meta>"
        spaces = "".join(f' {name}="{_attribute(uri)}"' for name, uri in self._namespaces(body))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<{root.name}{spaces}{self._attributes(root, f'/{root.name}')}>{body}</{root.name}>"
        )

    def _namespaces(self, body: str) -> Iterator[tuple[str, str]]:
        declared = {"orx": _OPENROSA, **self._form.namespaces}
        used = {name.partition(":")[0] for name in (self._form.root.name, *self._form.root.attributes) if ":" in name}
        for prefix, uri in declared.items():
            if not prefix:
                if uri != _XFORMS:
                    yield "xmlns", uri
            elif prefix != "xml" and (prefix in used or f"<{prefix}:" in body or f" {prefix}:" in body):
                yield f"xmlns:{prefix}", uri

    def _child(self, definition: Definition, above: str) -> str:
        ref = f"{above}/{definition.name}"
        if definition is self._meta:
            return self._element(definition, ref, self._with_id(definition, ref))
        if _is_entity(definition) and not self._values.get(f"{ref}/@id"):
            return ""
        if definition.repeat is None:
            empty = ref in self._kept or definition.ref in self._cleared
            return self._node(definition, ref) if ref in self._holding or empty or self._values.get(ref) else ""
        count = min(self._counts.get(ref, 0), MAX_INSTANCES)
        return "".join(self._node(definition, f"{ref}[{place}]") for place in range(1, count + 1))

    def _node(self, definition: Definition, ref: str) -> str:
        if not definition.children:
            return self._element(definition, ref, _text(self._values.get(ref, "")))
        inside = "".join(self._child(one, ref) for one in definition.children.values())
        return self._element(definition, ref, inside)

    def _with_id(self, meta: Definition, ref: str) -> str:
        known = next((one for one in meta.children.values() if _local(one.name) == "instanceID"), None)
        others = "".join(self._child(one, ref) for one in meta.children.values() if one is not known)
        prefix = meta.name.rpartition(":")[0]
        name = known.name if known else f"{prefix}:instanceID" if prefix else "instanceID"
        return f"<{name}>{_text(self._instance_id)}</{name}>{others}"

    def _element(self, definition: Definition, ref: str, content: str) -> str:
        opened = f"{definition.name}{self._attributes(definition, ref)}"
        return f"<{opened}>{content}</{definition.name}>" if content else f"<{opened}/>"

    def _attributes(self, definition: Definition, ref: str) -> str:
        """The attributes of a node: of those that are worked out or set what the response holds."""
        written: list[str] = []
        for name, fixed in definition.attributes.items():
            value = self._values.get(f"{ref}/@{name}", "") if name in definition.bound else fixed
            written.append(f' {name}="{_attribute(value)}"')
        return "".join(written)


def _always_there(form: Form) -> set[str]:
    """The refs of what has a default and is always relevant, and of the groups around it up to the next repeat."""
    templates = [one.repeat.template for one in form.definitions.values() if one.repeat is not None]
    ahead = [form.seed, *(each for each in templates if each is not None)]
    found: set[str] = set()
    while ahead:
        seed = ahead.pop()
        ahead += [child for child in seed.children if child.definition.repeat is None]
        here: Definition | None = seed.definition if seed.value and not seed.definition.conditional else None
        while here is not None and here.repeat is None and here.parent is not None:
            found.add(here.ref)
            here = here.parent
    return found


def _is_entity(definition: Definition) -> bool:
    """Whether a node describes what a server is to make a thing of its own of: a tree, a household."""
    return _local(definition.name) == "entity" and "dataset" in definition.attributes


def instances_in(values: Iterable[str]) -> dict[str, int]:
    """How many instances each repeat has at least, by its path up to the place."""
    counts: dict[str, int] = {}
    for ref in values:
        for found in _PLACE.finditer(ref):
            repeat = ref[: found.start()]
            counts[repeat] = max(counts.get(repeat, 0), int(found[1]))
    return counts


def _ancestors(ref: str) -> Iterator[str]:
    above = ref.rpartition("/")[0]
    while above:
        yield above
        above = above.rpartition("/")[0]


def _text(value: str) -> str:
    return _escape(value, _ESCAPED)


def _attribute(value: str) -> str:
    return _escape(value, _ESCAPED_IN_ATTRIBUTES)


def _escape(value: str, escaped: Mapping[str, str]) -> str:
    return "".join(escaped.get(letter, letter) for letter in _NOT_IN_XML.sub("", value))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def from_xml(form: Form, xml: str) -> dict[str, str]:
    """The values that a submission of the form holds, as `Instance` takes them: by ref, with the number of each repeat.

    What the form does not know is left out. A node that is there and empty has the value ``""``: somebody left it so.

    Raises:
        FormError: it is not XML, or the submission of another form.
    """
    root = read_xml(xml)
    if root.tag != form.root.name:
        found, wanted = root.tag[:60], form.root.name
        raise refusal("the submission begins with {found}, the form with {wanted}", found=found, wanted=wanted)
    values: dict[str, str] = {}
    _read(root, form.root, f"/{root.tag}", values)
    return values


def _read(element: Element, definition: Definition, ref: str, values: dict[str, str]) -> None:
    values.update((f"{ref}/@{name}", element.attrib[name]) for name in definition.bound if name in element.attrib)
    if not definition.children:
        values[ref] = "".join(element.itertext())
        return
    counts: dict[str, int] = {}
    for child in element:
        known = _known(definition, child.tag)
        if known is None or "jr:template" in child.attrib:
            continue
        below = f"{ref}/{known.name}"
        place = counts[below] = counts.get(below, 0) + 1
        if known.repeat is None:
            if place == 1:
                _read(child, known, below, values)
        elif place <= MAX_INSTANCES:
            _read(child, known, f"{below}[{place}]", values)
            values[below] = str(place)


def _known(definition: Definition, name: str) -> Definition | None:
    """The child of that name; of ``meta`` and what is in it some forms say ``orx:meta`` and some do not."""
    found = definition.children.get(name)
    if found is None:
        found = next((one for one in definition.children.values() if _local(one.name) == _local(name)), None)
    return found
