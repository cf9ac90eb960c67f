"""Reads the text of an expression into its syntax tree. Knows nothing of forms.

The grammar is that part of XPath 1.0 which the ODK XForms specification takes over: no unions, no ``//``, and no other
axes than child, parent, self and attribute (what JavaRosa refuses is refused: it would not run in the field).

Chains of one precedence stay flat, so that depth comes from brackets alone and can be bounded before anything recurses.
"""

from functools import lru_cache
from typing import Any

from lark import Lark, LarkError, Token, Transformer

from dialogues.forms.xpath.errors import ExpressionError
from dialogues.forms.xpath.syntax import (
    PARENT,
    Call,
    Chain,
    Expression,
    Filter,
    Literal,
    Negation,
    Path,
    Step,
)

MAX_LENGTH = 32_767
"""Characters of one expression: what a spreadsheet cell holds."""

MAX_DEPTH = 60
"""Brackets within brackets; evaluation recurses a few Python frames for each."""

_GRAMMAR = r"""
start: or_expr
?or_expr: and_expr (OR and_expr)*
?and_expr: equality (AND equality)*
?equality: relational (EQUALITY relational)*
?relational: additive (RELATION additive)*
?additive: multiplicative ((PLUS | MINUS) multiplicative)*
?multiplicative: unary ((STAR | DIV | MOD) unary)*
?unary: path | NEGATIONS path -> negation

?path: ROOT -> root
     | "/" relative -> absolute
     | relative -> from_here
     | primary
     | called
     | called "/" relative -> from_call
?primary: "(" or_expr ")" | STRING -> string | NUMBER -> number
?called: call | call predicate+ -> filtered
call: FUNCTION "(" [or_expr ("," or_expr)*] ")"

relative: step ("/" step)*
step: "." -> self_step
    | ".." -> parent_step
    | "@" test predicate* -> attribute_step
    | test predicate* -> child_step
    | AXIS "::" test predicate* -> axis_step
test: NAME -> name_test | STAR -> any_test | NODE_TYPE "(" ")" -> type_test
predicate: "[" or_expr "]"

OR: /or(?![^\W\d]|[.\-])/
AND: /and(?![^\W\d]|[.\-])/
DIV: /div(?![^\W\d]|[.\-])/
MOD: /mod(?![^\W\d]|[.\-])/
EQUALITY: /!=|=/
RELATION: /<=|>=|<|>/
PLUS: "+"
MINUS: "-"
NEGATIONS: /-(?:\s*-)*/
STAR: "*"
ROOT.3: /\/(?!\s*[\w*.@\/])/
STRING: /"[^"]*"|'[^']*'/
NUMBER: /[0-9]+(\.[0-9]*)?|\.[0-9]+/
NODE_TYPE.4: /(node|text|comment|processing-instruction)(?=\s*\()/
AXIS.4: /[a-z\-]+(?=\s*::)/
FUNCTION.3: /[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?(?=\s*\()/
NAME.1: /[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?/

%import common.WS
%ignore WS
"""

_AXES = frozenset({"child", "parent", "self", "attribute"})


class _Builder(Transformer[Token, Any]):
    """Turns what the parser recognises into the syntax tree, from the leaves up."""

    def start(self, items: list[Any]) -> Expression:
        return items[0]  # type: ignore[no-any-return]

    def or_expr(self, items: list[Any]) -> Expression:
        return Chain(items[0], tuple(zip(map(str, items[1::2]), items[2::2], strict=True)))

    and_expr = equality = relational = additive = multiplicative = or_expr

    def negation(self, items: list[Any]) -> Expression:
        return Negation(items[0].count("-"), items[1])

    def root(self, _items: list[Any]) -> Expression:
        return Path("root", ())

    def absolute(self, items: list[Any]) -> Expression:
        return Path("root", items[0])

    def from_here(self, items: list[Any]) -> Expression:
        return Path("here", items[0])

    def from_call(self, items: list[Any]) -> Expression:
        origin, steps = items
        return Path("current" if origin == Call("current", ()) else origin, steps)

    def filtered(self, items: list[Any]) -> Expression:
        return Filter(items[0], tuple(items[1:]))

    def string(self, items: list[Any]) -> Expression:
        return Literal(str(items[0])[1:-1])

    def number(self, items: list[Any]) -> Expression:
        return Literal(float(items[0]))

    def call(self, items: list[Any]) -> Expression:
        return Call(str(items[0]), tuple(item for item in items[1:] if item is not None))

    def relative(self, items: list[Any]) -> tuple[Step, ...]:
        return tuple(items)

    def self_step(self, _items: list[Any]) -> Step:
        return Step("self", "node()")

    def parent_step(self, _items: list[Any]) -> Step:
        return PARENT

    def attribute_step(self, items: list[Any]) -> Step:
        return Step("attribute", items[0], tuple(items[1:]))

    def child_step(self, items: list[Any]) -> Step:
        return Step("child", items[0], tuple(items[1:]))

    def axis_step(self, items: list[Any]) -> Step:
        axis = str(items[0])
        if axis not in _AXES:
            raise ExpressionError(f"the axis {axis}:: is not supported")
        return Step(axis, items[1], tuple(items[2:]))

    def name_test(self, items: list[Any]) -> str:
        return str(items[0])

    def any_test(self, _items: list[Any]) -> str:
        return "*"

    def type_test(self, items: list[Any]) -> str:
        if items[0] != "node":
            raise ExpressionError(f"{items[0]}() is not supported in a path")
        return "node()"

    def predicate(self, items: list[Any]) -> Expression:
        return items[0]  # type: ignore[no-any-return]


_parser = Lark(_GRAMMAR, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


def _check_bounds(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters")
    depth = 0
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([":
            depth += 1
            if depth > MAX_DEPTH:
                raise ExpressionError(f"the expression has more than {MAX_DEPTH} brackets within brackets")
        elif character in ")]":
            depth -= 1


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The syntax tree of ``text``.

    Raises:
        ExpressionError: it is not an expression, or longer or deeper than the bounds.
    """
    _check_bounds(text)
    try:
        return _parser.parse(text)  # type: ignore[return-value]
    except LarkError as error:
        cause = error.__context__
        if isinstance(cause, ExpressionError):
            raise cause from None
        raise ExpressionError(f"not an expression: {_excerpt(text)}") from None


def _excerpt(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= 120 else shown[:119] + "…"
