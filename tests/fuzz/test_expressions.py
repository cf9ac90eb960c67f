"""Whatever stands in a questionnaire's expressions: it is refused, or gives a value, soon, to whatever is answered."""

from xml.sax.saxutils import quoteattr

from hypothesis import given
from hypothesis import strategies as st

from dialogues.forms import Form, FormError, Instance
from dialogues.forms.xpath.compiler import compile_text
from dialogues.forms.xpath.errors import ExpressionError
from tests.dialogues.forms.tables import interview, model
from tests.fuzz.expressions import broken, expressions
from tests.fuzz.trying import bounded, tries

NODES = (
    "<data version='1'><a>b</a><word/><number>3</number><town>h</town><wishes>tree bench</wishes><day>2026-11-25</day>"
    "<place>52 7 0 0</place><child><name>Ada</name><age>36</age><inner><a/></inner></child>"
    "<child><name>Eva</name><age/><inner><a>x</a></inner><inner><a/></inner></child><out/><shown/></data>"
)
TOWNS = (
    "<instance id='towns'><root><item><name>h</name><label>Hamm</label></item>"
    "<item><name>u</name><label>Unna</label></item></root></instance>"
)
ANSWERS = (
    ("word", "tree"),
    ("word", "x" * 5_000),
    ("number", "-7"),
    ("number", ""),
    ("town", "u"),
    ("day", "2027-01-01"),
)
PLACES = ("calculate", "relevant", "constraint", "required", "readonly")


def form_with(expression: str) -> Form:
    """A form with the expression in every place where one may stand."""
    quoted = quoteattr(expression)
    binds = "".join(f'<bind nodeset="/data/out" {place}={quoted}/>' for place in PLACES[:1])
    binds += f'<bind nodeset="/data/shown" {" ".join(f"{place}={quoted}" for place in PLACES[1:])}/>'
    binds += f'<setvalue event="odk-instance-first-load" ref="/data/a" value={quoted}/>'
    body = "".join(f'<input ref="/data/{name}"/>' for name in ("a", "word", "number", "day", "place", "out"))
    body += f'<input ref="/data/shown"><label>So <output value={quoted}/></label></input>'
    body += f'<select1 ref="/data/town"><itemset nodeset="instance(\'towns\')/root/item[{_attribute(expression)}]">'
    body += '<value ref="name"/><label ref="label"/></itemset></select1>'
    body += '<group ref="/data/child"><repeat nodeset="/data/child"><input ref="/data/child/name"/></repeat></group>'
    return Form.parse(model(NODES, binds, body, TOWNS))


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def use(resident: Instance) -> None:
    """Look at everything there is."""
    for question in resident.asked():
        for read in (resident.relevant, resident.required, resident.readonly, resident.valid, resident.value):
            read(question.ref)
        resident.label(question.ref, "en")
        if question.kind == "select_one":
            resident.options(question.ref, "en")
    assert all(isinstance(value, str) for value in resident.values().values())


def try_out(expression: str) -> None:
    try:
        form = form_with(expression)
    except FormError:
        return
    resident = interview(form)
    for name, value in ANSWERS:
        resident.answer(f"/data/{name}", value)
        use(resident)
    again = interview(form, resident.values())
    use(again)


@tries(250)
@given(expressions)
def test_an_expression_of_anything_is_answered_or_refused(expression: str) -> None:
    with bounded():
        try_out(expression)


@tries(250)
@given(broken)
def test_a_broken_expression_is_answered_or_refused(expression: str) -> None:
    with bounded():
        try_out("".join(letter for letter in expression if letter.isprintable()))


@tries(300)
@given(broken | st.text(max_size=60))
def test_any_text_is_an_expression_or_none(text: str) -> None:
    with bounded():
        try:
            compile_text(text)
        except ExpressionError:
            return
