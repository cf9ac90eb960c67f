"""Works out, once for a form, what each expression reads, and from that the order in which things are worked out.

Static: it looks at definitions, never at answers. What it cannot know (a predicate's outcome) it takes as read.
"""

from collections.abc import Iterable, Iterator

from dialogues.forms.definition import Definition, Trigger
from dialogues.forms.xpath.syntax import Call, Chain, Expression, Filter, Negation, Path, Step


def read_by(expression: Expression, at: Definition, root: Definition) -> dict[str, Definition]:
    """The definitions whose value or number an expression at a node reads, by ref."""
    found: dict[str, Definition] = {}
    _look(expression, (at,), at, root, found)
    return found


def led_to(path: Path, at: Definition, root: Definition) -> tuple[Definition, ...]:
    """The definitions that a path at a node leads to."""
    return _walk(path, (at,), at, root, {})


def _look(
    expression: Expression,
    here: tuple[Definition, ...],
    current: Definition,
    root: Definition,
    found: dict[str, Definition],
) -> tuple[Definition, ...]:
    """Collect what is read, and return what the expression itself leads to."""
    if isinstance(expression, Path):
        return _walk(expression, here, current, root, found)
    if isinstance(expression, Filter):
        reached = _look(expression.origin, here, current, root, found)
        for predicate in expression.predicates:
            _look(predicate, reached, current, root, found)
        return reached
    if isinstance(expression, Call):
        if expression.name == "position" and not expression.arguments:
            found.update((one.ref, one) for one in here)
        if expression.name == "once":
            found[current.ref] = current
        valued = expression.name not in _OF_PLACES
        ends = [
            _walk(one, here, current, root, found, valued=valued)
            if isinstance(one, Path)
            else _look(one, here, current, root, found)
            for one in expression.arguments
        ]
        return tuple(one for end in ends for one in end) if expression.name in _PASSING else ()
    if isinstance(expression, Chain):
        for operand in (expression.first, *(one for _, one in expression.rest)):
            _look(operand, here, current, root, found)
    elif isinstance(expression, Negation):
        _look(expression.operand, here, current, root, found)
    return ()


_PASSING = frozenset({"randomize", "indexed-repeat", "current", "if"})
"""Functions that may give nodes they were given."""

_OF_PLACES = frozenset({"position", "count", "name", "local-name"})
"""Functions that look whether nodes are there, not at what they hold."""


def depending_on(read: Iterable[Definition]) -> set[str]:
    """The refs of all that is worked out from these, or asked because of them, at once or by way of others."""
    found: set[str] = set()
    ahead = list(read)
    while ahead:
        for trigger in ahead.pop().readers:
            inside = [each for each in _within(trigger.definition) if each.ref not in found]
            found |= {each.ref for each in inside}
            ahead += inside
    return found


def _walk(
    path: Path,
    here: tuple[Definition, ...],
    current: Definition,
    root: Definition,
    found: dict[str, Definition],
    *,
    valued: bool = True,
) -> tuple[Definition, ...]:
    steps = path.steps
    if path.origin == "root":
        places: tuple[Definition, ...] = ()
        if steps and steps[0].axis == "child" and steps[0].test in {root.name, "*"}:
            places = (root,)
        steps = steps[1:]
    elif path.origin == "here":
        places = here
    elif path.origin == "current":
        places = (current,)
    elif isinstance(path.origin, str):
        places = ()
    else:
        places = _look(path.origin, here, current, root, found)
    for step in steps:
        places = tuple({one.ref: one for one in _move(step, places)}.values())
        found.update((one.ref, one) for one in places if one.repeat is not None)
        for predicate in step.predicates:
            _look(predicate, places, current, root, found)
    if valued:
        found.update((one.ref, one) for one in places)
    return places


def _move(step: Step, places: Iterable[Definition]) -> Iterator[Definition]:
    for place in places:
        if step.axis == "child":
            reached: Iterable[Definition] = place.children.values()
        elif step.axis == "parent":
            reached = () if place.parent is None else (place.parent,)
        elif step.axis == "self":
            reached = (place,)
        else:
            reached = place.bound.values()
        yield from (one for one in reached if step.test in {"*", "node()", one.name.removeprefix("@")})


def _within(place: Definition) -> Iterator[Definition]:
    yield place
    for child in (*place.bound.values(), *place.children.values()):
        yield from _within(child)


def order(
    wanted: list[tuple[str, Definition, dict[str, Definition]]],
) -> tuple[list[Trigger], list[tuple[str, ...]]]:
    """The triggers in an order in which each comes after what it reads, and the cycles that stand against one.

    A repeat whose count depends on its own instances ("one more as long as the last one says so") is no such cycle.

    Args:
        wanted: kind, definition and what its expression reads, in document order.
    """
    places = {(kind, definition.ref): number for number, (kind, definition, _) in enumerate(wanted)}
    before = [sorted(_before(kind, definition, reads, places)) for kind, definition, reads in wanted]
    sequence, cycles = _sorted(before)
    triggers = [Trigger(number, kind, definition) for number, (kind, definition, _) in enumerate(wanted)]
    for rank, number in enumerate(sequence):
        kind, definition, _ = wanted[number]
        triggers[number] = Trigger(rank, kind, definition)
    for trigger, (_, _, reads) in zip(triggers, wanted, strict=True):
        for read in reads.values():
            read.readers = (*read.readers, trigger)
    named = [
        tuple(wanted[number][1].ref for number in cycle)
        for cycle in cycles
        if not any(wanted[number][0] == "count" for number in cycle)
    ]
    return sorted(triggers, key=lambda trigger: trigger.order), named


def _before(
    kind: str, definition: Definition, reads: dict[str, Definition], places: dict[tuple[str, str], int]
) -> set[int]:
    found: set[int] = set()
    for read in reads.values():
        for one in _within(read) if read.children and read.repeat is None else (read,):
            found |= _deciders(one, places, own=True)
    found |= _deciders(definition, places, own=False)
    found.discard(places[kind, definition.ref])
    return found


def _deciders(definition: Definition, places: dict[tuple[str, str], int], *, own: bool) -> set[int]:
    """The triggers that decide what is seen of a node: its calculation, and relevance and number of all around it."""
    found: set[int] = set()
    if own:
        found |= {places[kind, definition.ref] for kind in ("calculate", "choices") if (kind, definition.ref) in places}
    here: Definition | None = definition
    while here is not None:
        for kind in ("relevant", "count"):
            if (kind, here.ref) in places and (own or here is not definition or kind == "relevant"):
                found.add(places[kind, here.ref])
        here = here.parent
    return found


def _sorted(before: list[list[int]]) -> tuple[list[int], list[list[int]]]:
    """Depth first, without recursion; a cycle is reported and cut where it closes."""
    state = [0] * len(before)
    sequence: list[int] = []
    cycles: list[list[int]] = []
    for start in range(len(before)):
        if state[start]:
            continue
        trail = [(start, iter(before[start]))]
        state[start] = 1
        while trail:
            number, rest = trail[-1]
            following = next(rest, None)
            if following is None:
                trail.pop()
                state[number] = 2
                sequence.append(number)
            elif state[following] == 0:
                state[following] = 1
                trail.append((following, iter(before[following])))
            elif state[following] == 1:
                on_trail = [one for one, _ in trail]
                cycles.append(on_trail[on_trail.index(following) :])
    return sequence, cycles
