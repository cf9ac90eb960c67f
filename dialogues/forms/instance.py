"""One person's answers to a form, and everything that follows from them now.

Given the stored values it is the same instance again. It reads no clock and draws no chance of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from dialogues.forms.definition import Condition, Definition
from dialogues.forms.external.last_saved import last_saved_nodes
from dialogues.forms.form import Form
from dialogues.forms.questions import Choice, Medium, Question
from dialogues.forms.recalculation import Recalculation
from dialogues.forms.snapshot import rows
from dialogues.forms.speech import Speech
from dialogues.forms.starting import ended, load, preload
from dialogues.forms.tree import Leaf, Tree
from dialogues.forms.wording import Quote, Wording
from dialogues.forms.xpath.context import Context, Meter
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node


class Instance:
    """The state of one interview.

    Args:
        form: what is asked.
        values: what ``values()`` gave before; None for a new interview, which gets defaults and first-load actions.
        now: the present, with its zone.
        random: the source of ids and chance orders.
        properties: what is known of the device (``deviceid``, ``username`` …), for forms that keep it.
        last_saved: what the same person's completed response before this one holds, as ``submission()`` gave it; None
            where there is none.
        edited: whether ``values`` are those of a completed interview that is opened again (``from_xml``): then all is
            worked out anew, and the form's actions for loading run, but not those for the first time.
    """

    def __init__(
        self,
        form: Form,
        values: Mapping[str, str] | None = None,
        *,
        now: datetime,
        random: Random,
        properties: Mapping[str, str] | None = None,
        last_saved: Mapping[str, str] | None = None,
        edited: bool = False,
    ) -> None:
        self.form = form
        self.now = now
        self.nan = ""
        self._chance = random.getrandbits(64)  # drawn first: then it is the same at every step of an interview
        self.random = random
        self.meter = Meter()
        self._last_saved = last_saved_nodes(last_saved or {}) if form.last_saved else None
        self.quote: Quote | None = None
        """What is done to values that the form's texts quote, where they are said to people; None: nothing."""
        self._tree = self._planted(values, edited=edited)
        self._speech = Speech(form, self._context)
        self._asked: tuple[Question, ...] = ()
        self._asked_at = -1
        """After how many shifts of the work these were asked; -1: they are to be found again each time."""
        self._is_steady = False
        self._work = Recalculation(form, self._tree, self._context, self.meter)
        if values is None:
            preload(form, self._tree, now, random, properties or {})
            self._work.start()
            load(form, self._tree, self._work, first=True)
        elif edited:
            self._work.start()
            load(form, self._tree, self._work, first=False)
        else:
            self._work.resume()
            self._work.renew(form.remade)
        self._work.listening = True

    def _planted(self, values: Mapping[str, str] | None, *, edited: bool) -> Tree:
        spend = self.meter.spend
        if values is None:
            return Tree.new(self.form.seed, spend)
        if edited:
            return Tree.completed(self.form.seed, values, spend)
        return Tree.stored(self.form.root, values, spend)

    # What functions of expressions ask for

    def chance_at(self, node: Node) -> Random:
        """A source of chance for a node: a button of the step before means the option that it showed."""
        return Random(f"{self._chance}:{node.ref() if isinstance(node, Leaf) else ''}")  # noqa: S311 (an order, no secret)

    def instance(self, name: str) -> Node | None:
        """The root of a secondary instance."""
        return self._last_saved if name in self.form.last_saved else self.form.instances.get(name)

    def translation(self, key: str) -> str:
        """The text of an id in the language in use."""
        return self._speech.text(self._tree.root, Wording(key=key), self._speech.language) or ""

    def choice_label(self, node: Node, path: str, value: str) -> str | None:
        """The label of a choice of the select at the end of a path."""
        target = self._follow(node, path)
        if target is None:
            return None
        choices = self._speech.choices(target, self._speech.language)
        self.meter.spend(len(choices))
        return next((one.label for one in choices if one.value == value), None)

    def _follow(self, node: Node, path: str) -> Leaf | None:
        here: Node | None = self._tree.document if path.startswith("/") else node
        absolute = path.startswith("/")
        for name in path.strip("/").split("/"):
            if here is None:
                return None
            if name in {".", "current()"}:
                continue
            if name == "..":
                here = here.parent
                continue
            found = here.kids.get(name.partition("[")[0])
            here = None if not found else _nearest(found, node) if absolute else found[0]
        return here if isinstance(here, Leaf) else None

    # Answering

    def answer(self, ref: str, value: str) -> None:
        """Store an answer and work out everything that follows from it.

        Raises:
            KeyError: there is no such node.
        """
        self._work.put(self._tree.node(ref), value)

    def switch(self, language: str) -> None:
        """Let calculations that keep a text (a choice's label) keep it in this language from now on."""
        self._speech.language = self.form.translations.language(language)
        self._work.renew(self.form.spoken)

    def add(self, ref: str) -> str:
        """Add an instance to a repeat (named without a place); the path of the new one.

        Raises:
            KeyError: there is no such repeat.
            ValueError: there are as many instances as there may be.
        """
        parent, name = self._range(ref)
        repeat = parent.definition.children[name].repeat
        if repeat is None or repeat.template is None:
            raise KeyError(ref)
        if not self._work.add(parent, repeat.template):
            raise ValueError(f"{ref} has too many instances already")
        return f"{parent.ref()}/{name}[{len(parent.kids[name])}]"

    def remove(self, ref: str) -> None:
        """Remove an instance of a repeat with all that is in it.

        Raises:
            KeyError: there is no such instance.
        """
        node = self._tree.node(ref)
        if node.definition.repeat is None:
            raise KeyError(ref)
        self._work.remove(node)

    def _range(self, ref: str) -> tuple[Leaf, str]:
        above, _, name = ref.rpartition("/")
        parent = self._tree.node(above)
        if name not in parent.definition.children:
            raise KeyError(ref)
        return parent, name

    def release(self) -> None:
        """Give the memory back at once. Nothing can be asked of the instance afterwards."""
        self._tree.release()

    # Asking

    def count(self, ref: str) -> int:
        """How many instances a repeat has, named without a place.

        Raises:
            KeyError: there is no such repeat.
        """
        parent, name = self._range(ref)
        return len(parent.kids[name])

    def value(self, ref: str) -> str:
        """What a node holds; empty while it is not relevant."""
        return self._tree.node(ref).seen

    def relevant(self, ref: str) -> bool:
        """Whether a node and everything around it is relevant."""
        return self._tree.node(ref).relevant

    def required(self, ref: str) -> bool:
        """Whether an answer is required now."""
        node = self._tree.node(ref)
        fixed = node.definition.fixed_required
        return self.wanted(node) if fixed is None else fixed  # of each question after each answer: no call more

    def wanted(self, node: Leaf) -> bool:
        """Whether a node is required now."""
        fixed = node.definition.fixed_required
        return self._holds(node, node.definition.required) if fixed is None else fixed

    def readonly(self, ref: str) -> bool:
        """Whether the node, or a group around it, may not be changed now."""
        return self.locked(self._tree.node(ref))

    def locked(self, node: Leaf) -> bool:
        """Whether a node, or a group around it, is read-only now."""
        here: Node | None = node
        while isinstance(here, Leaf) and not here.definition.writable:
            fixed = here.definition.fixed_readonly
            if self._holds(here, here.definition.readonly) if fixed is None else fixed:
                return True
            here = here.parent
        return False

    def valid(self, ref: str) -> bool:
        """Whether the constraint holds; nothing to check in an empty or irrelevant node."""
        node = self._tree.node(ref)
        constraint = node.definition.constraint
        return constraint is None or node.seen == "" or self._holds(node, constraint)

    def label(self, ref: str, language: str) -> str:
        """The label, values put in; of a repeat named without a place what is said of the repeat itself."""
        node = self._labelled(ref)
        self.meter.refill()
        control = node.definition.control
        return (self._speech.text(node, control.label if control else None, language, "", self.quote) or "").strip()

    def _labelled(self, ref: str) -> Leaf:
        """The node whose text is meant: of a repeat named without a place one that stands for all of it."""
        fixed = self._tree.fixed(ref)
        if fixed is not None:
            return fixed
        if self.form.definition_of(ref).repeat is None or ref.endswith("]"):
            return self._tree.node(ref)
        parent, name = self._range(ref)
        return self.unborn(parent, parent.definition.children[name])

    def said(self, node: Leaf, language: str) -> str | None:
        """The label of a node as the form writes it, with the spaces around it; None if it has none."""
        wording = node.definition.control.label if node.definition.control else None
        said = self._speech.text(node, wording, language)
        return "" if said is None and wording is not None else said

    def offered(self, node: Leaf, language: str) -> tuple[Choice, ...]:
        """The choices of a node with their labels as the form writes them."""
        return self._speech.choices(node, language)

    def hint(self, ref: str, language: str) -> str:
        """The hint, values put in."""
        control = self._tree.node(ref).definition.control
        return (self._speak(ref, control.hint if control else None, language) or "").strip()

    def guidance(self, ref: str, language: str) -> str:
        """The guidance for whoever holds the interview."""
        control = self._tree.node(ref).definition.control
        return (self._speak(ref, control.hint if control else None, language, "guidance") or "").strip()

    def media(self, ref: str, language: str) -> tuple[Medium, ...]:
        """What is shown or played with a label: of a question, a note or a group."""
        node = self._labelled(ref)
        self.meter.refill()
        return self._speech.media(node, node.definition.control.label if node.definition.control else None, language)

    def constraint_message(self, ref: str, language: str) -> str | None:
        """What the questionnaire says to an answer that is not valid."""
        return self._speak(ref, self._tree.node(ref).definition.constraint_message, language)

    def required_message(self, ref: str, language: str) -> str | None:
        """What the questionnaire says where a required answer is missing."""
        return self._speak(ref, self._tree.node(ref).definition.required_message, language)

    def options(self, ref: str, language: str) -> tuple[Choice, ...]:
        """The choices there are now."""
        self.meter.refill()
        node = self._tree.node(ref)
        if not self.offers_the_same(ref):
            return _trimmed(self._speech.choices(node, language, self.quote))
        key = (node.definition.ref, self.form.translations.language(language))
        kept = self.form.kept_options.get(key)
        if kept is None:
            kept = self.form.kept_options[key] = _trimmed(self._speech.choices(node, language, self.quote))
        return kept

    def offers_the_same(self, ref: str) -> bool:
        """Whether a select has the same choices for everybody, whatever is answered."""
        control = self.form.definition_of(ref).control
        return control is not None and control.itemset is not None and control.itemset.steady

    def offers(self, ref: str) -> bool:
        """Whether a select has any choice now: they may depend on other answers, or come from an empty file."""
        self.meter.refill()
        return self._speech.offers(self._tree.node(ref))

    def asked(self) -> tuple[Question, ...]:
        """What is relevant, in document order: questions, notes, and at the end of each open repeat the repeat itself.

        A question that may only be read now comes as a note.
        """
        if self._asked_at != self._work.shifts:
            self._is_steady = self.form.asks_steadily
            self._asked = tuple(self._find_asked(self._tree.root))
            self._asked_at = self._work.shifts if self._is_steady else -1
        return self._asked

    def heading(self, ref: str, language: str) -> tuple[str, ...]:
        """The labels of the groups around a node, from the outside in."""
        labels: list[str] = []
        here = self._tree.node(ref).parent
        while isinstance(here, Leaf):
            control = here.definition.control
            said = None if control is None else self._speech.text(here, control.label, language, quote=self.quote)
            if said and said.strip():
                labels.append(said.strip())
            here = here.parent
        return tuple(reversed(labels))

    # Keeping

    def values(self) -> dict[str, str]:
        """All non-empty values, also those remembered while irrelevant, and the number of each repeat's instances."""
        kept: dict[str, str] = {}
        for node in self._tree.root.leaves():
            if node.stored:
                kept[node.ref()] = node.stored
            elif node.kids and node.definition.repeating:
                for repeat in node.definition.repeating:
                    kept[f"{node.ref()}/{repeat}"] = str(len(node.kids[repeat]))
        return kept

    def submission(self) -> dict[str, str]:
        """The non-empty values of relevant nodes, and the time of the end: what is kept at completion."""
        kept = {node.ref(): node.seen for node in self._tree.root.leaves() if node.seen}
        return kept | ended(self.form, self._tree, self.now)

    def unborn(self, parent: Leaf, definition: Definition) -> Leaf:
        """What an instance of a repeat without instances would be: not part of the tree, but relevant or not."""
        node = Leaf(definition, parent)
        node.relevant = parent.relevant and (definition.relevant is None or self._holds(node, definition.relevant))
        return node

    # Inside

    def _context(self, node: Node) -> Context:
        return Context(self._tree.document, node, self)

    def _holds(self, node: Leaf, condition: Condition | None) -> bool:
        if condition is None:
            return False
        self.meter.refill()
        try:
            return condition(self._context(node))
        except EvaluationError:
            return False

    def _speak(self, ref: str, wording: Wording | None, language: str, form: str = "") -> str | None:
        self.meter.refill()
        return self._speech.text(self._tree.node(ref), wording, language, form, self.quote)

    def _find_asked(self, node: Leaf) -> Iterator[Question]:
        for name, definition in node.definition.children.items():
            for child in node.kids.get(name, ()):
                if not isinstance(child, Leaf) or not child.relevant:
                    continue
                if definition.children:
                    yield from self._find_asked(child)
                elif definition.control is not None:
                    question = self.form.by_ref[definition.ref]
                    if definition.repeated:
                        question = replace(question, ref=child.ref())
                    if not definition.writable and question.kind != "note" and self.readonly(question.ref):
                        question = replace(question, kind="note")
                    yield question
            if definition.repeat is not None and definition.ref in self.form.open_repeats and self._goes_on(node, name):
                yield replace(self.form.open_repeats[definition.ref], ref=f"{node.ref()}/{name}")

    def _goes_on(self, parent: Leaf, name: str) -> bool:
        """Whether instances of a repeat can be added now."""
        instances = parent.kids[name]
        if not instances and parent.definition.children[name].relevant is not None:
            self._is_steady = False
        first = instances[0] if instances else self.unborn(parent, parent.definition.children[name])
        return isinstance(first, Leaf) and first.relevant

    def snapshot(self, language: str = "") -> list[list[Any]]:
        """Every node with its state, in the rows of the conformance data."""
        return rows(self, self._tree.root, language or self.form.default_language)


def _trimmed(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, one.label.strip(), one.media) for one in choices)


def _nearest(candidates: list[Node], near: Node) -> Node:
    here: Node | None = near
    while here is not None:
        if here in candidates:
            return here
        here = here.parent
    return candidates[0]
