"""Questionnaires put together at random: groups and repeats within each other, rules that look at what lies around."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

COLUMNS = (
    "type",
    "name",
    "label",
    "relevant",
    "constraint",
    "required",
    "calculation",
    "choice_filter",
    "repeat_count",
)
CHOICES = """| choices |
| | list_name | name | label | part |
| | town | h | Hamm | |
| | town | u | Unna | |
| | street | elm | Elm | h |
| | street | oak | Oak | u |
"""
WORDS = (
    "",
    "h",
    "u",
    "elm",
    "h u",
    "u h",
    "1",
    "2",
    "3",
    "-4",
    "2.5",
    "2026-11-25",
    "10:30",
    "52 7",
    "x y",
    "<&>",
    "\u202e",
    "é",
)

_KINDS = (
    "text", "integer", "decimal", "date", "select_one town", "select_multiple town", "select_one street",
    "calculate", "note", "begin_group", "begin_repeat", "rank town", "range", "time", "acknowledge",
)  # fmt: skip


@dataclass
class _Sheet:
    rows: list[dict[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Of what has come so far and may be looked at: only that, so that nothing goes in a circle."""

    def new(self) -> str:
        return f"n{len(self.rows)}"


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A questionnaire as a Markdown table. Only what comes earlier is looked at, so most of them are taken."""
    sheet = _Sheet()
    _fill(draw, sheet, depth=0, most=draw(st.integers(1, 9)))
    lines = "".join(f"| | {' | '.join(row.get(column, '') for column in COLUMNS)} |\n" for row in sheet.rows)
    return f"| survey |\n| | {' | '.join(COLUMNS)} |\n{lines}{CHOICES}"


def _fill(draw: st.DrawFn, sheet: _Sheet, *, depth: int, most: int) -> None:
    for _ in range(most):
        kind = draw(st.sampled_from(_KINDS))
        if kind.startswith("begin"):
            if depth < 3:
                _contain(draw, sheet, kind, depth)
            continue
        name = sheet.new()
        row = {
            "type": kind,
            "name": name,
            "label": f"{name} {_mention(draw, sheet)}".strip(),
            "relevant": _rule(draw, sheet),
        }
        if kind == "calculate":
            row["calculation"] = _value(draw, sheet)
        elif kind == "select_one street":
            row["choice_filter"] = f"part = {_mention(draw, sheet)}" if sheet.names else ""
        elif kind != "note":
            row["required"] = draw(st.sampled_from(["", "yes"]))
            row["constraint"] = draw(st.sampled_from(["", ". != 'x y'", "string-length(.) < 4"]))
        sheet.rows.append(row)
        if kind != "note":
            sheet.names.append(name)


def _contain(draw: st.DrawFn, sheet: _Sheet, kind: str, depth: int) -> None:
    name = sheet.new()
    row = {"type": kind, "name": name, "label": name, "relevant": _rule(draw, sheet)}
    if kind == "begin_repeat" and draw(st.booleans()):
        row["repeat_count"] = _mention(draw, sheet) or "2"
    sheet.rows.append(row)
    _fill(draw, sheet, depth=depth + 1, most=draw(st.integers(1, 4)))
    sheet.rows.append({"type": kind.replace("begin", "end")})


def _mention(draw: st.DrawFn, sheet: _Sheet) -> str:
    return f"${{{draw(st.sampled_from(sheet.names))}}}" if sheet.names and draw(st.sampled_from([True, False])) else ""


def _rule(draw: st.DrawFn, sheet: _Sheet) -> str:
    there = _mention(draw, sheet)
    rules = [
        "{} = 'h'",
        "selected({}, 'u')",
        "{} > 1",
        "{} != ''",
        "not({} = '')",
        "count({}) > 1",
        "position(..) = 1 or {} = 2",
    ]
    return draw(st.sampled_from(rules)).format(there) if there else ""


def _value(draw: st.DrawFn, sheet: _Sheet) -> str:
    there = _mention(draw, sheet)
    values = [
        "concat({}, '!')",
        "count({})",
        "sum({})",
        "once({})",
        "{} + 1",
        "join(' ', {})",
        "if({} = 'h', 1, '')",
        "position(..)",
    ]
    return draw(st.sampled_from(values)).format(there) if there else "1 + 1"


moves = st.lists(
    st.tuples(
        st.sampled_from(["answer"] * 8 + ["add", "remove", "switch"]), st.integers(0, 40), st.sampled_from(WORDS)
    ),
    max_size=14,
)
"""What somebody does: with which of the questions or repeats at hand, counted on from the first; and what is said."""
