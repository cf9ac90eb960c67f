"""Rows that a form takes from files: CSV, GeoJSON, XML, and the same person's response before this one."""

import json
from random import Random
from time import perf_counter

import pytest

from dialogues.forms import Form, FormError, Instance, compile_xlsform
from dialogues.forms.external import MAX_FILE, find_file
from dialogues.forms.xform import read_xform
from tests.dialogues.forms.tables import NOON, interview, model

TREES = """
| survey |                                  |      |        |                  |                       |
|        | type                             | name | label  | choice_filter    | parameters            |
|        | text                             | kind | Kind?  |                  |                       |
|        | select_one_from_file {file}      | tree | Which? | kind = ${{kind}} | value=id, label=title |
|        | select_multiple_from_file {file} | all  | All?   |                  | value=id, label=title |
"""
PULLED = """
| survey |           |      |       |                                               |
|        | type      | name | label | calculation                                   |
|        | text      | tree | Tree? |                                               |
|        | calculate | said |       | pulldata('{table}', 'title', 'id', ${{tree}}) |
|        | calculate | none |       | pulldata('{table}', 'title', 'nothing', '')   |
"""
CSV = "id,title,kind\no1,Old oak,oak\no2,Young oak,oak\nb1,Birch,birch\n"


def with_file(name: str, data: str | bytes, table: str = TREES) -> Instance:
    files = {name: data.encode() if isinstance(data, str) else data}
    table = table.format(file=name, table=name.partition(".")[0])
    return interview(compile_xlsform(table.encode(), "md", name="trees", files=files).form)


def shown(resident: Instance, name: str) -> dict[str, str]:
    return {choice.value: choice.label for choice in resident.options(f"/data/{name}", "")}


ALL = {"o1": "Old oak", "o2": "Young oak", "b1": "Birch"}
DELIMITED = {sign: CSV.replace(",", sign) for sign in (",", ";", "\t", "|")}


@pytest.mark.parametrize("text", [*DELIMITED.values(), CSV.replace("\n", "\r\n"), CSV.replace("\n", "\r"), CSV.strip()])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_choices_come_from_a_table_however_it_is_written(text: str, mark: str) -> None:
    resident = with_file("trees.csv", mark + text)
    assert shown(resident, "all") == ALL
    assert shown(resident, "tree") == {}
    resident.answer("/data/kind", "oak")
    assert shown(resident, "tree") == {"o1": "Old oak", "o2": "Young oak"}
    resident.answer("/data/tree", "o2")
    assert resident.value("/data/tree") == "o2"
    resident.answer("/data/kind", "birch")
    assert resident.value("/data/tree") == ""


def test_quoted_values_hold_delimiters_quotes_and_line_ends() -> None:
    resident = with_file("trees.csv", 'id,title,kind\no1,"Oak, ""old""\nby the church",oak\n')
    assert shown(resident, "all") == {"o1": 'Oak, "old"\nby the church'}


def test_short_rows_are_filled_up_and_empty_ones_left_out() -> None:
    resident = with_file("trees.csv", "id,title,kind\no1,Oak\n\nb1,Birch,birch,,\n")
    assert shown(resident, "all") == {"o1": "Oak", "b1": "Birch"}


def test_a_table_with_a_header_only_has_no_choices() -> None:
    assert shown(with_file("trees.csv", "id,title,kind"), "all") == {}


def test_an_excel_file_in_utf_16_is_read() -> None:
    assert shown(with_file("trees.csv", CSV.replace(",", "\t").encode("utf-16")), "all") == ALL


GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [8.4, 49.5]},
            "properties": {"id": "o1", "title": "Old oak", "kind": "oak", "age": 200, "alive": True, "by": None},
        },
        {
            "type": "Feature",
            "id": 67,
            "geometry": {"type": "LineString", "coordinates": [[1, 2], [3.5, 4]]},
            "properties": {"id": "other", "title": "Hedge", "kind": "hedge"},
        },
        {"type": "Feature", "geometry": None, "properties": None},
    ],
}


def test_choices_come_from_geojson() -> None:
    resident = with_file("trees.geojson", json.dumps(GEOJSON))
    assert shown(resident, "all") == {"o1": "Old oak", "67": "Hedge", "": ""}
    resident.answer("/data/kind", "hedge")
    assert shown(resident, "tree") == {"67": "Hedge"}


def test_geometries_and_properties_are_written_as_in_odk() -> None:
    xform = model("<data><q/></data>", more='<instance id="g" src="jr://file/g.geojson"/>')
    read = read_xform(xform, {"g.geojson": json.dumps(GEOJSON).encode()})
    items = read.instances["g"].kids["root"][0].kids["item"]
    first, second, third = ({name: group[0].seen for name, group in item.kids.items()} for item in items)
    assert first["geometry"] == "49.5 8.4 0 0"
    assert (first["age"], first["alive"], first["by"]) == ("200", "true", "")
    assert second["geometry"] == "2 1 0 0; 4 3.5 0 0"
    assert third == {"geometry": ""}


def test_choices_come_from_xml() -> None:
    rows = "".join(f"<item><id>{id}</id><title>{title}</title><kind>{id[0]}</kind></item>" for id, title in ALL.items())
    resident = with_file("trees.xml", f"<root>{rows}</root>")
    assert shown(resident, "all") == ALL
    resident.answer("/data/kind", "b")
    assert shown(resident, "tree") == {"b1": "Birch"}


def test_a_file_that_is_not_there_is_named_and_has_no_rows() -> None:
    form = compile_xlsform(PULLED.format(table="trees").encode(), "md", name="trees").form
    assert form.missing_files == {"trees": "jr://file-csv/trees.csv"}
    assert form.data_files == {"trees.csv"}
    resident = interview(form)
    resident.answer("/data/tree", "o1")
    assert resident.value("/data/said") == ""


def test_rows_written_beside_the_address_of_a_file_are_none() -> None:
    more = '<instance id="trees" src="jr://file/trees.xml"><root><item><name>_</name></item></root></instance>'
    bind = "<bind nodeset='/data/n' calculate=\"count(instance('trees')/root/item)\"/>"
    assert interview(Form.parse(model("<data><n/></data>", bind, more=more))).value("/data/n") == "0"


@pytest.mark.parametrize("asked", ["trees.csv", "Trees.CSV", "trees.csv.csv", "jr://file-csv/trees.csv"])
def test_a_file_is_found_also_under_a_name_that_is_a_little_different(asked: str) -> None:
    assert find_file({"trees.csv": b"", "other.csv": b""}, asked) == "trees.csv"
    assert find_file({"towns.csv": b""}, asked) is None


@pytest.mark.parametrize("table", ["trees", "trees.csv"])
def test_pulldata_takes_the_name_with_and_without_its_ending(table: str) -> None:
    sheet = PULLED.format(table=table).encode()
    form = compile_xlsform(sheet, "md", name="t", files={"trees.csv": CSV.encode()}).form
    resident = interview(form)
    resident.answer("/data/tree", "b1")
    assert resident.value("/data/said") == "Birch"
    assert resident.value("/data/none") == ""


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("trees.csv", b"id,title\n1,2,3,4", "Row 2 has 4 values, the first row 2."),
        ("trees.csv", b"id,title\n1,\xff", "not written in UTF-8"),
        ("trees.csv", b"id,title\n1,\0", "null characters"),
        ("trees.csv", b'id,title\n1,"never closed', "no table in CSV"),
        ("trees.csv", b"\n\n", "first row"),
        ("trees.csv", b"i,t\n" + b"1,2\n" * 100_001, "more than 100000 rows"),
        ("trees.csv", b"x" * (MAX_FILE + 1), "larger than 20 MB"),
        ("trees.geojson", b"{", "not well-formed JSON"),
        ("trees.geojson", b"[" * 100_000, "not well-formed JSON"),
        ("trees.geojson", b'{"type": "Feature"}', "FeatureCollection"),
        ("trees.geojson", b'{"type": "FeatureCollection", "features": 1}', "no list"),
        ("trees.geojson", b'{"type": "FeatureCollection", "features": [1]}', "Number 1"),
        ("trees.csv", b"a,b,c,d,e,f\n" + b"1\n" * 90_000, "500000 values"),
        ("trees.xml", b"<root>" + b"<i/>" * 300_000 + b"</root>", "more than 300000 elements"),
        ("trees.xml", b"<root><item>", "not well-formed"),
        ("trees.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><root>&b;</root>', "document type"),
        ("trees.xml", b"<a>" * 300 + b"</a>" * 300, "elements within elements"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_by_name(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(FormError, match=reason) as caught:
        with_file(name, data)
    assert f"The file “{name}”" in str(caught.value)


def test_twenty_thousand_rows_compile_fast_and_cost_little_at_each_answer() -> None:
    rows = "".join(f"t{number},Tree {number},k{number % 1000},{number}\n" for number in range(20_000))
    begin = perf_counter()
    table = f"id,title,kind,other\n{rows}"
    resident = with_file("trees.csv", table)
    compiled = perf_counter() - begin
    pulled = with_file("trees.csv", table, PULLED)
    resident.answer("/data/kind", "k1")
    begin = perf_counter()
    for number in range(100):
        resident.answer("/data/kind", f"k{number}")
        pulled.answer("/data/tree", f"t{number}")
        assert pulled.value("/data/said") == f"Tree {number}"
        assert len(resident.options("/data/tree", "")) == 20
    assert compiled < 5
    assert (perf_counter() - begin) / 200 < 0.02


LOOKUPS = [
    "[kind = /data/a]",
    "[/data/a = kind]",
    "[kind = current()/../a]",
    "[kind = 'oak']",
    "[age = 7]",
    "[age = '7']",
    "[age = /data/b + 1]",
    "[kind = /data/a and age > 5]",
    "[age > 5 and kind = /data/a and true()]",
    "[kind = /data/a][2]",
    "[kind = /data/a and position() < 3]",
    "[kind = /data/r/a]",
    "[kind = age]",
    "[kind = concat(name, '')]",
    "[kind = 'oak']/name",
    "[@lang = 'de']",
    "[kind = true()]",
    "[kind = /data/a or age = 7]",
    "[nothing = '']",
    "[age = number('x')]",
    "[not(kind = 'oak')]",
]


@pytest.mark.parametrize("condition", LOOKUPS)
def test_looking_up_gives_what_walking_gives(condition: str) -> None:
    rows = "".join(
        f'<item lang="{lang}"><name>{name}</name><kind>{kind}</kind><age>{age}</age></item>'
        for name, kind, age, lang in (
            ("1", "oak", "7", "de"), ("2", "birch", "7.0", "tr"), ("3", "oak", "3", "de"), ("4", "oak", "70", "de"),
            ("5", "", "x", "tr"), ("6", "1", "1", "tr"), ("7", "birch", "", "de"),
        )
    )  # fmt: skip
    quoted = condition.replace("<", "&lt;")
    unfound = f"instance('t')/*/item{quoted}"
    binds = f"""<bind nodeset="/data/found" calculate="join(' ', instance('t')/root/item{quoted})"/>
        <bind nodeset="/data/walked" calculate="join(' ', {unfound})"/>"""
    instance = "<data><a>oak</a><b>6</b><r><a>birch</a></r><r><a>oak</a></r><found/><walked/></data>"
    body = '<input ref="/data/a"/><group><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></group>'
    more = f'<instance id="t"><root>{rows}</root></instance>'
    resident = interview(Form.parse(model(instance, binds, body, more)))
    for answer in ("oak", "birch", "", "none"):
        resident.answer("/data/a", answer)
        assert resident.value("/data/found") == resident.value("/data/walked")


LAST = """
| survey |              |       |       |                     |
|        | type         | name  | label | default             |
|        | text         | name  | Name? | ${last-saved#name}  |
|        | begin_repeat | child | Child |                     |
|        | text         | first | First | ${last-saved#name}  |
|        | end_repeat   |       |       |                     |
"""


def test_what_the_same_person_said_last_is_there_again() -> None:
    form = compile_xlsform(LAST.encode(), "md", name="last").form
    assert not form.missing_files
    assert not form.data_files
    before = interview(form)
    assert before.value("/data/name") == ""
    before.answer("/data/name", "Ada")
    again = Instance(form, now=NOON, random=Random(1), last_saved=before.submission())
    assert again.value("/data/name") == "Ada"
    other = Instance(form, now=NOON, random=Random(1))
    assert other.value("/data/name") == ""


def test_repeats_of_the_last_response_are_counted() -> None:
    bind = "<bind nodeset='/data/n' calculate=\"count(instance('l')/data/c) + instance('l')/data/c[2]/q\"/>"
    more = '<instance id="l" src="jr://instance/last-saved"/>'
    form = Form.parse(model("<data><n/></data>", bind, more=more))
    last = {"/data/c[1]/q": "4", "/data/c[2]/q": "5"}
    assert Instance(form, now=NOON, random=Random(1), last_saved=last).value("/data/n") == "7"
