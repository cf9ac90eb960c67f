"""The compiled shape of a form: one definition for each node of its instance, whatever number of repeats there may be.

Filled while an XForm is read and not changed afterwards. Holds no answer and evaluates nothing by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from dialogues.forms.wording import Wording
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.nodes import Node

Condition = Callable[[Context], bool]

SELECTS = frozenset({"select", "select1", "odk:rank"})
"""The controls that offer choices."""


@dataclass(slots=True)
class Itemset:
    """Where a select finds its choices: nodes of an instance, and in each its value and label."""

    nodes: Callable[[Context], list[Node]]
    value: Callable[[Context], str]
    label: Wording
    steady: bool
    """Whether the choices are the same whatever is answered."""

    def values(self, context: Context) -> frozenset[str]:
        """The values of the choices there are at a node."""
        inner = context.within()
        found: list[str] = []
        for inner.node in self.nodes(context):
            found.append(self.value(inner))
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Item:
    """A choice written into the form itself."""

    value: str
    label: Wording


@dataclass(slots=True)
class Control:
    """How a node is asked for: the element of the form's body that refers to it."""

    element: str
    appearance: str = ""
    label: Wording | None = None
    hint: Wording | None = None
    media_type: str = ""
    items: tuple[Item, ...] = ()
    itemset: Itemset | None = None
    bounds: tuple[str, str, str] | None = None
    """Start, end and step of a range, as written."""

    @property
    def chooses(self) -> bool:
        """Whether an answer is only seen as far as it is among the choices."""
        return self.element in SELECTS

    def held(self, value: str) -> str:
        """What the control takes of a value: a trigger knows only OK, a range what lies within its bounds."""
        if self.element == "trigger":
            return "OK" if value.lower() == "ok" else ""
        return "" if self.bounds is not None and not _within(value, *self.bounds[:2]) else value


def _within(value: str, start: str, end: str) -> bool:
    try:
        first, last = float(start or "-inf"), float(end or "inf")
        return min(first, last) <= float(value) <= max(first, last)
    except ValueError:
        return True


@dataclass(slots=True)
class Repeat:
    """A repeat: how many instances there are at least, and by which expression, if any, they are counted."""

    count: Callable[[Context], float] | None = None
    fixed: bool = False
    """Whether people may not add or remove instances."""
    template: "Seed | None" = None
    given: "list[Seed]" = field(default_factory=list)
    """The instances the form itself begins with."""

    @property
    def is_open(self) -> bool:
        """Whether people add and remove instances themselves."""
        return self.count is None and not self.fixed


@dataclass(slots=True)
class Definition:
    """A node of the instance as the form declares it."""

    ref: str
    name: str
    parent: "Definition | None"
    children: dict[str, "Definition"] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    bound: dict[str, "Definition"] = field(default_factory=dict)
    """Those of its attributes that something works out or sets, by their names; each is a node called ``@name``."""
    data_type: str = "string"
    relevant: Condition | None = None
    readonly: Condition | None = None
    required: Condition | None = None
    constraint: Condition | None = None
    calculate: Callable[[Context], str] | None = None
    fixed_readonly: bool | None = False
    """What ``readonly`` always gives, if its expression looks at nothing."""
    fixed_required: bool | None = False
    constraint_message: Wording | None = None
    required_message: Wording | None = None
    repeating: tuple[str, ...] = ()
    """The names of the repeats directly in it."""
    repeated: bool = False
    """Whether it is a repeat or lies in one, so that there may be any number of its nodes."""
    writable: bool = False
    """Whether neither it nor a group around it can ever be read-only."""
    numeric: bool = False
    """Whether it holds a number or nothing, whatever is answered (`dialogues.forms.numeric`)."""
    preload: str = ""
    preload_params: str = ""
    topic: str = ""
    control: Control | None = None
    repeat: Repeat | None = None
    changes: "list[Action]" = field(default_factory=list)
    """What is set when this node's value changes."""
    readers: "tuple[Trigger, ...]" = ()
    """What has to be worked out again when the value read here changes."""

    @property
    def is_attribute(self) -> bool:
        """Whether it is an attribute of the node around it."""
        return self.name[0] == "@"

    @property
    def counted(self) -> bool:
        """Whether it is a repeat whose instances an expression counts."""
        return self.repeat is not None and self.repeat.count is not None

    @property
    def conditional(self) -> bool:
        """Whether it is asked depends on something: it, or a group around it, is relevant or not."""
        return self.relevant is not None or (self.parent is not None and self.parent.conditional)


@dataclass(slots=True)
class Seed:
    """What an instance begins with: a node, its first value, and what is in it."""

    definition: Definition
    value: str = ""
    children: "list[Seed]" = field(default_factory=list)
    attributes: "tuple[Seed, ...]" = ()
    """What its bound attributes begin with."""


@dataclass(frozen=True, slots=True)
class Action:
    """A set-value action: at which events, for which nodes, to what."""

    events: frozenset[str]
    targets: Callable[[Context], list[Node]]
    """The nodes it sets, seen from a node of its origin."""
    value: Callable[[Context], str]
    """What they are set to, seen from each of them."""
    origin: Definition
    """The node whose control it belongs to; the root for the model's own."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One thing to work out of a node: ``relevant``, ``calculate``, ``choices``, or a repeat's ``count``."""

    order: int
    kind: str
    definition: Definition
