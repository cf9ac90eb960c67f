"""Functions on numbers: arithmetic, rounding, trigonometry, chance."""

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.functions.registry import function
from dialogues.forms.xpath.functions.strings import round_half_up
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.values import NAN, Value, collapse, string_to_number, to_number, to_text


@function("number", "any", "number", section="#fn:number")
def number(value: Value) -> float:
    """The value as a number; of a moment its day, as in the engines of the field, without the time of day."""
    result = to_number(value)
    is_moment = not isinstance(value, (float, bool)) and "T" in to_text(value) and math.isfinite(result)
    return float(math.floor(result)) if is_moment else result


@function("int", "number", "number", section="#fn:int")
def integer(value: float) -> float:
    """Without the fraction; what lies below 1e-15 stays as it is, since cutting is meant for answers."""
    if not math.isfinite(value) or 0 < abs(value) < 1e-15:
        return value
    return float(math.trunc(value))


@function("sum", "nodes", "number", section="#fn:sum")
def total(values: list[Node]) -> float:
    """The sum of the nodes' numbers; NaN if there are none, or one is no number."""
    return math.fsum(string_to_number(text) for text in collapse(values)) if values else NAN


@function("max", "any any*", "number", section="#fn:max")
def maximum(*values: Value) -> float:
    """The greatest of the arguments, of a node-set its greatest node; NaN if there is none or one is no number."""
    return _extreme(values, max)


@function("min", "any any*", "number", section="#fn:min")
def minimum(*values: Value) -> float:
    """The least of the arguments, of a node-set its least node; NaN if there is none or one is no number."""
    return _extreme(values, min)


def _extreme(values: tuple[Value, ...], choose: Callable[[list[float]], float]) -> float:
    numbers: list[float] = []
    for value in values:
        if isinstance(value, list):
            numbers += [string_to_number(text) for text in collapse(value)]
        else:
            numbers.append(to_number(value))
    if not numbers or any(one != one for one in numbers):
        return NAN
    return choose(numbers)


@function("round", "any number?", "number", section="#fn:round")
def rounded(value: Value, places: float = 0.0) -> float:
    """To so many decimal places (negative: tens, hundreds), halves upwards. A decimal comma is understood."""
    exact = string_to_number(value.replace(",", ".")) if isinstance(value, str) else to_number(value)
    if not math.isfinite(exact) or not math.isfinite(places):
        return exact
    if int(places) == 0:
        return math.copysign(round_half_up(exact), exact)
    if abs(places) > 300:
        return exact if places > 0 else 0.0
    unit = Decimal(1).scaleb(-int(places))
    steps = Decimal(repr(exact)) / unit
    return float((steps + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * unit)


@function("floor", "number", "number", section="#fn:floor")
def floor(value: float) -> float:
    """The next whole number below."""
    return float(math.floor(value)) if math.isfinite(value) else value


@function("ceiling", "number", "number", section="#fn:ceiling")
def ceiling(value: float) -> float:
    """The next whole number above."""
    return float(Decimal(repr(value)).to_integral_value(ROUND_CEILING)) if math.isfinite(value) else value


@function("pow", "number number", "number", section="#fn:pow")
def power(base: float, exponent: float) -> float:
    """The base to the power of the exponent."""
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if base == 0 else NAN
    return result


@function("abs", "number", "number", section="#fn:abs")
def absolute(value: float) -> float:
    """Without its sign."""
    return abs(value)


@function("sqrt", "number", "number", section="#fn:sqrt")
def square_root(value: float) -> float:
    """The square root; NaN below 0."""
    return math.sqrt(value) if value >= 0 else NAN


@function("log", "number", "number", section="#fn:log")
def natural_logarithm(value: float) -> float:
    """The natural logarithm."""
    return math.log(value) if value > 0 else (-math.inf if value == 0 else NAN)


@function("log10", "number", "number", section="#fn:log10")
def decimal_logarithm(value: float) -> float:
    """The logarithm to the base 10."""
    return math.log10(value) if value > 0 else (-math.inf if value == 0 else NAN)


@function("exp", "number", "number", section="#fn:exp")
def exponential(value: float) -> float:
    """e to that power."""
    return power(math.e, value)


@function("exp10", "number", "number", section="#fn:exp10")
def ten_to_the(value: float) -> float:
    """10 to that power."""
    return power(10.0, value)


@function("pi", "", "number", section="#fn:pi")
def pi() -> float:
    """The circle number."""
    return math.pi


@function("sin", "number", "number", section="#fn:sin")
def sine(angle: float) -> float:
    """The sine of an angle in radians."""
    return math.sin(angle) if math.isfinite(angle) else NAN


@function("cos", "number", "number", section="#fn:cos")
def cosine(angle: float) -> float:
    """The cosine of an angle in radians."""
    return math.cos(angle) if math.isfinite(angle) else NAN


@function("tan", "number", "number", section="#fn:tan")
def tangent(angle: float) -> float:
    """The tangent of an angle in radians."""
    return math.tan(angle) if math.isfinite(angle) else NAN


@function("asin", "number", "number", section="#fn:asin")
def arc_sine(value: float) -> float:
    """The angle in radians whose sine it is; NaN outside -1…1."""
    return math.asin(value) if -1 <= value <= 1 else NAN


@function("acos", "number", "number", section="#fn:acos")
def arc_cosine(value: float) -> float:
    """The angle in radians whose cosine it is; NaN outside -1…1."""
    return math.acos(value) if -1 <= value <= 1 else NAN


@function("atan", "number", "number", section="#fn:atan")
def arc_tangent(value: float) -> float:
    """The angle in radians whose tangent it is."""
    return math.atan(value)


@function("atan2", "number number", "number", section="#fn:atan2")
def arc_tangent_of(height: float, width: float) -> float:
    """The angle in radians of the point (width, height)."""
    return math.atan2(height, width)


@function("random", "", "number", section="#fn:random", in_context=True)
def chance(context: Context) -> float:
    """A number from 0 up to, not including, 1."""
    return context.surroundings.random.random()
