"""No questionnaire can make an answer cost more than a stated bound."""

import time

from dialogues.forms import Form
from dialogues.forms.data_types import MAX_VALUE
from tests.dialogues.forms.sheets import interview, model


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
