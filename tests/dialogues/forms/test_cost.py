"""No questionnaire can make an answer cost more than a stated bound."""

import time
from xml.sax.saxutils import quoteattr

import pytest

from dialogues.forms import Form
from dialogues.forms.data_types import MAX_VALUE
from dialogues.forms.xpath.context import MAX_ALL_VISITS, MAX_VISITS
from tests.dialogues.forms.tables import interview, model


def seconds(of: Form, ref: str, value: str) -> float:
    resident = interview(of)
    begun = time.perf_counter()
    resident.answer(ref, value)
    return time.perf_counter() - begun


def test_a_text_that_doubles_itself_stops_growing() -> None:
    names = [f"d{number}" for number in range(60)]
    nodes = "".join(f"<{name}/>" for name in names)
    binds = "".join(
        f'<bind nodeset="/data/{name}" calculate="concat(/data/{before}, /data/{before})"/>'
        for before, name in zip(["a", *names], names, strict=False)
    )
    form = Form.parse(model(f"<data><a/>{nodes}</data>", binds, '<input ref="/data/a"/>'))
    assert seconds(form, "/data/a", "xx") < 10
    resident = interview(form)
    resident.answer("/data/a", "xx")
    assert max(len(value) for value in resident.values().values()) <= MAX_VALUE


def test_a_circle_comes_to_rest() -> None:
    binds = (
        '<bind nodeset="/data/a" calculate="/data/b + 1"/><bind nodeset="/data/b" calculate="/data/a + /data/c + 1"/>'
    )
    form = Form.parse(model("<data><a/><b/><c/></data>", binds, '<input ref="/data/c"/>'))
    assert form.cycles
    assert seconds(form, "/data/c", "1") < 5


def test_predicates_within_predicates_run_out_of_their_allowance() -> None:
    rows = "".join(f"<r><v>{number}</v></r>" for number in range(300))
    inner = "count(/data/r[v != ''])"
    for _ in range(4):
        inner = f"count(/data/r[{inner} &gt; 0])"
    form = Form.parse(
        model(
            f"<data>{rows}<q/><out/></data>",
            f'<bind nodeset="/data/out" calculate="concat(/data/q, {inner})"/>',
            '<input ref="/data/q"/><repeat nodeset="/data/r"/>',
        )
    )
    resident = interview(form)
    begun = time.perf_counter()
    resident.answer("/data/q", "x")
    assert time.perf_counter() - begun < 30
    assert resident.value("/data/out") == ""


def test_a_pattern_that_never_ends_elsewhere_ends_here() -> None:
    bind = """<bind nodeset="/data/q" constraint="regex(., '^(([a-z])+.)+[A-Z]([a-z])+$')"/>"""
    resident = interview(Form.parse(model("<data><q/></data>", bind, '<input ref="/data/q"/>')))
    resident.answer("/data/q", "a" * 5_000)
    begun = time.perf_counter()
    assert not resident.valid("/data/q")
    assert time.perf_counter() - begun < 20


ROWS = "<r><v>1</v></r>" * 1_000
TABLE = "<instance id='t'><root>" + "<item><a>1</a><b>2</b></item>" * 3_000 + "</root></instance>"
POINTS = "1 1;2 2;" * 6_000


def many(term: str) -> str:
    """As many of these as an expression may hold."""
    return "+".join([term] * (32_000 // (len(term) + 1)))


@pytest.mark.parametrize(
    ("calculation", "value"),
    [
        (many("string-length(translate('a',/data/a,/data/a))"), "x" * 49_000),
        (many("string-length(substring(/data/a,2))"), "x" * 49_000),
        (many("selected(/data/a,'z')"), "a " * 24_000),
        (many("number(/data/a)"), " " * 49_000),
        (many("string-length(format-date('2020-01-01',/data/a))"), "%Y" * 24_000),
        (many("regex(/data/a,'^(x+x+)+y$')"), "x" * 49_000),
        ('count(/data/r[regex("a", concat(/data/a, position(.)))])', "x{4000}"),
        ("count(/data/r[regex(/data/r/v, '(a|[a-z0-9])*$')])", "x"),
        (many("distance(/data/a)"), POINTS),
        (many("area(/data/a)"), POINTS),
        (many("geofence('1 1',/data/a)"), f"{POINTS}1 1"),
        (many("string-length(uuid(999))"), "x"),
        (many("sum(/data/r/v)"), "x"),
        (many("string-length(/data)"), "x"),
        (many("(/data = 'x')"), "x"),
        (many("string-length(instance('t')/root)"), "x"),
        (many("count(instance('t')/root/item[b != 3])"), "x"),
        (f"count(/data/r[{'+'.join(['1'] * 10_000)} > 0])", "x"),
        ("count(/data/r[position(.) > 0 and count(/data/r[position(.) > 1]) > 0])", "x"),
        (many("count(indexed-repeat(/data/r/v,/data/r,2))"), "x"),
        ("count(instance('t')/root/item[count(instance('t')/root/item[a='1'][b > current()/../a]) > 0])", "x"),
    ],
    ids=lambda one: one[:60],
)
def test_what_an_expression_does_is_counted(calculation: str, value: str) -> None:
    bind = f'<bind nodeset="/data/out" calculate={quoteattr(f"concat(/data/a, {calculation})")}/>'
    body = '<input ref="/data/a"/><repeat nodeset="/data/r"/>'
    form = Form.parse(model(f"<data><a/>{ROWS}<out/></data>", bind, body, TABLE))
    begun = time.process_time()
    resident = interview(form)
    resident.answer("/data/a", value)
    assert time.process_time() - begun < 10


def test_what_is_checked_between_two_answers_is_bounded_as_a_whole() -> None:
    names = [f"q{number}" for number in range(200)]
    costly = "count(/data/r[count(/data/r[v = 1]) = 0]) = 0"
    binds = "".join(f'<bind nodeset="/data/{name}" required="{costly}" readonly="{costly}"/>' for name in names)
    body = "".join(f'<input ref="/data/{name}"/>' for name in names) + '<repeat nodeset="/data/r"/>'
    form = Form.parse(model(f"<data>{ROWS}{''.join(f'<{name}/>' for name in names)}</data>", binds, body))
    resident = interview(form)
    begun = time.process_time()
    assert len(resident.asked()) >= len(names)
    assert not any(resident.required(f"/data/{name}") for name in names)
    assert time.process_time() - begun < 20
    assert resident.meter.left <= MAX_VISITS < MAX_ALL_VISITS


def test_a_row_of_minus_signs_is_read_at_once() -> None:
    bind = f'<bind nodeset="/data/b" calculate="/data/a - {"- " * 15_000}1"/>'
    begun = time.process_time()
    resident = interview(Form.parse(model("<data><a>1</a><b/></data>", bind, '<input ref="/data/a"/>')))
    assert time.process_time() - begun < 2
    assert resident.value("/data/b") == "0"


@pytest.mark.parametrize("what", ["jr:choice-name('h', '/data/a')", "jr:itext('t')"])
def test_texts_that_quote_themselves_come_to_an_end(what: str) -> None:
    quoted = quoteattr(what)
    towns = "<instance id='towns'><root><item><name>h</name><label>Hamm</label></item></root></instance>"
    said = f"<text id='t'><value>So <output value={quoted}/></value></text>"
    text = f"<itext><translation lang='de'>{said}</translation></itext>"
    filtered = quoteattr(f"instance('towns')/root/item[{what} != name]")
    body = (
        f"<select1 ref='/data/a'><label ref=\"jr:itext('t')\"/><itemset nodeset={filtered}><value ref='name'/>"
        "<label ref='label'/></itemset></select1>"
    )
    bind = f"<bind nodeset='/data/out' calculate={quoted}/>"
    resident = interview(Form.parse(model("<data><a/><out/></data>", text + bind, body, towns)))
    resident.answer("/data/a", "h")
    assert resident.label("/data/a", "de").startswith("So")
    assert len(resident.options("/data/a", "de")) <= 1


def test_choices_that_cannot_be_worked_out_are_none() -> None:
    body = (
        "<select1 ref='/data/a'><itemset nodeset=\"instance('towns')/root/item[decimal-date-time('x') = 1]\">"
        "<value ref='name'/><label ref='name'/></itemset></select1>"
    )
    towns = "<instance id='towns'><root><item><name>h</name></item></root></instance>"
    resident = interview(Form.parse(model("<data><a>h</a></data>", "", body, towns)))
    resident.answer("/data/a", "h")
    assert resident.value("/data/a") == ""
    assert not resident.offers("/data/a")
