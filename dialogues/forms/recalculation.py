"""Works out what follows from a change, in the form's order, until nothing changes any more.

Bounded: a form whose calculations run in a circle comes to a stop after a number of rounds.
"""

from collections.abc import Callable, Iterable, Iterator
from collections import deque
from heapq import heappop, heappush

from dialogues.forms.definition import Action, Definition, Seed, Trigger
from dialogues.forms.form import Form
from dialogues.forms.xform import iterate
from dialogues.forms.tree import MAX_INSTANCES, Leaf, nodes_of, sow
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import to_text

MAX_ROUNDS = 20
"""How often one thing is worked out after one change."""

MAX_ACTIONS = 10_000
"""How many set-value actions one change may set off."""


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
        self._acting: deque[tuple[Action, Leaf]] = deque()

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
            elif trigger.kind == "choices":
                for node in nodes_of(self._root, trigger.definition):
                    self._choose(node)

    def renew(self, triggers: Iterable[Trigger]) -> None:
        """Work out again what nothing the form knows of has changed: a language, the time."""
        for trigger in triggers:
            self._queue(trigger)
        self._settle()

    def put(self, node: Leaf, value: str) -> None:
        """Store a value and let everything follow."""
        if node.store(value):
            self._changed(node)
        if node.available is not None and self._choose(node):
            self._changed(node)
        self._settle()

    def act(self, action: Action, node: Leaf) -> None:
        """Run a set-value action of one node's control."""
        self._acting.append((action, node))
        self._settle()

    def add(self, parent: Leaf, template: Seed) -> None:
        """Add an instance of a repeat and let everything follow."""
        self.grow(parent, template)
        self._shaped(template.definition)
        self._settle()

    def remove(self, node: Leaf) -> None:
        """Remove an instance of a repeat and let everything follow."""
        parent = node.parent
        if parent is not None:
            parent.kids[node.name].remove(node)
            self._shaped(node.definition)
            self._settle()

    def _shaped(self, definition: Definition) -> None:
        """The number of a repeat's instances has changed: whoever reads it or what is in it."""
        self._found.clear()
        for one in iterate(definition):
            for reader in one.readers:
                self._queue(reader.trigger)

    def _run(self, action: Action, node: Leaf) -> None:
        try:
            targets = action.targets(self._context(node))
        except EvaluationError:
            return
        for target in targets:
            if not isinstance(target, Leaf) or not target.relevant:
                continue
            try:
                value = to_text(action.value(self._context(target)))
            except EvaluationError:
                value = ""
            if target.store(_kept(value)):
                self._changed(target)

    def _changed(self, node: Leaf) -> None:
        for reader in node.definition.readers:
            self._queue(reader.trigger)
        for action in node.definition.changes:
            self._acting.append((action, node))

    def _queue(self, trigger: Trigger) -> None:
        if trigger.order not in self._queued:
            self._queued.add(trigger.order)
            heappush(self._waiting, trigger.order)

    def _settle(self) -> None:
        """Work off what waits; set-value actions come when everything else is at rest."""
        self._rounds.clear()
        acted = 0
        while self._waiting or (self._acting and acted < MAX_ACTIONS):
            if not self._waiting:
                acted += 1
                self._run(*self._acting.popleft())
                continue
            order = heappop(self._waiting)
            self._queued.discard(order)
            rounds = self._rounds.get(order, 0) + 1
            self._rounds[order] = rounds
            if rounds <= MAX_ROUNDS:
                self._work_out(self._form.triggers[order])
        self._acting.clear()

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
        elif trigger.kind == "choices":
            for node in nodes:
                if self._choose(node):
                    self._changed(node)
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
        if node.look() and readers:
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

    def _choose(self, node: Leaf) -> bool:
        """Leave out chosen values that are no choices now; whether that changes what is seen."""
        control = node.definition.control
        if not node.stored or control is None or control.itemset is None:
            return False
        context = self._context(node)
        try:
            node.available = control.itemset.values(context)
        except EvaluationError:
            node.available = frozenset()
        return node.look()

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
            wanted = repeat.count(self._context(Leaf(definition, parent)))
        except EvaluationError:
            wanted = 0.0
        number = 0 if wanted != wanted else int(max(0.0, min(float(MAX_INSTANCES), wanted)))
        instances = parent.kids.get(definition.name, [])
        if len(instances) == number:
            return
        while len(instances) > number:
            instances.pop()
        while len(parent.kids.get(definition.name, ())) < number:
            place = len(parent.kids.get(definition.name, ()))
            self.grow(parent, repeat.given[place] if place < len(repeat.given) else repeat.template)
        self._shaped(definition)

    def grow(self, parent: Leaf, template: Seed) -> Leaf:
        """Add an instance of a repeat; what is in it waits to be worked out."""
        instance = sow(template, parent)
        parent.add(instance)
        for node in instance.leaves():
            node.relevant = node.own and isinstance(node.parent, Leaf) and node.parent.relevant
            node.look()
            for trigger in self._form.deciding(node.definition):
                self._queue(trigger)
            for reader in node.definition.readers:
                self._queue(reader.trigger)
        self._acting.extend(self._born(instance))
        return instance

    def _born(self, instance: Leaf) -> Iterator[tuple[Action, Leaf]]:
        """The actions for a new instance of a repeat, with the nodes inside whose controls they belong to."""
        for action in self._form.actions:
            if "odk-new-repeat" in action.events:
                for node in instance.leaves():
                    if node.definition is action.origin:
                        yield action, node


def _kept(text: str) -> str:
    return "" if text == "NaN" else text
