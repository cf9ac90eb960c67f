"""A form: a questionnaire compiled once, the same for everybody who answers it. Immutable; holds no answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from dialogues.forms.definition import Action, Definition, Seed, Trigger
from dialogues.forms.dependencies import order, read_by
from dialogues.forms.expressions import Fault, syntax
from dialogues.forms.numeric import mark_numbers
from dialogues.forms.problems import FormError, Problem
from dialogues.forms.questions import PLACES, Choice, Question, question_of, repeat_of
from dialogues.forms.quoting import CHOICE_NAME, quoted_by_choices
from dialogues.forms.wording import Translations
from dialogues.forms.xform import XForm, iterate, read_xform
from dialogues.forms.xpath.sources import Source

_CHANGING = re.compile(r"\b(randomize|random|uuid|today|now|property)\s*\(")
"""Functions that give something else another time, or to somebody else."""
_NAME = re.compile(r"[^\W\d][\w.-]*")
NO_FILES: Mapping[str, bytes] = MappingProxyType({})
_WORKED_OUT = ("count", "relevant", "calculate")
"""What there is to work out of a node, in the order it is done where nothing else decides."""


class Form:
    """What all who answer a questionnaire share.

    ``anonymous``: it puts in days instead of moments, and what it puts in is not to be kept (``unkept``): an id or a
    time could tell whose answers they are.
    """

    title: str
    version: str
    languages: tuple[str, ...]
    default_language: str
    questions: tuple[Question, ...]

    def __init__(self, xform: XForm, *, anonymous: bool = False) -> None:
        self.anonymous = anonymous
        self.title = xform.title
        self.root: Definition = xform.root
        self.version = xform.root.attributes.get("version", "")
        self.seed: Seed = xform.seed
        self.translations: Translations = xform.translations
        self.languages = tuple(xform.translations.languages)
        self.default_language = xform.translations.default
        self.instances: Mapping[str, Source] = xform.instances
        self.encrypted: bool = xform.encrypted
        """Whether it wants responses encrypted before they are handed over: a server refuses others."""
        self.data_files: frozenset[str] = frozenset(xform.data_files)
        """The names of the files it takes rows from."""
        self.media_files: frozenset[str] = frozenset(xform.translations.media_files())
        """The names of the files that are shown or played with its texts."""
        self.last_saved: frozenset[str] = frozenset(xform.last_saved)
        """The ids of the secondary instances that stand for the same person's response before this one."""
        self.namespaces: Mapping[str, str] = xform.namespaces
        self.missing_files: Mapping[str, str] = xform.missing_files
        self.actions: tuple[Action, ...] = tuple(xform.actions)
        self.definitions: Mapping[str, Definition] = {one.ref: one for one in iterate(xform.root)}
        for one in self.definitions.values():
            one.repeating = tuple(name for name, child in one.children.items() if child.repeat is not None)
            one.writable = one.fixed_readonly is False and (one.parent is None or one.parent.writable)
        self.by_ref: Mapping[str, Question] = {
            ref: question_of(one) for ref, one in self.definitions.items() if one.control and not one.children
        }
        self.questions = tuple(self.by_ref.values())
        self.open_repeats: Mapping[str, Question] = {
            ref: repeat_of(one)
            for ref, one in self.definitions.items()
            if one.repeat is not None and one.repeat.is_open
        }
        """What is asked at the end of each repeat whose instances people add themselves, by ref."""
        self.asks_steadily: bool = all(one.fixed_readonly is not None for one in self.definitions.values())
        """Whether what is asked changes only with what is relevant and how many instances there are.

        A repeat without instances is another matter: nobody is told when it would be relevant.
        """
        self.preloaded: tuple[Definition, ...] = tuple(one for one in self.definitions.values() if one.preload)
        self.put_in: frozenset[str] = frozenset(self._put_in())
        """The refs of what the form puts in by itself: ids, times, meta data."""
        self.unkept: frozenset[str] = self.put_in if anonymous else frozenset()
        """The refs of that of it which nobody may keep."""
        self.kept_choices: dict[tuple[str, str], tuple[Choice, ...]] = {}
        """The choices of selects whose choices are always the same, by ref and language, as they are asked for."""
        self.kept_values: dict[str, frozenset[str]] = {}
        """The values of those choices, by ref, as they are asked for."""
        self.kept_options: dict[tuple[str, str], tuple[Choice, ...]] = {}
        """The same without the spaces that the form writes around labels."""
        self.triggers: tuple[Trigger, ...]
        self.cycles: tuple[tuple[str, ...], ...]
        self._order(xform)

    def _order(self, xform: XForm) -> None:
        lively = _lively_choices(xform)
        quoted = quoted_by_choices(xform)
        wanted: list[tuple[str, Definition, dict[str, Definition]]] = []
        for definition in self.definitions.values():
            for kind in _WORKED_OUT:
                text = xform.texts.get((definition.ref, kind))
                tree = syntax(text) if text else None
                if tree is not None:
                    wanted.append((kind, definition, read_by(tree, definition, self.root)))
            control = definition.control
            if control is not None and control.itemset is not None:
                # the choices change with their values, too
                text = f"{xform.texts[definition.ref, 'itemset']}/{xform.texts[definition.ref, 'value']}"
                tree = syntax(text)
                reads = {} if tree is None else read_by(tree, definition, self.root)
                changing = _CHANGING.search(text) or any(name in text for name in self.last_saved)
                control.itemset.steady = not reads and not changing and not lively
                if reads:
                    wanted.append(("choices", definition, reads))
        triggers, cycles = order(wanted)
        mark_numbers(self.root, self.definitions.values(), triggers, xform.texts)
        for trigger in triggers if quoted else ():  # not for their order: choices may quote what is worked out of them
            text = xform.texts.get((trigger.definition.ref, trigger.kind), "")
            if CHOICE_NAME in text:
                for name in quoted.keys() & _NAME.findall(text):
                    for read in quoted[name].values():
                        read.readers = (*read.readers, trigger)
        self.spoken: tuple[Trigger, ...] = tuple(
            one for one in triggers if CHOICE_NAME in xform.texts.get((one.definition.ref, one.kind), "")
        )
        self.triggers = tuple(triggers)
        self.cycles = tuple(cycles)
        self.resumed: tuple[Trigger, ...] = tuple(one for one in triggers if one.kind in {"relevant", "choices"})
        """What has to be worked out anew for stored values."""
        followed = {one.definition.ref for one in triggers if one.kind == "choices"}
        self.steady_selects: tuple[Definition, ...] = tuple(
            one
            for ref, one in self.definitions.items()
            if one.control is not None and one.control.chooses and ref not in followed
        )
        """Those whose choices do not follow what is answered."""
        self.remade: tuple[Trigger, ...] = tuple(
            one for one in triggers if one.kind == "calculate" and one.definition.ref in self.unkept
        )
        """What is not among stored values."""
        self._deciding: dict[str, list[Trigger]] = {}
        for trigger in self.triggers:
            self._deciding.setdefault(trigger.definition.ref, []).append(trigger)

    def _put_in(self) -> Iterator[str]:
        yield from (one.ref for one in self.preloaded)
        meta = self.root.children.get("meta")
        yield from (one.ref for one in iterate(meta) if one.control is None) if meta else ()

    def definition_of(self, ref: str) -> Definition:
        """The definition of the node at a path, whatever the places of repeat instances in it.

        Raises:
            KeyError: there is none.
        """
        found = self.definitions.get(ref)
        return self.definitions[PLACES.sub("", ref)] if found is None else found

    def deciding(self, definition: Definition) -> Sequence[Trigger]:
        """The triggers that work out something of a node."""
        return self._deciding.get(definition.ref, ())

    @classmethod
    def parse(cls, xform: str, *, files: Mapping[str, bytes] = NO_FILES, anonymous: bool = False) -> "Form":
        """The form an XForm describes; ``anonymous`` as in the class.

        ``files``: what is in the files it takes rows from, by name. One that is not there is among ``missing_files``,
        and has no rows.

        Raises:
            FormError: it or a file cannot be read, or one of its expressions cannot be taken.
        """
        read = read_xform(xform, files)
        if read.faults:
            raise FormError(tuple(Problem(None, None, describe(fault)) for fault in read.faults))
        return cls(read, anonymous=anonymous)


def _lively_choices(xform: XForm) -> bool:
    """Whether a choice's text has a value put in."""
    lively = xform.translations.lively()
    return bool(lively) and any(
        node.seen in lively
        for source in xform.instances.values()
        if not source.of_file
        for node in source.descendants()
    )


def describe(fault: Fault) -> str:
    """A fault as one sentence, for where no sheet is known."""
    return f"{fault.ref}, {fault.place}: {fault.reason}"
