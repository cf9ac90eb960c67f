"""Expressions as nobody writes them: every function with arguments of every type, over a form with all there is."""

from hypothesis import strategies as st

from dialogues.forms.xpath.functions import FUNCTIONS

SEEDS = (
    "selected( /data/wishes , 'tree') and not(selected( ../a , 'b'))",
    "if(/data/number > 3, concat(/data/word, ' ', ../a), 'none')",
    "regex(., '^[0-9]{5}$') or string-length(.) = 0",
    "instance('towns')/root/item[name = /data/word]/label",
    "sum(/data/child/age) div count(/data/child[age != ''])",
    "format-date(/data/day, '%e %b %Y') = format-date-time(now(), '%Y-%m-%d')",
    "indexed-repeat(/data/child/name, /data/child, position(..) - 1)",
    "coalesce(/data/word, jr:choice-name(/data/town, ' /data/town '))",
    "int((today() - date(/data/day)) div 365.25) >= 16",
    "once(uuid(8)) != '' and decimal-date-time('2026-11-25T10:00:00Z') mod 1 < .5",
    "randomize(instance('towns')/root/item[label != current()/../word], 42)",
    "distance(/data/place) < 10 * pow(2, round(/data/number, 1))",
    "join(', ', /data/child[position() > 1]/name, substr(/data/word, -2))",
)
"""What questionnaires really hold, for taking apart."""

_TEXTS = (
    "", " ", "yes", "tree bench", "-1", "0", "1e5", "NaN", "9" * 400, "2026-11-25", "2026-02-30", "0000-00-00",
    "9999-12-31T23:59:59.999+14:00", "10:30", "52.5 7.5 0 0", "0 0;0 1;1 1;0 0", "91 181", "%Y-%m-%d", "%", "%%Q",
    "towns", "nothing", "/data/town", "../a", "^(a|a)*$", "[", "(x{9}){9}", "SHA-256", "MD5", "hex", "QUJD",
    "x" * 3_000, "\u202e\u0661", "\U0001f333", "é" * 40, "label", "name", "@version",
)  # fmt: skip
"""Texts that some function has an opinion about."""

_quoted = st.sampled_from(_TEXTS).map(lambda text: f"'{text}'")
_numbers = st.sampled_from(
    ["0", "1", "2", "-1", ".5", "1000000", "0.1", "99999999999999999999", "1 div 0", "-1 div 0", "0 div 0"]
)
_names = st.sampled_from(
    ["a", "word", "number", "town", "wishes", "day", "place", "child", "name", "age", "inner", "none"]
)
_starts = st.sampled_from(
    ["/data", "/data/child", "..", ".", "current()", "current()/..", "instance('towns')/root/item", "../..", "*"]
)


def _arguments(kind: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    likely = {
        "string": _quoted | paths(inner),
        "number": _numbers | paths(inner),
        "nodes": paths(inner),
    }.get(kind, inner)
    return st.one_of(likely, inner)


@st.composite
def _calls(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    function = draw(st.sampled_from(sorted(FUNCTIONS)))
    known = FUNCTIONS[function]
    count = draw(st.integers(0, 5))
    if not known.accepts(count):
        count = next(number for number in range(8) if known.accepts(number))
    return f"{function}({', '.join(draw(_arguments(kind, inner)) for kind in known.kinds(count))})"


@st.composite
def paths(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """A path, now and then with a condition that holds anything."""
    text = draw(_starts)
    for _ in range(draw(st.integers(0, 3))):
        text += f"/{draw(_names | st.sampled_from(['..', '*', '.', '@version']))}"
        if not text.endswith(".") and draw(st.integers(0, 4)) == 0:
            text += f"[{draw(inner)}]"
    return text


_operators = st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or"])

expressions: st.SearchStrategy[str] = st.recursive(
    _quoted | _numbers | st.builds("/".join, st.tuples(st.just("/data"), _names)),
    lambda inner: st.one_of(
        _calls(inner),
        _calls(inner),
        paths(inner),
        st.tuples(inner, _operators, inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda one: f"-{one}"),
    ),
    max_leaves=12,
)


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[str], pieces: st.SearchStrategy[str]) -> str:
    """A text in which parts are missing, doubled, or replaced by something else."""
    text = draw(texts)
    for _ in range(draw(st.integers(1, 4))):
        begin, length = draw(st.integers(0, len(text))), draw(st.integers(0, 8))
        put = draw(st.one_of(st.just(""), pieces, st.just(text[begin : begin + length] * 2)))
        text = text[:begin] + put + text[begin + length :]
    return text


broken = mutated(
    st.sampled_from(SEEDS) | expressions,
    st.sampled_from(
        ["(", ")", "[", "]", "'", '"', "/", "//", "..", "@", "::", "*", "-", "div", "1", "$", "\0", "\u0660", ","]
    )
    | st.text(max_size=3),
)
