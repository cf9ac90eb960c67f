"""Turns the syntax tree of an expression into closures, once. Static types choose the cheapest conversion."""

import math
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from dialogues.forms.xpath.comparisons import comparison
from dialogues.forms.xpath.context import Context, Evaluate
from dialogues.forms.xpath.errors import EvaluationError, ExpressionError
from dialogues.forms.xpath.functions import FUNCTIONS
from dialogues.forms.xpath.grammar import parse
from dialogues.forms.xpath.lookups import Indexed, candidates, indexed
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.paths import compile_steps
from dialogues.forms.xpath.patterns import compile_pattern
from dialogues.forms.xpath.sources import Source
from dialogues.forms.xpath.syntax import Call, Chain, Expression, Filter, Literal, Negation, Path, size
from dialogues.forms.xpath.values import (
    NAN,
    Value,
    string_to_number,
    to_boolean,
    to_number,
)

_OF_A_VISIT = 4
"""Parts of an expression that are worked out in the time of a visit."""

_SHORT = 100
"""Characters of a text that a function is given for nothing; longer ones are counted."""

Typed: TypeAlias = tuple[str, Callable[[Context], Any]]
"""The static type (string, number, boolean, nodes, any) and the closure."""


def compile_text(text: str) -> Evaluate:
    """The closure of an expression as written.

    Raises:
        ExpressionError: it cannot be read, or calls an unknown function.
    """
    return compile_expression(parse(text))


def compile_expression(expression: Expression) -> Evaluate:
    """The closure of a syntax tree."""
    return _compile(expression)[1]


def compile_boolean(expression: Expression) -> Callable[[Context], bool]:
    """The closure that gives a boolean."""
    return _as_boolean(_compile(expression))


def compile_string(expression: Expression) -> Callable[[Context], str]:
    """The closure that gives a string."""
    return _as_string(_compile(expression))


def compile_number(expression: Expression) -> Callable[[Context], float]:
    """The closure that gives a number."""
    return _as_number(_compile(expression))


def compile_nodes(expression: Expression) -> Callable[[Context], list[Node]]:
    """The closure that gives nodes.

    Raises:
        ExpressionError: the expression gives something else.
    """
    return _as_nodes(_compile(expression))


def _compile(expression: Expression) -> Typed:
    if isinstance(expression, Path):
        return "nodes", _path(expression)
    if isinstance(expression, Literal):
        value = expression.value
        return ("number" if isinstance(value, float) else "string"), lambda _context: value
    if isinstance(expression, Chain):
        return _chain(expression)
    if isinstance(expression, Call):
        return _call(expression)
    if isinstance(expression, Negation):
        return "number", _negation(expression)
    return "nodes", _filter(expression)


def _path(path: Path) -> Callable[[Context], list[Node]]:
    wanted = indexed(path)
    return _walked(path) if wanted is None else _looked_up(wanted, path)


def _looked_up(wanted: Indexed, path: Path) -> Callable[[Context], list[Node]]:
    """The closure that finds rows by a field's value, and walks where they cannot be found so."""
    walked = _walked(path)
    find = candidates(wanted, _compile(wanted.value)[1])
    conditions = [predicate(one) for one in wanted.step.predicates[1 if wanted.whole else 0 :]]
    onwards = compile_steps(wanted.rest, predicate) if wanted.rest else None
    origin = compile_nodes(path.origin)  # type: ignore[arg-type]

    def looked_up(context: Context) -> list[Node]:
        tops = origin(context)
        if len(tops) != 1 or not isinstance(tops[0], Source):
            return walked(context)
        if not tops[0].lone(wanted.names[:-1]):
            return walked(context)
        nodes = find(context, tops[0])
        if nodes is None:
            return walked(context)
        context.spend(len(nodes) + 1)
        for keep in conditions:
            nodes = keep(context, nodes)
        return nodes if onwards is None else onwards(context, nodes)

    return looked_up


def _walked(path: Path) -> Callable[[Context], list[Node]]:
    steps = compile_steps(path.steps, predicate)
    if path.origin == "root":
        return lambda context: steps(context, [context.root])
    if path.origin == "here":
        return lambda context: steps(context, [context.node])
    if path.origin == "current":
        return lambda context: steps(context, [context.current])
    if isinstance(path.origin, str):
        raise ExpressionError(f"a path cannot begin at {path.origin}")
    origin = compile_nodes(path.origin)
    return lambda context: steps(context, origin(context))


def predicate(expression: Expression) -> Callable[[Context, list[Node]], list[Node]]:
    """The closure that keeps the nodes for which a predicate holds: a number is a place, anything else a condition."""
    kind, closure = _compile(expression)
    condition = None if kind in {"number", "any"} else _as_boolean((kind, closure))
    each = 1 + size(expression) // _OF_A_VISIT

    def keep(context: Context, candidates: list[Node]) -> list[Node]:
        inner = context.within()
        inner.size = len(candidates)
        context.spend(len(candidates) * each)
        kept: list[Node] = []
        for place, candidate in enumerate(candidates, 1):
            inner.node = candidate
            inner.place = place
            if condition is not None:
                if condition(inner):
                    kept.append(candidate)
                continue
            value = closure(inner)
            if value == place if isinstance(value, float) else to_boolean(value):
                kept.append(candidate)
        return kept

    return keep


def _filter(expression: Filter) -> Callable[[Context], list[Node]]:
    origin = compile_nodes(expression.origin)
    predicates = [predicate(one) for one in expression.predicates]

    def filtered(context: Context) -> list[Node]:
        nodes = origin(context)
        for keep in predicates:
            nodes = keep(context, nodes)
        return nodes

    return filtered


def _negation(expression: Negation) -> Callable[[Context], float]:
    operand = compile_number(expression.operand)
    return (lambda context: -operand(context)) if expression.count % 2 else operand


def _chain(chain: Chain) -> Typed:
    kind = chain.rest[0][0]
    if kind in {"or", "and"}:
        return "boolean", _junction(kind, [_as_boolean(_compile(one)) for one in _operands(chain)])
    if kind in _ARITHMETIC:
        return "number", _arithmetic(chain)
    if len(chain.rest) > MAX_COMPARISONS:
        raise ExpressionError(f"more than {MAX_COMPARISONS} comparisons stand in a row")
    left = _compile(chain.first)
    for sign, operand in chain.rest:
        left = "boolean", comparison(sign, left, _compile(operand))
    return left


def _operands(chain: Chain) -> list[Expression]:
    return [chain.first, *(operand for _, operand in chain.rest)]


def _junction(kind: str, operands: list[Callable[[Context], bool]]) -> Callable[[Context], bool]:
    if len(operands) == 2:
        left, right = operands
        if kind == "and":
            return lambda context: left(context) and right(context)
        return lambda context: left(context) or right(context)
    if kind == "and":
        return lambda context: all(operand(context) for operand in operands)
    return lambda context: any(operand(context) for operand in operands)


def _arithmetic(chain: Chain) -> Callable[[Context], float]:
    first = compile_number(chain.first)
    rest = [(_ARITHMETIC[sign], compile_number(operand)) for sign, operand in chain.rest]
    if len(rest) == 1:
        ((work_out, second),) = rest
        return lambda context: work_out(first(context), second(context))

    def worked_off(context: Context) -> float:
        result = first(context)
        for work_out, operand in rest:
            result = work_out(result, operand(context))
        return result

    return worked_off


def _divide(dividend: float, divisor: float) -> float:
    if divisor != 0.0:
        return dividend / divisor
    if dividend != dividend or dividend == 0.0 or divisor != divisor:
        return NAN
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def _remainder(dividend: float, divisor: float) -> float:
    if divisor == 0.0 or math.isinf(dividend):
        return NAN
    return math.fmod(dividend, divisor)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divide,
    "mod": _remainder,
}

MAX_COMPARISONS = 50
"""Comparisons in a row, ``a = b = c``."""


def _call(call: Call) -> Typed:
    known = FUNCTIONS.get(call.name)
    if known is None:
        raise ExpressionError(f"the function {call.name}() is not known")
    count = len(call.arguments)
    if not known.accepts(count):
        raise ExpressionError(f"{call.name}() does not take {count} arguments")
    if call.name == "regex" and isinstance(call.arguments[1], Literal):
        _check_pattern(str(call.arguments[1].value))
    arguments = [
        _COERCE[kind](_compile(argument)) for kind, argument in zip(known.kinds(count), call.arguments, strict=True)
    ]
    lazy = any(kind.startswith("lazy") for kind in known.takes)
    return known.gives, _invocation(known.call, arguments, in_context=known.in_context, lazy=lazy)


def _check_pattern(pattern: str) -> None:
    try:
        compile_pattern(pattern)
    except EvaluationError as error:
        raise ExpressionError(str(error)) from None


def _invocation(
    function: Callable[..., Any], arguments: list[Callable[[Context], Any]], *, in_context: bool, lazy: bool
) -> Callable[[Context], Any]:
    if lazy:
        return lambda context: function(context, *arguments)
    if in_context:
        return lambda context: function(context, *[argument(context) for argument in arguments])
    if not arguments:
        return lambda _context: function()
    if len(arguments) == 1:
        only = arguments[0]
        return lambda context: function(only(context))
    if len(arguments) == 2:
        first, second = arguments
        return lambda context: function(first(context), second(context))
    return lambda context: function(*[argument(context) for argument in arguments])


def _as_string(typed: Typed) -> Callable[[Context], str]:
    kind, closure = typed
    if kind == "string":
        return closure
    if kind == "nodes":

        def first_text(context: Context) -> str:
            nodes = closure(context)
            return nodes[0].text() if nodes else ""

        return first_text
    return lambda context: context.text(closure(context))


def _as_counted_string(typed: Typed) -> Callable[[Context], str]:
    """As a string that something is done with: a long one costs as much as it has characters."""
    read = _as_string(typed)

    def counted(context: Context) -> str:
        text = read(context)
        if len(text) > _SHORT:
            context.spend(len(text))
        return text

    return counted


def _as_number(typed: Typed) -> Callable[[Context], float]:
    kind, closure = typed
    if kind == "number":
        return closure
    if kind == "string":
        return lambda context: string_to_number(closure(context))
    return lambda context: to_number(closure(context))


def _as_boolean(typed: Typed) -> Callable[[Context], bool]:
    kind, closure = typed
    if kind == "boolean":
        return closure
    return lambda context: to_boolean(closure(context))


def _as_nodes(typed: Typed) -> Callable[[Context], list[Node]]:
    kind, closure = typed
    if kind == "nodes":
        return closure
    if kind != "any":
        raise ExpressionError(f"a {kind} stands where a path is needed")

    def checked(context: Context) -> list[Node]:
        value = closure(context)
        if not isinstance(value, list):
            raise EvaluationError("a value stands where a path is needed")
        return value

    return checked


def _as_any(typed: Typed) -> Callable[[Context], Value]:
    return typed[1]


_COERCE: dict[str, Callable[[Typed], Callable[[Context], Any]]] = {
    "string": _as_counted_string,
    "number": _as_number,
    "boolean": _as_boolean,
    "nodes": _as_nodes,
    "any": _as_any,
    "lazy": _as_any,
}
