"""Files made to hurt: they are refused clearly, soon, and without more memory than a stated bound."""

import time
from contextlib import suppress
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogues.forms import Form, FormError, Instance, compile_xlsform, from_xml
from dialogues.forms.documents import MAX_XML_DEPTH
from dialogues.forms.sheets.workbook import MAX_FILE
from tests.dialogues.forms.sheets.hostile import HOSTILE, filled, package, sheet
from tests.dialogues.forms.tables import NOON, model


def refusal(data: bytes, file_type: str = "xlsx") -> str:
    begun = time.perf_counter()
    with pytest.raises(FormError) as refused:
        compile_xlsform(data, file_type, name="x")
    assert time.perf_counter() - begun < 20
    return str(refused.value)


def test_the_small_questionnaire_itself_is_taken() -> None:
    assert compile_xlsform(package(), "xlsx", name="x").form.questions[0].name == "q"


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_hurt_or_comes_from_elsewhere_is_refused_and_it_is_said_why(name: str) -> None:
    hostile = HOSTILE[name]
    assert hostile.said in refusal(hostile.make(), hostile.file_type)


def test_a_sheet_that_claims_to_be_as_large_as_any_is_read_as_far_as_it_goes() -> None:
    """LibreOffice writes down the last row there can be where a whole column has a style."""
    rows = filled(3).replace(b"h0", b"type").replace(b"h1", b"name").replace(b"h2", b"label")
    rows += filled(3).replace(b"h0", b"text").replace(b"h1", b"q").replace(b"h2", b"Q")
    rows += b'<row r="1048576" s="1" customFormat="1"><c r="XFD1048576" s="1"/></row>'
    data = sheet(rows, b'<dimension ref="A1:XFD1048576"/>')
    assert compile_xlsform(data, "xlsx", name="x").form.questions[0].name == "q"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_entities_in_a_workbook_are_refused(part: str) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    assert "document type or entities" in refusal(package(replace={part: bomb}))


def test_a_file_too_large_is_not_even_read() -> None:
    assert "larger than" in refusal(b"x" * (MAX_FILE + 1))


def test_an_xform_with_a_document_type_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha">]>' + model("<data><a>&a;</a></data>")
    with pytest.raises(FormError, match="document type or entities"):
        Form.parse(bomb)


def test_an_xform_too_deep_or_broken_or_empty_is_refused() -> None:
    deep = "<a>" * MAX_XML_DEPTH + "</a>" * MAX_XML_DEPTH
    with pytest.raises(FormError, match="elements within elements"):
        Form.parse(model(f"<data>{deep}</data>"))
    for broken in ("", "<", "<a></b>", "<html/>", "\ud800", "\0", model("")):
        with pytest.raises(FormError):
            Form.parse(broken)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from(["xlsx", "xls", "csv", "md"]))
def test_any_bytes_are_either_taken_or_refused(data: bytes, file_type: str) -> None:
    with pytest.raises(FormError):
        compile_xlsform(data, file_type, name="x")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["text", "integer", "select_one c", "begin_group", "end_group", "calculate", "begin repeat"]
            ),
            st.text(alphabet="abc1 ${}", max_size=4),
            st.text(alphabet="aé<&{}$b ", max_size=8),
            st.text(alphabet="${}ab.=<'()+ ", max_size=10),
        ),
        max_size=6,
    )
)
def test_any_sheet_is_either_taken_or_refused(rows: list[tuple[str, str, str, str]]) -> None:
    lines = "".join(f"| | {' | '.join(cells)} |\n" for cells in rows)
    choices = "| choices |\n| | list_name | name | label |\n| | c | x | X |\n"
    table = f"| survey |\n| | type | name | label | relevant |\n{lines}{choices}"
    with suppress(FormError):
        Form.parse(compile_xlsform(table.encode(), "md", name="x").xform)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3_000), st.integers(0, 8_000))
def test_a_damaged_package_is_either_taken_or_refused(noise: bytes, place: int) -> None:
    whole = package()
    with suppress(FormError):
        compile_xlsform(whole[:place] + noise + whole[place + len(noise) :], "xlsx", name="x")


def filed(ending: str) -> str:
    return model("<data><n/></data>", more=f'<instance id="f" src="jr://file/f.{ending}"/>')


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='a1,;|\t"\r\n{}[]:<>/&', max_size=60).map(str.encode))
@pytest.mark.parametrize("ending", ["csv", "geojson", "xml", "other"])
def test_any_bytes_of_a_file_are_either_taken_or_refused(ending: str, data: bytes) -> None:
    with suppress(FormError):
        form = Form.parse(filed(ending), files={f"f.{ending}": data})
        assert all(node.text() is not None for node in form.instances["f"].descendants())


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>/data n\"'=&;:x[]1", max_size=40))
def test_any_submission_is_either_taken_or_refused(xml: str) -> None:
    form = Form.parse(filed("csv"))
    for text in (xml, f"<data>{xml}</data>"):
        with suppress(FormError):
            Instance(form, from_xml(form, text), now=NOON, random=Random(1), edited=True)


KOBO = [
    "begin_score",
    "score__row",
    "end_score",
    "begin_rank",
    "rank__level",
    "end_rank",
    "begin_kobomatrix",
    "end_kobomatrix",
    "text",
]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(KOBO), st.text(alphabet="ab $", max_size=3), st.sampled_from(["", "c", "d"])),
        max_size=7,
    )
)
def test_any_rows_of_kobotoolbox_are_either_taken_or_refused(rows: list[tuple[str, str, str]]) -> None:
    lines = "".join(f"| | {kind} | {name} | {name} | {listed} | {listed} | {listed} |\n" for kind, name, listed in rows)
    columns = "type | name | label | kobo--score-choices | kobo--rank-items | kobo--matrix_list"
    table = f"| survey |\n| | {columns} |\n{lines}| choices |\n| | list_name | name | label |\n| | c | x | X |\n"
    with suppress(FormError):
        compile_xlsform(table.encode(), "md", name="x")


def test_a_matrix_that_would_be_endless_is_refused() -> None:
    columns = "".join(f"| | text | q{number} | Q | |\n" for number in range(200))
    choices = "".join(f"| | c | x{number} | X |\n" for number in range(200))
    table = (
        "| survey |\n| | type | name | label | kobo--matrix_list |\n| | begin_kobomatrix | m | M | c |\n"
        f"{columns}| | end_kobomatrix | | | |\n| choices |\n| | list_name | name | label |\n{choices}"
    )
    with pytest.raises(FormError, match="at most"):
        compile_xlsform(table.encode(), "md", name="x")
