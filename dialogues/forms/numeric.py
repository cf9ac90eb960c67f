"""Which nodes of a form hold a number, whatever is answered: questions for one, and calculations that always give one.

Static: it looks at types and expressions, never at answers. A text that only looks like a number (a code, a date, what
stands in a file) is none: who reads it is to find it as it was written.
"""

from collections.abc import Iterable, Mapping

from dialogues.forms.definition import Definition, Trigger
from dialogues.forms.dependencies import led_to
from dialogues.forms.expressions import syntax
from dialogues.forms.xpath.functions import FUNCTIONS
from dialogues.forms.xpath.syntax import Call, Chain, Expression, Literal, Negation, Path

_TYPES = frozenset({"int", "integer", "decimal"})
_ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})
_BRANCHES = {"if": 1, "coalesce": 0, "once": 0}
"""Functions that give one of their arguments, and the first of those that they may give."""


def mark_numbers(
    root: Definition,
    definitions: Iterable[Definition],
    triggers: Iterable[Trigger],
    texts: Mapping[tuple[str, str], str],
) -> None:
    """Say of each definition whether it holds a number.

    Args:
        root: of the form.
        definitions: all of them.
        triggers: in the order in which each comes after what it reads.
        texts: the expressions by ref and place.
    """
    for each in definitions:
        each.numeric = each.data_type in _TYPES
    for trigger in triggers:
        definition = trigger.definition
        if trigger.kind == "calculate" and _only_calculated(definition):
            tree = syntax(texts.get((definition.ref, "calculate"), ""))
            definition.numeric = tree is not None and _gives(tree, definition, root) is True


def _only_calculated(definition: Definition) -> bool:
    """Whether a text without another type holds what is calculated and nothing that people write over it."""
    return definition.data_type == "string" and (definition.control is None or definition.fixed_readonly is True)


def _gives(expression: Expression, at: Definition, root: Definition) -> bool | None:
    """Whether an expression gives a number; None: it gives nothing."""
    if isinstance(expression, Literal):
        return None if expression.value == "" else isinstance(expression.value, float)
    if isinstance(expression, Chain):
        return all(sign in _ARITHMETIC for sign, _ in expression.rest)
    if isinstance(expression, Path):
        reached = led_to(expression, at, root)
        return bool(reached) and all(each.numeric for each in reached)
    if isinstance(expression, Call):
        if expression.name in _BRANCHES:
            given = {_gives(each, at, root) for each in expression.arguments[_BRANCHES[expression.name] :]}
            return None if given == {None} else False not in given
        function = FUNCTIONS.get(expression.name)
        return function is not None and function.gives == "number"
    return isinstance(expression, Negation)
