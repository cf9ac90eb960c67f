"""Works out what follows from a change, in the form's order, until nothing changes any more.

Bounded: a form whose calculations run in a circle comes to a stop after a number of rounds.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from dialogues.forms.definition import Action, Seed, Trigger
from dialogues.forms.form import Form
from dialogues.forms.tree import MAX_INSTANCES, Leaf, nodes_of, sow
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import to_text

MAX_ROUNDS = 20
"""How often one thing is worked out after one change."""


class Recalculation:
    """What waits to be worked out for one instance."""

    def __init__(self, form: Form, root: Leaf, context: Callable[[Node], Context], found: dict[str, Leaf]) -> None:
        self._form = form
        self._root = root
        self._context = context
        self._found = found
        self._waiting: list[int] = []
        self._queued: set[int] = set()
        self._rounds: dict[int, int] = {}

    def start(self) -> None:
        """Work everything out, for a new instance."""
        for trigger in self._form.triggers:
            self._queue(trigger)
        self._settle()

    def resume(self) -> None:
        """Work out what is relevant, for stored values; they are at rest already and stay as they are."""
        for trigger in self._form.triggers:
            if trigger.kind == "relevant":
                for node in nodes_of(self._root, trigger.definition):
                    node.own = self._relevant(node)
                    if not node.own:
                        self._spread(node, readers=False)

    def put(self, node: Leaf, value: str) -> None:
        """Store a value and let everything follow."""
        if node.store(value):
            self._changed(node)
        self._settle()

    def act(self, action: Action, node: Leaf) -> None:
        """Run a set-value action on one node."""
        self._set(action, node)
        self._settle()

    def _set(self, action: Action, node: Leaf) -> None:
        try:
            value = to_text(action.value(self._context(node)))
        except EvaluationError:
            value = ""
        if node.store(_kept(value)):
            self._changed(node)

    def _changed(self, node: Leaf) -> None:
        for reader in node.definition.readers:
            self._queue(reader.trigger)
        for action in node.definition.changes:
            for target in self._targets(action, node):
                self._set(action, target)

    def _targets(self, action: Action, node: Leaf) -> list[Leaf]:
        """The nodes an action of a control is for: those in the repeat instances that the control's node stands in."""
        around: set[int] = set()
        here: Node | None = node
        while here is not None:
            around.add(id(here))
            here = here.parent
        repeats = {one.ref for one in action.origin.repeats}
        return [
            target
            for target in nodes_of(self._root, action.target)
            if all(id(one) in around for one in _repeats_above(target) if one.definition.ref in repeats)
        ]

    def _queue(self, trigger: Trigger) -> None:
        if trigger.order not in self._queued:
            self._queued.add(trigger.order)
            heappush(self._waiting, trigger.order)

    def _settle(self) -> None:
        self._rounds.clear()
        while self._waiting:
            order = heappop(self._waiting)
            self._queued.discard(order)
            rounds = self._rounds.get(order, 0) + 1
            self._rounds[order] = rounds
            if rounds <= MAX_ROUNDS:
                self._work_out(self._form.triggers[order])

    def _work_out(self, trigger: Trigger) -> None:
        nodes = nodes_of(self._root, trigger.definition) if trigger.kind != "count" else []
        if trigger.kind == "relevant":
            for node in nodes:
                own = self._relevant(node)
                if own != node.own:
                    node.own = own
                    self._spread(node)
        elif trigger.kind == "calculate":
            for node in nodes:
                if node.relevant:
                    self._calculate(node)
        elif trigger.definition.parent is not None:
            for parent in nodes_of(self._root, trigger.definition.parent):
                self._count(parent, trigger)

    def _relevant(self, node: Leaf) -> bool:
        condition = node.definition.relevant
        if condition is None:
            return True
        try:
            return condition(self._context(node))
        except EvaluationError:
            return False

    def _spread(self, node: Leaf, *, readers: bool = True) -> None:
        """Hand a change of relevance down, and to whoever reads what appears or vanishes."""
        parent = node.parent
        relevant = node.own and (not isinstance(parent, Leaf) or parent.relevant)
        if relevant == node.relevant:
            return
        node.relevant = relevant
        seen = node.stored if relevant else ""
        if seen != node.seen:
            node.seen = seen
            if readers:
                self._changed(node)
        if readers:
            self._restart(node)
        for child in node.children():
            if isinstance(child, Leaf):
                self._spread(child, readers=readers)

    def _restart(self, node: Leaf) -> None:
        definition = node.definition
        if definition.repeat is not None:
            for reader in definition.readers:
                self._queue(reader.trigger)
        if node.relevant and definition.calculate is not None:
            for trigger in self._form.deciding(definition):
                self._queue(trigger)

    def _calculate(self, node: Leaf) -> None:
        calculate = node.definition.calculate
        if calculate is None:
            return
        try:
            value = _kept(to_text(calculate(self._context(node))))
        except EvaluationError:
            value = ""
        if value == node.computed:
            return
        node.computed = value
        if node.store(value):
            self._changed(node)

    def _count(self, parent: Leaf, trigger: Trigger) -> None:
        definition = trigger.definition
        repeat = definition.repeat
        if repeat is None or repeat.count is None or repeat.template is None:
            return
        try:
            wanted = repeat.count(self._context(parent))
        except EvaluationError:
            wanted = 0.0
        number = 0 if wanted != wanted else int(max(0.0, min(float(MAX_INSTANCES), wanted)))
        instances = parent.kids.get(definition.name, [])
        if len(instances) == number:
            return
        self._found.clear()
        while len(instances) > number:
            instances.pop()
        while len(parent.kids.get(definition.name, ())) < number:
            self.grow(parent, repeat.template)
        for reader in definition.readers:
            self._queue(reader.trigger)

    def grow(self, parent: Leaf, template: Seed) -> Leaf:
        """Add an instance of a repeat; what is in it waits to be worked out."""
        instance = sow(template, parent)
        parent.add(instance)
        for node in instance.leaves():
            node.relevant = node.own and isinstance(node.parent, Leaf) and node.parent.relevant
            node.seen = node.stored if node.relevant else ""
            for trigger in self._form.deciding(node.definition):
                self._queue(trigger)
            for reader in node.definition.readers:
                self._queue(reader.trigger)
        return instance


def _kept(text: str) -> str:
    return "" if text == "NaN" else text


def _repeats_above(node: Leaf) -> list[Leaf]:
    found: list[Leaf] = []
    here: Node | None = node
    while isinstance(here, Leaf):
        if here.definition.repeat is not None:
            found.append(here)
        here = here.parent
    return found
