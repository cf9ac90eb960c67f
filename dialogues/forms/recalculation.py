"""Works out what follows from a change, in the form's order, until nothing changes any more.

Bounded: a form whose calculations run in a circle comes to a stop after a number of rounds.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush

from dialogues.forms.definition import Action, Control, Definition, Seed, Trigger
from dialogues.forms.form import Form
from dialogues.forms.tree import MAX_INSTANCES, Leaf, Tree
from dialogues.forms.xform import iterate
from dialogues.forms.xpath.context import Context, Meter
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node

MAX_ROUNDS = 20
"""How often one thing is worked out after one change."""

MAX_ACTIONS = 1_000
"""How many set-value actions one change may set off."""


class Recalculation:
    """What waits to be worked out for one instance."""

    def __init__(self, form: Form, tree: Tree, context: Callable[[Node], Context], meter: Meter) -> None:
        self._form = form
        self._tree = tree
        self._context = context
        self._meter = meter
        self._waiting: list[int] = []
        self._queued: set[int] = set()
        self._acting: deque[tuple[Action, Leaf, bool]] = deque()
        """The actions to run, with a node of their origin, and whether it is its change that sets them off."""
        self._fresh: set[Leaf] = set()
        """The nodes of new instances: what they begin with is no change."""
        self.listening = False
        """Whether changes set off actions; those of loading and resuming do not."""
        self.shifts = 0
        """How often what is relevant, or the number of a repeat's instances, has changed."""

    def start(self) -> None:
        """Work everything out, for a new instance."""
        self._choose_all()
        self.renew(self._form.triggers)

    def resume(self) -> None:
        """Work out what is relevant, for stored values; they are at rest already and stay as they are."""
        self._choose_all()
        for trigger in self._form.resumed:
            for node in self._tree.nodes_of(trigger.definition):
                if trigger.kind == "choices":
                    self._choose(node)
                elif not self._relevant(node):
                    node.own = False
                    self._hide(node)

    def renew(self, triggers: Iterable[Trigger]) -> None:
        """Work out again, also where nothing the form knows of has changed: a language, the time."""
        self._meter.begin()
        for trigger in triggers:
            self._queue(trigger)
        self._settle()

    def put(self, node: Leaf, value: str) -> None:
        """Store a value and let everything follow."""
        self._meter.begin()
        if self._store(node, value):
            self._changed(node)
        self._settle()

    def act(self, action: Action, nodes: Iterable[Leaf]) -> None:
        """Run a set-value action, seen from each of the nodes, and let everything follow, as part of what began."""
        self._acting.extend((action, node, False) for node in nodes)
        self._settle()

    def add(self, parent: Leaf, seed: Seed) -> bool:
        """Add an instance of a repeat and let everything follow; whether there was room for it."""
        self._meter.begin()
        grown = self._grow(parent, seed) is not None
        self._reshaped(seed.definition)
        self._settle()
        return grown

    def remove(self, node: Leaf) -> None:
        """Remove an instance of a repeat and let everything follow."""
        self._meter.begin()
        self._tree.cut(node)
        self._reshaped(node.definition)
        self._settle()

    def _queue(self, trigger: Trigger) -> None:
        if trigger.order not in self._queued:
            self._queued.add(trigger.order)
            heappush(self._waiting, trigger.order)

    def _changed(self, node: Leaf) -> None:
        for trigger in node.definition.readers:
            self._queue(trigger)
        if node.definition.changes and self.listening and node not in self._fresh:
            self._acting.extend((action, node, True) for action in node.definition.changes)

    def _reshaped(self, definition: Definition) -> None:
        """The number of a repeat's instances has changed: for whoever reads it or what is in it."""
        self._tree.moved()
        self.shifts += 1
        for one in iterate(definition):
            for trigger in one.readers:
                self._queue(trigger)

    def _settle(self) -> None:
        """Work off what waits; set-value actions come when everything else is at rest."""
        rounds: dict[int, int] = {}
        acted = 0
        while self._waiting or (self._acting and acted < MAX_ACTIONS):
            if not self._waiting:
                acted += 1
                self._run(*self._acting.popleft())
                continue
            order = heappop(self._waiting)
            self._queued.discard(order)
            rounds[order] = rounds.get(order, 0) + 1
            if rounds[order] <= MAX_ROUNDS:
                self._work_out(self._form.triggers[order])
        self._acting.clear()
        self._fresh.clear()

    def _run(self, action: Action, node: Leaf, changed: bool) -> None:
        """Set an action's targets; those that are not relevant now only keep what a change means for them."""
        try:
            targets = action.targets(self._context(node))
        except EvaluationError:
            return
        for target in targets:
            if isinstance(target, Leaf) and (changed or target.relevant):
                try:
                    value = action.value(self._context(target))
                except EvaluationError:
                    value = ""
                if self._store(target, _kept(target.definition, value)):
                    self._changed(target)
                if not self.listening and target.definition.calculate is not None:
                    target.computed = None  # a first value gives way to what is worked out
                    for trigger in self._form.deciding(target.definition):
                        self._queue(trigger)

    def _work_out(self, trigger: Trigger) -> None:
        definition = trigger.definition
        if trigger.kind == "count":
            if definition.parent is not None:
                for parent in self._tree.nodes_of(definition.parent):
                    self._count(parent, definition)
            return
        for node in self._tree.nodes_of(definition):
            if trigger.kind == "relevant":
                own = self._relevant(node)
                if own is not node.own:
                    node.own = own
                    self._spread(node)
            elif trigger.kind == "choices":
                if self._choose(node):
                    self._changed(node)
            elif node.relevant:
                self._calculate(node)

    def _relevant(self, node: Leaf) -> bool:
        condition = node.definition.relevant
        try:
            return condition is None or condition(self._context(node))
        except EvaluationError:
            return False

    def _hide(self, node: Leaf) -> None:
        for one in node.leaves():
            one.relevant = False
            one.look()

    def _spread(self, node: Leaf) -> None:
        """Hand a change of relevance down, and to whoever reads what appears or vanishes."""
        parent = node.parent
        relevant = node.own and (not isinstance(parent, Leaf) or parent.relevant)
        if relevant is node.relevant:
            return
        node.relevant = relevant
        self.shifts += 1
        if node.look():
            self._changed(node)
        if node.definition.repeat is not None:
            self._changed(node)
        if relevant:
            node.computed = None  # it is worked out anew, whatever somebody has written there meanwhile
            for trigger in self._form.deciding(node.definition):
                self._queue(trigger)
        for attribute in node.bound.values():
            self._spread(attribute)
        for child in node.children():
            if isinstance(child, Leaf):
                self._spread(child)

    def _store(self, node: Leaf, value: str) -> bool:
        """Let a node hold a value; whether what is seen of it has changed."""
        before = node.seen
        node.store(value)
        self._choose(node)
        return node.seen != before

    def _choose_all(self) -> None:
        """Leave out what the form itself has chosen and does not offer."""
        for definition in self._form.steady_selects:
            for node in self._tree.nodes_of(definition):
                self._choose(node)

    def _choose(self, node: Leaf) -> bool:
        """Leave out chosen values that are no choices now; whether that changes what is seen."""
        control = node.definition.control
        if not node.stored or control is None or not control.chooses:
            return False
        node.available = self._available(node, control)
        return node.look()

    def _available(self, node: Leaf, control: Control) -> frozenset[str]:
        itemset = control.itemset
        known = self._form.kept_values.get(node.definition.ref)
        if known is not None:
            return known
        try:
            found = frozenset(one.value for one in control.items)
            found = found if itemset is None else itemset.values(self._context(node))
        except EvaluationError:
            return frozenset()
        if itemset is None or itemset.steady:
            self._form.kept_values[node.definition.ref] = found
        return found

    def _calculate(self, node: Leaf) -> None:
        calculate = node.definition.calculate
        if calculate is None:
            return
        try:
            value = _kept(node.definition, calculate(self._context(node)))
        except EvaluationError:
            value = ""
        if value != node.computed:
            node.computed = value
            if self._store(node, value):
                self._changed(node)

    def _count(self, parent: Leaf, definition: Definition) -> None:
        repeat = definition.repeat
        if repeat is None or repeat.count is None or repeat.template is None:
            return
        try:
            wanted = repeat.count(self._context(Leaf(definition, parent)))
        except EvaluationError:
            wanted = 0.0
        if wanted != wanted:
            return  # nobody has said how many yet, or not any more
        number = int(min(float(MAX_INSTANCES), wanted)) if wanted > 0 else 0
        instances = parent.kids[definition.name]
        if len(instances) == number:
            return
        while len(instances) > number:
            last = instances[-1]
            if isinstance(last, Leaf):
                self._tree.cut(last)
        while len(instances) < number:
            seed = self._tree.seed_of(parent, definition)
            if seed is None or self._grow(parent, seed) is None:
                break
        self._reshaped(definition)

    def _grow(self, parent: Leaf, seed: Seed) -> Leaf | None:
        """Add an instance of a repeat; what is in it waits to be worked out."""
        instance = self._tree.grow(parent, seed)
        if instance is None:
            return None
        for node in instance.leaves():
            self._fresh.add(node)
            node.relevant = isinstance(node.parent, Leaf) and node.parent.relevant
            node.look()
            self._choose(node)
            for trigger in self._form.deciding(node.definition):
                self._queue(trigger)
            for name in node.definition.repeating:  # of which there may be no instance yet
                for trigger in self._form.deciding(node.definition.children[name]):
                    self._queue(trigger)
        if self.listening:
            self._acting.extend((action, node, False) for action, node in self._born(instance))
        return instance

    def _born(self, instance: Leaf) -> Iterator[tuple[Action, Leaf]]:
        """The actions for a new instance of a repeat, with the nodes inside whose controls they belong to."""
        for action in self._form.actions:
            if "odk-new-repeat" in action.events:
                for node in instance.leaves():
                    if node.definition is action.origin:
                        yield action, node


def _kept(definition: Definition, text: str) -> str:
    """What is kept of a value that was worked out; of a moment the date, where a date is wanted."""
    return text[:10] if definition.data_type == "date" and text[10:11] == "T" else text
