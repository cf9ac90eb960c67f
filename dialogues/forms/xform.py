"""Reads an XForm into the parts of a form: definitions, first values, controls, actions, texts, secondary instances.

Finds every fault there is before giving up. Works nothing out and knows no spreadsheet.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from xml.etree.ElementTree import Element

from dialogues.forms.definition import SELECTS, Action, Control, Definition, Item, Itemset, Repeat, Seed
from dialogues.forms.dependencies import led_to
from dialogues.forms.documents import Document, read_document
from dialogues.forms.expressions import Expressions, Fault, syntax
from dialogues.forms.external import LAST_SAVED, file_name, find_file, read_file
from dialogues.forms.external.xml_files import grown
from dialogues.forms.problems import refusal
from dialogues.forms.wording import MEDIA, Output, Part, Parts, Translations, Wording
from dialogues.forms.xpath.errors import ExpressionError
from dialogues.forms.xpath.grammar import parse
from dialogues.forms.xpath.sources import Source
from dialogues.forms.xpath.syntax import Call, Literal, Path

_CHOOSING = SELECTS | {"input"}
"""An input with choices is one that takes them from the sheet external_choices; see ``outside``."""
_CONTROLS = frozenset({"input", "select", "select1", "upload", "range", "trigger", "odk:rank", "secret"})
_CONTAINERS = frozenset({"group", "repeat"})
_LENGTHS = ("long", "short")
"""The forms of a text that stand in for it where it has no other."""
_PREDICATE = re.compile(r"\[[^\]]*\]")


@dataclass(slots=True)
class XForm:
    """What an XForm says, compiled."""

    title: str
    root: Definition
    seed: Seed
    translations: Translations
    instances: dict[str, Source]
    expressions: Expressions
    texts: "dict[tuple[str, str], str]"
    """The text of an expression by ref and place, for working out what reads what."""
    actions: list[Action] = field(default_factory=list)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    """The namespaces of the instance by their prefixes; ``""`` is that of its root, where it has one of its own."""
    missing_files: dict[str, str] = field(default_factory=dict)
    """The addresses of files that are not at hand, by the id of the secondary instance; it is empty meanwhile."""
    data_files: set[str] = field(default_factory=set)
    """The names of all files it takes rows from."""
    encrypted: bool = False
    """Whether it wants responses encrypted before they are handed over."""
    last_saved: set[str] = field(default_factory=set)
    """The ids under which it means the same person's response before this one."""

    @property
    def faults(self) -> list[Fault]:
        """What cannot be taken."""
        return self.expressions.faults


class _Reader:
    def __init__(self, document: Document, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.read: dict[str, Source] = {}
        head = document.root.find("h:head")
        model = None if head is None else head.find("model")
        body = document.root.find("h:body")
        instances = [] if model is None else model.findall("instance")
        if model is None or not instances or not len(instances[0]):
            raise refusal("The form has no model with an instance.")
        self.model: Element = model
        self.body: Element | None = body
        self.definitions: dict[str, Definition] = {}
        self.expressions = Expressions()
        self.texts: dict[tuple[str, str], str] = {}
        title = head.findtext("h:title", "") if head is not None else ""
        primary = instances[0][0]
        self._mark_repeats(body)
        root = self._define(primary, None)
        self.translations = Translations()
        self.form = XForm(title.strip(), root, Seed(root), self.translations, {}, self.expressions, self.texts)
        own = primary.get("xmlns")
        self.form.namespaces = {**document.namespaces, "": own} if own else document.namespaces
        submission = model.find("submission")
        self.form.encrypted = submission is not None and bool(submission.get("base64RsaPublicKey", "").strip())
        self._read_instances(instances[1:])
        self._read_translations(root)
        self.named = {bind.get("id", ""): bind.get("nodeset", "") for bind in model.findall("bind[@id]")}
        for bind in model.findall("bind"):
            self._read_bind(bind)
        self._read_actions(model, root)
        if body is not None:
            self._read_body(body, root)
        self.form.seed = self._sow(primary, root)

    def _mark_repeats(self, body: Element | None) -> None:
        self.repeats: set[str] = set()
        if body is not None:
            self.repeats = {_reference(element) for element in body.iter("repeat")}

    def _define(self, element: Element, parent: Definition | None) -> Definition:
        ref = f"{parent.ref if parent else ''}/{element.tag}"
        found = self.definitions.get(ref)
        if found is None:
            found = Definition(ref, element.tag, parent, attributes=_plain(element.attrib))
            if ref in self.repeats:
                found.repeat = Repeat()
            found.repeated = found.repeat is not None or (parent is not None and parent.repeated)
            self.definitions[ref] = found
            if parent is not None:
                parent.children[element.tag] = found
        for child in element:
            self._define(child, found)
        return found

    def _sow(self, element: Element, definition: Definition) -> Seed:
        """The first values; what a repeat's template holds goes to the repeat, not into the instance."""
        bound = (Seed(one, element.get(name, "")) for name, one in definition.bound.items())
        seed = Seed(definition, "" if len(element) else element.text or "", attributes=tuple(bound))
        for child in element:
            inner = definition.children[child.tag]
            sown = self._sow(child, inner)
            if inner.repeat is not None and "jr:template" in child.attrib:
                inner.repeat.template = sown
                continue
            if inner.repeat is not None:
                inner.repeat.template = inner.repeat.template or _blank(sown)
                inner.repeat.given.append(sown)
            seed.children.append(sown)
        given = {one.definition.name for one in seed.children}
        for inner in definition.children.values():
            if inner.repeat is not None and inner.repeat.fixed and inner.repeat.template and inner.name not in given:
                seed.children.append(inner.repeat.template)
        return seed

    def _read_instances(self, elements: Iterable[Element]) -> None:
        for element in elements:
            name, address = element.get("id", ""), element.get("src", "")
            if address == LAST_SAVED:
                self.form.last_saved.add(name)
            elif address:
                self.form.instances[name] = self._file(name, address)
            elif len(element):
                source = self.form.instances[name] = Source()
                for child in element:
                    source.add(grown(child))

    def _file(self, name: str, address: str) -> Source:
        """The rows of a file; none where it is not at hand."""
        self.form.data_files.add(file_name(address))
        found = find_file(self.files, address)
        if found is None:
            self.form.missing_files[name] = address
            return Source()
        if found not in self.read:
            self.read[found] = read_file(found, self.files[found], address)
        return self.read[found]

    def _read_translations(self, root: Definition) -> None:
        for translation in self.model.iterfind("itext/translation"):
            language = translation.get("lang", "")
            texts = self.translations.languages.setdefault(language, {})
            if translation.get("default") is not None or not self.translations.default:
                self.translations.default = language
            for text in translation.iterfind("text"):
                key = text.get("id", "")
                at = self.definitions.get(key.partition(":")[0], root)
                forms = texts[key] = {
                    value.get("form", ""): self._parts(value, at, "label") for value in text.iterfind("value")
                }
                usual = next((forms[form] for form in _LENGTHS if form in forms), None)
                if usual is not None:
                    forms.setdefault("", usual)
                if not texts[key].keys().isdisjoint(MEDIA):
                    self.translations.illustrated.add(key)

    def _find(self, reference: str, near: Definition) -> Definition | None:
        """The definition a reference names: absolute, or relative to a container; or an attribute, ``…/@name``."""
        above, at, attribute = reference.strip().rpartition("/@")
        if at:
            owner = self._find(above, near)
            return None if owner is None else _bound(owner, attribute)
        here: Definition | None = near
        names = reference.strip().split("/")
        if reference.strip().startswith("/"):
            return self.definitions.get(reference.strip())
        for name in names:
            if here is None:
                return None
            if name == "..":
                here = here.parent
            elif name not in {".", "", "current()"}:
                here = here.children.get(name)
        return here

    def _read_bind(self, bind: Element) -> None:
        at = self._find(bind.get("nodeset", ""), self.form.root)
        if at is None:
            return
        if not at.is_attribute:  # those hold any text
            at.data_type = bind.get("type", "string").rpartition(":")[2]
        at.topic = bind.get("topic", "").strip()
        at.preload = bind.get("jr:preload", "")
        at.preload_params = bind.get("jr:preloadParams", "")
        for place in ("relevant", "readonly", "required", "constraint"):
            text = bind.get(place, "").strip()
            if text:
                setattr(at, place, self.expressions.condition(text, at, place))
                self.texts[at.ref, place] = text
        at.fixed_readonly = _fixed(bind.get("readonly", "false()"))
        at.fixed_required = _fixed(bind.get("required", "false()"))
        calculate = bind.get("calculate", "").strip()
        if calculate:
            at.calculate = self.expressions.string(calculate, at, "calculation")
            self.texts[at.ref, "calculate"] = calculate
        at.constraint_message = self._message(bind.get("jr:constraintMsg"))
        at.required_message = self._message(bind.get("jr:requiredMsg"))

    def _message(self, text: str | None) -> Wording | None:
        if text is None:
            return None
        key = _itext_key(text)
        return Wording((text,)) if key is None else Wording(key=key)

    def _meant(self, element: Element) -> str:
        """What a control or an action refers to: by a path, or by the id of a bind that has one."""
        return (element.get("ref") or self.named.get(element.get("bind", ""), "")).strip()

    def _read_actions(self, holder: Element, origin: Definition) -> None:
        for element in holder.findall("setvalue"):
            events = frozenset((element.get("event") or element.get("ev:event") or "").split())
            reference = self._meant(element)
            target = self._find(_PREDICATE.sub("", reference), origin) if reference else None
            targets = None if target is None else self.expressions.nearby(reference, origin, "trigger")
            if target is None or targets is None:
                continue
            if not _within_repeat(target, origin):
                events -= {"odk-new-repeat"}  # it sets what a new instance begins with, nothing else
            text = element.get("value", "").strip()
            if text:
                value = self.expressions.string(text, target, "trigger")
            else:
                literal = "" if "value" in element.attrib else (element.text or "").strip()
                value = lambda _context, literal=literal: literal  # noqa: E731
            if value is not None:
                action = Action(events, targets, value, origin)
                self.form.actions.append(action)
                if "xforms-value-changed" in events:
                    origin.changes.append(action)

    def _read_body(self, holder: Element, near: Definition) -> None:
        for element in holder:
            if element.tag in _CONTAINERS:
                self._read_container(element, near)
            elif element.tag in _CONTROLS:
                reference = self._meant(element)
                at = self._find(reference, near) if reference else None
                if at is None:
                    continue
                at.control = self._control(element, at)
                self._read_actions(element, at)

    def _read_container(self, element: Element, near: Definition) -> None:
        reference = _reference(element)
        at = self._find(reference, near) if reference else near
        if at is None:
            return
        if element.tag == "repeat" and at.repeat is not None:
            self._read_repeat(element, at)
        else:
            inner = None if reference else element.find("repeat")
            named = at if inner is None else self._find(_reference(inner), near)
            if named is not None and (reference or inner is not None) and named.control is None:
                named.control = self._control(element, named)
            self._read_actions(element, at)
        self._read_body(element, at)

    def _read_repeat(self, element: Element, at: Definition) -> None:
        repeat = at.repeat
        if repeat is None:
            return
        count = element.get("jr:count", "").strip()
        if count:
            repeat.count = self.expressions.number(count, at, "repeat_count")
            self.texts[at.ref, "count"] = count
        repeat.fixed = element.get("jr:noAddRemove", "").strip() in {"true()", "true"}
        if at.control is None:
            at.control = Control("repeat", element.get("appearance", ""))
        self._read_actions(element, at)

    def _control(self, element: Element, at: Definition) -> Control:
        control = Control(element.tag, element.get("appearance", ""), media_type=element.get("mediatype", ""))
        control.label = self._wording(element.find("label"), at, "label")
        control.hint = self._wording(element.find("hint"), at, "hint")
        if element.tag == "range":
            control.bounds = (element.get("start", ""), element.get("end", ""), element.get("step", ""))
        if element.tag in SELECTS:
            control.items = tuple(self._item(item, at) for item in element.iter("item"))
        itemset = element.find("itemset")
        if itemset is not None and element.tag in _CHOOSING:
            control.itemset = self._itemset(itemset, at)
        return control

    def _item(self, element: Element, at: Definition) -> Item:
        value = (element.findtext("value") or "").strip()
        return Item(value, self._wording(element.find("label"), at, "label") or Wording((value,)))

    def _itemset(self, element: Element, at: Definition) -> Itemset | None:
        nodeset = element.get("nodeset", "").strip()
        value, label = element.find("value"), element.find("label")
        nodes = self.expressions.nodes(nodeset, at, "choice_filter")
        named = "name" if value is None else value.get("ref", "name")
        value_of = self.expressions.string(named, self.form.root, "value")
        shown = named if label is None else label.get("ref", "label")
        key = _dynamic_key(shown)
        read = self.expressions.string(key or shown, self.form.root, "label")
        if nodes is None or value_of is None or read is None:
            return None
        wording = Wording(key=read) if key else Wording((read,))
        self.texts[at.ref, "itemset"], self.texts[at.ref, "value"] = nodeset, named
        return Itemset(nodes, value_of, wording, steady=False)

    def _wording(self, element: Element | None, at: Definition, place: str) -> Wording | None:
        if element is None:
            return None
        reference = element.get("ref")
        if reference is not None:
            key = _itext_key(reference)
            if key is not None:
                return Wording(key=key)
            read = self.expressions.string(reference, at, place)
            return None if read is None else Wording((read,))
        return Wording(self._parts(element, at, place))

    def _shown(self, text: str, at: Definition) -> tuple[Definition, ...]:
        """The nodes whose value a place in a text shows; none where it shows something else."""
        tree = syntax(text)
        return led_to(tree, at, self.form.root) if isinstance(tree, Path) else ()

    def _parts(self, element: Element, at: Definition, place: str) -> Parts:
        parts: list[Part] = [element.text or ""]
        for child in element:
            if child.tag == "output":
                text = child.get("value") or child.get("ref") or ""
                read = self.expressions.string(text, at, place)
                if read is not None:
                    parts.append(Output(read, text, partial(_are_numbers, self._shown(text, at))))
            parts.append(child.tail or "")
        kept = [part for part in parts if part != ""]
        if all(isinstance(part, str) for part in kept):
            return ("".join(part for part in kept if isinstance(part, str)),)
        return tuple(kept)


def read_xform(text: str, files: Mapping[str, bytes] | None = None) -> XForm:
    """The parts of the form an XForm describes.

    Args:
        text: the XForm.
        files: what is in the files it takes rows from, by name.

    Raises:
        FormError: it or a file cannot be read or is too large. Faults of expressions are listed in the result instead.
    """
    return _Reader(read_document(text), files or {}).form


def _are_numbers(shown: tuple[Definition, ...]) -> bool:
    return bool(shown) and all(each.numeric for each in shown)


def _within_repeat(target: Definition, origin: Definition) -> bool:
    """Whether a node lies in the innermost repeat around another one."""
    repeat: Definition | None = origin
    while repeat is not None and repeat.repeat is None:
        repeat = repeat.parent
    here: Definition | None = target
    while here is not None and here is not repeat:
        here = here.parent
    return repeat is not None and here is repeat


def _bound(owner: Definition, name: str) -> Definition | None:
    """The attribute of that name as a node of its own; None if the form gives the node no such attribute."""
    if name in owner.attributes and name not in owner.bound:
        owner.bound[name] = Definition(f"{owner.ref}/@{name}", f"@{name}", owner, repeated=owner.repeated)
    return owner.bound.get(name)


def _blank(seed: Seed) -> Seed:
    """What a repeat without a template begins with: as its first instance, but empty."""
    return Seed(seed.definition, "", [_blank(child) for child in seed.children], seed.attributes)


def _reference(element: Element) -> str:
    return (element.get("nodeset") or element.get("ref") or "").strip()


def _plain(attributes: Iterable[tuple[str, str]] | dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in dict(attributes).items() if name not in {"jr:template", "xmlns"}}


def _itext_key(text: str) -> str | None:
    """The id in ``jr:itext('id')``; None for anything else."""
    if not text.lstrip().startswith("jr:itext("):
        return None
    try:
        call = parse(text)
    except ExpressionError:
        return None
    if isinstance(call, Call) and len(call.arguments) == 1 and isinstance(call.arguments[0], Literal):
        return str(call.arguments[0].value)
    return None


def _dynamic_key(text: str) -> str | None:
    """The expression in ``jr:itext(expression)`` as text; None for anything else."""
    stripped = text.strip()
    if stripped.startswith("jr:itext(") and stripped.endswith(")"):
        return stripped[len("jr:itext(") : -1].strip()
    return None


def _fixed(text: str) -> bool | None:
    """What an expression without paths always gives; None if it looks at something."""
    bare = text.strip().replace(" ", "")
    if bare in {"true()", "1", "'true'"}:
        return True
    if bare in {"false()", "", "0"}:
        return False
    return None


def iterate(root: Definition) -> Iterator[Definition]:
    """A definition and everything below, in document order."""
    yield root
    yield from root.bound.values()
    for child in root.children.values():
        yield from iterate(child)
