"""What a survey's answers mean: its variables with their labels and options, from all versions that were asked.

Read from the compiled questionnaires alone; sees no answer. What a variable is called, in which order they come and
which options it has are decided here, once for all formats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import TypeVar

from admin.exports.workings import Workings, without_places
from dialogues.forms.definition import Control, Definition, Itemset
from dialogues.forms.form import Form
from dialogues.forms.instance import Instance
from dialogues.forms.questions import kind_of
from dialogues.forms.wording import Output, Part, Parts, Wording, language_code
from dialogues.forms.xform import XForm, read_xform
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node
from dialogues.markdown import without_signs
from dialogues.or_other import own_option, own_question
from dialogues.question_types.range import offered
from dialogues.texts import Texts, Voice, normalise

AGE = "age_group"
"""The name of the question by whose options age groups are told apart."""
AS_WRITTEN = "written"
"""Stands for a language where a questionnaire names none."""
BLANK = "[…]"
"""Stands in a label where each person read something of their own: in brackets, for a full stop may follow."""
_ROW, _MADE_OF_LABEL = "list-nolabel", "generated_table_list_label_"
_LIST = re.compile(r"instance\(\s*(['\"])(?P<name>.*?)\1\s*\)(?P<path>(?:/[^\s/\[\],)]+)*)")
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_Item = TypeVar("_Item")


class Kind(StrEnum):
    """What a variable holds."""

    ONE = "one option"
    MANY = "any number of options"
    ORDER = "all options in an order"
    NUMBER = "number"
    DATE = "date"
    FILE = "file"
    TEXT = "text"


_KINDS = {
    "select_one": Kind.ONE,
    "select_multiple": Kind.MANY,
    "rank": Kind.ORDER,
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "range": Kind.NUMBER,
    "date": Kind.DATE,
    "image": Kind.FILE,
    "audio": Kind.FILE,
    "video": Kind.FILE,
    "file": Kind.FILE,
}
_UNASKED = ("note", "geotrace", "geoshape")
"""Kinds of questions that no chat gets an answer to."""
_CODED = ("acknowledge", "time", "dateTime")
"""Kinds of questions that are a text here, but no words of one's own: the form chooses it, or it is a time."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a questionnaire as it was asked; a higher id is newer.

    ``numbered``: refs of answers in repeats, each to be a variable of its own; None: what is asked in a repeat is one
    variable, whatever number of entries there is. ``files``: the tables it chooses from, by name.
    """

    id: int
    xform: str
    numbered: tuple[str, ...] | None = None
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """An option with its labels by language; ``versions``: in which it could be chosen."""

    value: str
    labels: Mapping[str, str]
    versions: frozenset[int]

    def label(self, language: str) -> str:
        """Its label; the value where there is none."""
        return _in(self.labels, language) or self.value


@dataclass(frozen=True, slots=True)
class Variable:
    """What a question asks, or a calculation gives, over all versions. ``refs``: where its answers are, by version."""

    name: str
    kind: Kind
    labels: Mapping[str, str]
    options: tuple[Option, ...]
    refs: Mapping[int, str]
    timed: bool
    """It holds, or begins with, the time of an interview or an id of it."""
    free: bool = False
    """People answer it in their own words: no option, no number, nothing that the form works out."""
    quoting: bool = False
    """A calculation in which there may be such words."""
    worded: bool = False
    """A calculation in which there are words of the questionnaire, in the language of the interview."""
    conditional: bool = False
    """Whether it is asked depends on something, in one version at least."""
    asked: bool = True
    """Somebody is asked for it: it is no calculation."""
    repeated: bool = False
    """All entries of a repeat are in it. ``refs`` then name no entry."""
    around: tuple[Mapping[str, str], ...] = ()
    """What stands around it in the questionnaire and it cannot be understood without, from the outside in, by language:
    the repeats with the numbers of their entries, the question above the rows of a table."""
    steps: tuple[str, ...] = ()
    """The numbers that a range offers, where they are few."""

    @property
    def telling(self) -> bool:
        """Whether it would say more of an interview of an anonymous survey than its answers."""
        return self.timed or self.quoting or self.worded

    def label(self, language: str) -> str:
        """What was asked; empty where nothing was (a calculation)."""
        return _in(self.labels, language)

    def heading(self, language: str) -> str:
        """The same with what stands around it: “Child 1: How old?”"""
        label = self.label(language)
        return f"{self.within(language)}: {label}" if label and self.around else label

    def within(self, language: str) -> str:
        """What stands around it: “Household 2, Child 1”."""
        return ", ".join(_in(each, language) for each in self.around)


@dataclass(frozen=True, slots=True)
class Codebook:
    """All variables in their order, and the languages that they have labels in.

    ``groups``: what the groups and repeats of the newest version are called, by ref and language.
    """

    languages: tuple[str, ...]
    variables: tuple[Variable, ...]
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def free_texts(self) -> tuple[Variable, ...]:
        """The questions that people answered in their own words."""
        return tuple(each for each in self.variables if each.free)

    def group(self, ref: str, language: str) -> str:
        """What a group is called; empty where it has no label."""
        return _in(self.groups.get(ref, {}), language)

    @property
    def age(self) -> Variable | None:
        """The question by whose options age groups are told apart; None: it is not asked."""
        found = (each for each in self.variables if each.name == AGE and each.kind is Kind.ONE)
        return next((each for each in found if not each.repeated), None)

    @property
    def age_refs(self) -> frozenset[str]:
        """Where the answers to it are."""
        return frozenset(self.age.refs.values() if self.age else ())


def _in(labels: Mapping[str, str], language: str) -> str:
    return labels.get(language) or next((each for each in labels.values() if each), "")


def read_codebook(versions: Iterable[Version]) -> Codebook:
    """The codebook of all versions together.

    The newest decides on order, labels and kind; what only older ones have stands behind what it stood behind there.
    Versions share a variable by its name, with the groups around it where the name alone would not do. A name that
    means another kind of answer in an older version is a variable of its own.

    Raises:
        FormError: a version cannot be read; it could be when it was imported.
    """
    read = [_Reader(version) for version in sorted(versions, key=lambda each: -each.id)]
    often = {name for each in read for name, number in Counter(each.names()).items() if number > 1}
    order: list[tuple[str, Kind, bool]] = []
    merged: dict[tuple[str, Kind, bool], Variable] = {}
    for reader in read:
        found = {(each.name, each.kind, each.repeated): each for each in reader.variables(often)}
        order = interleaved(order, list(found))
        for key, variable in found.items():
            merged[key] = _united(merged[key], variable) if key in merged else variable
    languages = dict.fromkeys(language for reader in read for language in reader.languages)
    groups = read[0].groups() if read else {}
    return Codebook(tuple(languages) or (AS_WRITTEN,), tuple(_renamed(merged[key] for key in order)), groups)


def in_our_words(book: Codebook, texts: Texts, unnamed: str) -> Codebook:
    """The codebook with our words, as the chat says them, for what the converter has added in English.

    ``unnamed``: in which language they are where a questionnaire names none.
    """

    def worded(labels: Mapping[str, str], name: str, own: Callable[[Voice, str, str], str | None]) -> Mapping[str, str]:
        said = {}
        for code, label in labels.items():
            spoken = normalise(unnamed if code == AS_WRITTEN else code)
            said[code] = (spoken and own(texts.speak(spoken), name, label)) or label
        return said

    def variable(each: Variable) -> Variable:
        options = (replace(option, labels=worded(option.labels, option.value, own_option)) for option in each.options)
        return replace(each, labels=worded(each.labels, each.name, own_question), options=tuple(options))

    return replace(book, variables=tuple(variable(each) for each in book.variables))


def interleaved(order: Sequence[_Item], older: Sequence[_Item]) -> list[_Item]:
    """The order with what only ``older`` has, each behind what it stood behind there."""
    result = list(order)
    known = set(order)
    for place, item in enumerate(older):
        if item not in known:
            result.insert(result.index(older[place - 1]) + 1 if place else 0, item)
            known.add(item)
    return result


def _united(newer: Variable, older: Variable) -> Variable:
    options = {each.value: each for each in older.options}
    for each in newer.options:
        before = options.get(each.value)
        options[each.value] = replace(each, versions=each.versions | before.versions) if before else each
    order = interleaved([each.value for each in newer.options], [each.value for each in older.options])
    return replace(
        newer,
        options=tuple(options[value] for value in order),
        refs={**older.refs, **newer.refs},
        timed=newer.timed or older.timed,
        free=newer.free or older.free,
        quoting=newer.quoting or older.quoting,
        worded=newer.worded or older.worded,
        conditional=newer.conditional or older.conditional,
        asked=newer.asked or older.asked,
        steps=tuple(sorted({*newer.steps, *older.steps}, key=Decimal)) if newer.steps and older.steps else (),
    )


def _renamed(variables: Iterable[Variable]) -> Iterable[Variable]:
    """Each with a name of its own: the newer keeps it."""
    newest_first = sorted(enumerate(variables), key=lambda each: (-max(each[1].refs), each[0]))
    taken: set[str] = set()
    named: dict[int, Variable] = {}
    for place, variable in newest_first:
        named[place] = replace(variable, name=unlike(taken, variable.name))
    return [named[place] for place in sorted(named)]


def unlike(taken: set[str], name: str) -> str:
    """The name, or the name with a number that nothing has yet; it is then taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


class _Reader:
    """Reads the variables of one version."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._parsed: XForm = read_xform(version.xform, dict(version.files))
        self._form = Form(self._parsed)
        self._empty = Instance(self._form, {}, now=_MOMENT, random=Random(0))  # noqa: S311 (nothing is drawn)
        workings = Workings(self._form, self._parsed, version.xform)
        self._timed = workings.timed
        self._worded = workings.worded
        self._quoting = workings.out_of(each.ref for each in self._leaves() if _is_free(each))
        self._languages = {language_code(name): name for name in self._form.languages} or {AS_WRITTEN: ""}
        self.languages = tuple(language_code(name) for name in self._form.languages)

    def names(self) -> Iterable[str]:
        """The bare names of what is not in a repeat."""
        return (each.name for each in self._leaves() if not each.repeated)

    def groups(self) -> Mapping[str, Mapping[str, str]]:
        """What is said above groups and repeats, by ref."""
        named = ((ref, each.control) for ref, each in self._form.definitions.items() if each.children)
        return {ref: self._labels(control.label) for ref, control in named if control}

    def _leaves(self) -> Iterable[Definition]:
        meta = f"{self._form.root.ref}/meta/"
        for ref, each in self._form.definitions.items():
            if each.children or each.repeat is not None or each.preload or ref.startswith(meta) or not each.parent:
                continue
            if kind_of(each) not in _UNASKED and not _heads_a_table(each):
                yield each

    def variables(self, often: set[str]) -> Iterable[Variable]:
        """All variables. ``often``: names that need their groups to be told apart."""
        numbered: dict[str, list[str]] = {}
        for ref in self._version.numbered or ():
            numbered.setdefault(without_places(ref), []).append(ref)
        for definition in self._leaves():
            below = len(self._form.root.ref) + 1
            if definition.repeated:
                entries = [definition.ref] if self._version.numbered is None else numbered.get(definition.ref, ())
                for ref in sorted(entries, key=_in_order):
                    yield self._variable(definition, ref, ref[below:])
            else:
                name = definition.ref[below:] if definition.name in often else definition.name
                yield self._variable(definition, definition.ref, name)

    def _variable(self, definition: Definition, ref: str, name: str) -> Variable:
        control = definition.control
        kind = _KINDS.get(kind_of(definition), Kind.TEXT)
        if control is None and definition.numeric:
            kind = Kind.NUMBER
        return Variable(
            name,
            kind,
            self._labels(control.label if control else None),
            self._options(definition, control) if control else (),
            {self._version.id: ref},
            definition.ref in self._timed,
            free=_is_free(definition),
            quoting=control is None and definition.ref in self._quoting,
            worded=control is None and definition.ref in self._worded,
            conditional=definition.conditional,
            asked=control is not None,
            repeated=definition.repeated and self._version.numbered is None,
            around=tuple(self._around(definition, ref)),
            steps=offered(control) if control is not None and control.element == "range" else (),
        )

    def _around(self, definition: Definition, ref: str) -> Iterable[Mapping[str, str]]:
        """What a variable stands in that is said with it, from the outside in."""
        repeats: list[Definition] = []
        here: Definition | None = definition
        while here is not None:
            repeats += [here] if here.repeat is not None else []
            here = here.parent
        entries = re.findall(r"\[(\d+)\]", ref) or [""] * len(repeats)
        for repeat, entry in zip(reversed(repeats), entries, strict=True):
            labels = self._labels(repeat.control.label if repeat.control else None) or {"": repeat.name}
            yield {code: f"{text} {entry}" if entry else text for code, text in labels.items()}
        table = _table_around(definition)
        if table and (labels := self._labels(table.label)):
            yield labels

    def _options(self, definition: Definition, control: Control) -> tuple[Option, ...]:
        """Every option that a question may ever offer, whatever was answered before."""
        versions = frozenset([self._version.id])
        found = {item.value: Option(item.value, self._labels(item.label), versions) for item in control.items}
        if control.itemset is not None:
            for node in self._list(self._parsed.texts.get((definition.ref, "itemset"), "")):
                option = self._option(control.itemset, node, versions)
                if option is not None and option.value:
                    found.setdefault(option.value, option)
        return tuple(found.values())

    def _list(self, expression: str) -> list[Node]:
        """The whole list that an itemset chooses from; empty where it is made of answers."""
        found = _LIST.search(expression)
        holder = self._form.instances.get(found["name"]) if found else None
        nodes: list[Node] = [holder] if holder and found else []
        for name in found["path"].strip("/").split("/") if found else ():
            nodes = [child for node in nodes for child in node.kids.get(name, ())]
        return nodes

    def _option(self, itemset: Itemset, node: Node, versions: frozenset[int]) -> Option | None:
        self._empty.meter.refill()
        try:
            return Option(itemset.value(self._at(node)), self._labels(itemset.label, node), versions)
        except EvaluationError:
            return None

    def _at(self, node: Node) -> Context:
        return Context(Node(""), node, self._empty)

    def _labels(self, wording: Wording | None, node: Node | None = None) -> Mapping[str, str]:
        if wording is None:
            return {}
        said = {code: self._said(wording, name, node or Node("")) for code, name in self._languages.items()}
        return {code: text for code, text in said.items() if text}

    def _said(self, wording: Wording, language: str, node: Node) -> str:
        self._empty.meter.refill()
        try:
            parts: Parts | None = wording.parts
            if wording.key is not None:
                key = wording.key if isinstance(wording.key, str) else wording.key(self._at(node))
                parts = self._form.translations.find(language, key)
            return without_signs("".join(self._part(part, node) for part in parts or ()))
        except EvaluationError:
            return ""

    def _part(self, part: Part, node: Node) -> str:
        if isinstance(part, str):
            return part
        return BLANK if isinstance(part, Output) else part(self._at(node))


def _in_order(ref: str) -> list[tuple[int, str]]:
    return [(int(each), "") if each.isdigit() else (0, each) for each in re.split(r"\[(\d+)\]", ref)]


def _heads_a_table(definition: Definition) -> bool:
    """Whether it only names the choices above the rows of a table."""
    return definition.control is not None and "label" in definition.control.appearance.split()


def _table_around(definition: Definition) -> Control | None:
    """What asks the question above the rows of a table that this is one of: the group, or the note in its place that
    the converter of spreadsheets has made of its label."""
    group = definition.parent
    if definition.control is None or group is None or _ROW not in definition.control.appearance.split():
        return None
    made = next((each for each in group.children.values() if each.name.startswith(_MADE_OF_LABEL)), None)
    return made.control if made else group.control


def _is_free(definition: Definition) -> bool:
    kind = kind_of(definition)
    return definition.control is not None and kind not in _KINDS and kind not in _CODED
