"""Whatever the questionnaire, whatever is answered: the instance is at rest, and stored values give it again."""

from contextlib import suppress

from hypothesis import assume, given
from hypothesis import strategies as st

from dialogues.forms import Form, FormError, Instance, compile_xlsform
from tests.dialogues.forms.tables import interview, model
from tests.fuzz.expressions import mutated
from tests.fuzz.forms import WORDS, moves, tables
from tests.fuzz.trying import bounded, tries


def compiled(table: str) -> Form | None:
    """None if it is refused."""
    try:
        return compile_xlsform(table.encode(), "md", name="x").form
    except FormError:
        return None


def move(resident: Instance, what: str, place: int, word: str) -> None:
    """Do something that may be possible now."""
    asked = [one.ref for one in resident.asked() if one.kind != "repeat"]
    repeats = [one.ref for one in resident.asked() if one.kind == "repeat"]
    if what == "answer" and asked:
        resident.answer(asked[place % len(asked)], word)
    elif what == "switch":
        resident.switch(word)
    elif repeats:
        ref = repeats[place % len(repeats)]
        if what == "add":
            with suppress(ValueError):
                resident.add(ref)
        elif what == "remove" and resident.count(ref):
            resident.remove(f"{ref}[{place % resident.count(ref) + 1}]")


def state(resident: Instance) -> list[object]:
    return [resident.snapshot(), resident.values(), resident.submission(), resident.asked()]


@tries(100)
@given(tables(), moves)
def test_stored_values_give_the_same_interview(table: str, done: list[tuple[str, int, str]]) -> None:
    form = compiled(table)
    assume(form is not None)
    assert form is not None
    with bounded():
        resident = interview(form)
        for what, place, word in done:
            move(resident, what, place, word)
            again = interview(form, resident.values(), seed=7)
            assert state(again) == state(resident)
            assert set(resident.submission().items()) <= set(resident.values().items())


@tries(60)
@given(tables(), moves)
def test_the_same_answer_again_changes_nothing(table: str, done: list[tuple[str, int, str]]) -> None:
    form = compiled(table)
    assume(form is not None)
    assert form is not None
    resident = interview(form)
    for what, place, word in done:
        move(resident, what, place, word)
        for question in resident.asked():
            if question.kind not in {"repeat", "note"}:
                before = resident.snapshot()
                resident.answer(question.ref, resident.value(question.ref))
                assert resident.snapshot() == before


SAMPLE = model(
    "<data version='1'><a>x</a><g><b/></g><r jr:template=''><c/><s><d/></s></r><r><c>1</c><s><d/></s></r><out/></data>",
    '<itext><translation lang="de" default="true()"><text id="/data/a:label">'
    '<value>A <output value="/data/g/b"/></value></text></translation></itext>'
    '<bind nodeset="/data/a" type="int" constraint=". &lt; 5" jr:constraintMsg="no"/>'
    '<bind nodeset="/data/g" relevant="/data/a != 2"/><bind nodeset="/data/out" calculate="sum(/data/r/c)"/>'
    '<setvalue event="odk-instance-first-load" ref="/data/g/b" value="today()"/>',
    '<input ref="/data/a"><label ref="jr:itext(\'/data/a:label\')"/></input>'
    '<group ref="/data/g"><select ref="/data/g/b"><label>B</label>'
    "<item><label>One</label><value>1</value></item></select></group>"
    '<group ref="/data/r"><label>R</label><repeat nodeset="/data/r" jr:count="/data/a"><input ref="/data/r/c">'
    '<setvalue event="xforms-value-changed" ref="/data/r/s/d" value="../../c"/></input></repeat></group>',
    "<instance id='t'><root><item><name>1</name><label>One</label></item></root></instance>",
)
PIECES = (
    "<", ">", "/", '"', "&amp;", "</data>", "<data>", "<a/>", "<r/>", "<repeat nodeset='/data'>", "</repeat>",
    "/data/r", "/data", "/data/r/s", "ref=''", "nodeset", "bind", "instance", "jr:count='9999999'",
    "jr:count='/data/out'", "..", "true()", "calculate", "itemset",
    "<itemset nodeset='instance(\"t\")/root/item'/>", "xmlns=''", "meta", "select1", "odk:rank", "-1",
)  # fmt: skip


@tries(300)
@given(mutated(st.just(SAMPLE), st.sampled_from(PIECES)), st.lists(st.sampled_from(WORDS), max_size=4))
def test_an_xform_of_anything_is_run_or_refused(text: str, words: list[str]) -> None:
    with bounded():
        try:
            form = Form.parse(text)
        except FormError:
            return
        resident = interview(form)
        for word in words:
            for question in resident.asked():
                if question.kind != "repeat":
                    with suppress(KeyError):  # its instance of a repeat has gone with the answer before
                        resident.answer(question.ref, word)
        assert interview(form, resident.values()).values() == resident.values()
