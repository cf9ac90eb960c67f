"""Functions that decide which of their arguments are looked at."""

import math

from dialogues.forms.xpath.context import Context, Evaluate
from dialogues.forms.xpath.functions.registry import function
from dialogues.forms.xpath.values import Value, to_boolean, to_number


@function("if", "lazy lazy lazy", "any", section="#fn:if", in_context=True)
def conditional(context: Context, condition: Evaluate, then: Evaluate, otherwise: Evaluate) -> Value:
    """The second argument where the first is true, otherwise the third."""
    return then(context) if to_boolean(condition(context)) else otherwise(context)


@function("coalesce", "lazy lazy*", "string", section="#fn:coalesce", in_context=True)
def coalesce(context: Context, *candidates: Evaluate) -> str:
    """The first argument that is not empty; as in Collect there may be more than two."""
    return next((text for candidate in candidates if (text := context.text(candidate(context)))), "")


@function("once", "lazy", "any", section="#fn:once", in_context=True)
def once(context: Context, value: Evaluate) -> Value:
    """What the node already holds; evaluated only while it holds nothing."""
    return context.current.text() or value(context)


@function("checklist", "number number any*", "boolean", section="#fn:checklist")
def checklist(least: float, most: float, *answers: Value) -> bool:
    """Whether between ``least`` and ``most`` (-1: no limit) of the answers are true."""
    met = sum(to_boolean(answer) for answer in _spread(answers))
    return _within(float(met), least, most)


@function("weighted-checklist", "number number any*", "boolean", section="#fn:weighted-checklist")
def weighted_checklist(least: float, most: float, *pairs: Value) -> bool:
    """As ``checklist``, each answer counting with the weight behind it; or as many answers, and then their weights."""
    spread = _spread(pairs)
    if len(pairs) == 2 and all(isinstance(each, list) for each in pairs):
        half = len(_spread(pairs[:1]))
        spread = [each for pair in zip(spread[:half], spread[half:], strict=False) for each in pair]
    weight = math.fsum(
        to_number(heavy) for answer, heavy in zip(spread[::2], spread[1::2], strict=False) if to_boolean(answer)
    )
    return _within(weight, least, most)


def _spread(values: tuple[Value, ...]) -> list[Value]:
    spread: list[Value] = []
    for value in values:
        if isinstance(value, list):
            spread += [node.text() for node in value]
        else:
            spread.append(value)
    return spread


def _within(amount: float, least: float, most: float) -> bool:
    return (least < 0 or amount >= least) and (most < 0 or amount <= most)
