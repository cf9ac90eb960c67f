"""Every function of the library, by example. A function without a case fails the last test."""

import math
import re

import pytest

from dialogues.forms.xpath.errors import EvaluationError, ExpressionError
from dialogues.forms.xpath.functions import FUNCTIONS
from tests.dialogues.forms.expressions import assert_gives, evaluate
from tests.dialogues.forms.specification import FUNCTIONS_OF_THE_SPECIFICATION, YOUNGER

CASES: dict[str, list[tuple[str, object]]] = {
    "string": [
        ("string(4.0)", "4"),
        ("string(/data/person/name)", "Ada"),
        ("string(0.1 + 0.2)", "0.30000000000000004"),
    ],
    "concat": [("concat('a', 1, true())", "a1true"), ("concat(/data/person/name)", "AdaEvaIon"), ("concat()", "")],
    "join": [("join(', ', /data/person/name)", "Ada, Eva, Ion"), ("join('-', 1, 'b')", "1-b")],
    "contains": [("contains('Dortmund', 'mund')", True), ("contains('Hamm', 'x')", False)],
    "starts-with": [("starts-with('Hamm', 'Ha')", True), ("starts-with('Hamm', 'mm')", False)],
    "ends-with": [("ends-with('Hamm', 'mm')", True), ("ends-with('Hamm', 'Ha')", False)],
    "substr": [("substr('Hamm', 1, 3)", "am"), ("substr('Hamm', -2)", "mm"), ("substr('Hamm', 'x')", "")],
    "substring": [
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('a', 0)", "a"),
    ],
    "substring-before": [("substring-before('2026-11', '-')", "2026"), ("substring-before('x', '-')", "")],
    "substring-after": [("substring-after('2026-11', '-')", "11"), ("substring-after('x', '-')", "")],
    "translate": [("translate('1,5', ',', '.')", "1.5"), ("translate('aabb', 'ab', 'x')", "xx")],
    "string-length": [("string-length('مرحبا')", 5.0), ("string-length('')", 0.0)],
    "normalize-space": [
        ("normalize-space('  a \n b ')", "a b"),
        ("normalize-space(' a\u00a0 b\u00a0')", "a\u00a0 b\u00a0"),
    ],
    "regex": [("regex('44135', '^[0-9]{5}$')", True), ("regex('4413', '^[0-9]{5}$')", False)],
    "digest": [("digest('a', 'MD5', 'hex')", "0cc175b9c0f1b6a831c399e269772661")],
    "base64-decode": [("base64-decode('SGFtbQ==')", "Hamm"), ("base64-decode('?')", "")],
    "boolean-from-string": [("boolean-from-string('1')", True), ("boolean-from-string('yes')", False)],
    "boolean": [("boolean('false')", True), ("boolean(0)", False), ("boolean(/data/none)", False)],
    "not": [("not(1 = 2)", True), ("not('x')", False)],
    "true": [("true()", True)],
    "false": [("false()", False)],
    "number": [
        ("number('12.5')", 12.5),
        ("number('1970-01-02')", 1.0),
        ("number('1970-01-02T18:00:00Z')", 1.0),
        ("number('x')", math.nan),
    ],
    "int": [("int(12.9)", 12.0), ("int(-12.9)", -12.0), ("int('x')", math.nan)],
    "sum": [
        ("sum(/data/number | 0)", "refused"),
        ("sum(/data/person[age != '']/age)", 43.0),
        ("sum(/data/person/age)", math.nan),
    ],
    "max": [
        ("max(/data/person[age != '']/age)", 36.0),
        ("max(/data/person/age)", math.nan),
        ("max(1, 3, 2)", 3.0),
        ("max(/data/empty)", math.nan),
    ],
    "min": [
        ("min(/data/person[age != '']/age)", 7.0),
        ("min(/data/person/age)", math.nan),
        ("min(2, '1')", 1.0),
        ("min('x')", math.nan),
    ],
    "round": [("round(2.5)", 3.0), ("round(-2.5)", -2.0), ("round(1.2345, 2)", 1.23), ("round(1250, -2)", 1300.0)],
    "floor": [("floor(-1.5)", -2.0), ("floor(1 div 0)", math.inf)],
    "ceiling": [("ceiling(1.2)", 2.0), ("ceiling(-1 div 0)", -math.inf)],
    "pow": [("pow(2, 10)", 1024.0), ("pow(10, 400)", math.inf), ("pow(-1, 0.5)", math.nan), ("pow(0, -1)", math.inf)],
    "abs": [("abs(-3)", 3.0)],
    "sqrt": [("sqrt(9)", 3.0), ("sqrt(-1)", math.nan)],
    "log": [("log(1)", 0.0), ("log(0)", -math.inf), ("log(-1)", math.nan)],
    "log10": [("log10(1000)", 3.0), ("log10(0)", -math.inf), ("log10(-1)", math.nan)],
    "exp": [("exp(0)", 1.0)],
    "exp10": [("exp10(3)", 1000.0)],
    "pi": [("round(pi(), 4)", 3.1416)],
    "sin": [("sin(0)", 0.0), ("sin(1 div 0)", math.nan)],
    "cos": [("cos(0)", 1.0), ("cos(1 div 0)", math.nan)],
    "tan": [("tan(0)", 0.0), ("tan(1 div 0)", math.nan)],
    "asin": [("asin(0)", 0.0), ("asin(2)", math.nan)],
    "acos": [("acos(1)", 0.0), ("acos(2)", math.nan)],
    "atan": [("atan(0)", 0.0)],
    "atan2": [("atan2(0, 1)", 0.0)],
    "random": [("random() < 1 and random() >= 0", True)],
    "today": [("today()", "2026-11-25")],
    "now": [("now()", "2026-11-25T12:45:30.250+00:00")],
    "date": [
        ("date('2026-11-25T10:00:00')", "2026-11-25"),
        ("date(1)", "1970-01-02"),
        ("date('')", ""),
        ("date('2026-02-30')", "refused"),
        ("date(true())", "refused"),
        ("date(99999999999)", "refused"),
    ],
    "date-time": [
        ("date-time('2026-11-25')", "2026-11-25T00:00:00.000+00:00"),
        ("date-time(0.5)", "1970-01-01T12:00:00.000+00:00"),
        ("date-time('')", ""),
    ],
    "decimal-date-time": [("decimal-date-time('1970-01-02T12:00:00Z')", 1.5), ("decimal-date-time('soon')", "refused")],
    "decimal-time": [
        ("decimal-time('12:00:00')", 0.5),
        ("decimal-time('06:00:00.000+00:00')", 0.25),
        ("decimal-time('06:00:00.000+03:00')", 0.125),
        ("decimal-time('')", math.nan),
    ],
    "format-date": [
        ("format-date('2026-03-05', '%e.%n.%Y')", "5.3.2026"),
        ("format-date('2026-03-05', '%a %d %b %y %%')", "Thu 05 Mar 26 %"),
        ("format-date('', '%Y')", ""),
        ("format-date('2026-03-05', '%A %d %')", "%A 05 %"),
        ("format-date('soon', '%Y')", ""),
    ],
    "format-date-time": [("format-date-time('2026-03-05T04:05:06.007Z', '%H:%M:%S.%3 %h')", "04:05:06.007 4")],
    "if": [("if(1 < 2, 'yes', 'no')", "yes"), ("if('', 1, 2)", 2.0)],
    "coalesce": [("coalesce('', 'b')", "b"), ("coalesce('a', 'b')", "a"), ("coalesce('', '')", "")],
    "once": [("count(/data[once(true())])", 1.0)],
    "checklist": [("checklist(1, 2, 'a', '', 'b')", True), ("checklist(3, -1, 'a', '')", False)],
    "weighted-checklist": [
        ("weighted-checklist(5, 9, 'a', 3, 'b', 4)", True),
        ("weighted-checklist(43, 43, /data/person/name, /data/person[age != '']/age)", True),
        ("weighted-checklist(5, -1, 'a', 3)", False),
    ],
    "selected": [("selected('a b', 'b')", True), ("selected('ab', 'a')", False), ("selected('', '')", True)],
    "selected-at": [("selected-at('a b', 1)", "b"), ("selected-at('a b', 2)", ""), ("selected-at('a b', -1)", "")],
    "count-selected": [("count-selected(' a  b ')", 2.0), ("count-selected('')", 0.0)],
    "jr:choice-name": [
        ("jr:choice-name(/data/town, ' /data/town ')", "Hamm"),
        ("jr:choice-name('x', '/data/town')", ""),
    ],
    "jr:itext": [("jr:itext('hello')", "مرحبا"), ("jr:itext('none')", "")],
    "pulldata": [
        ("pulldata('towns', 'label', 'name', 'u')", "Unna"),
        ("pulldata('towns', 'label', 'name', 'x')", ""),
        ("pulldata('none', 'label', 'name', 'u')", ""),
        ("pulldata('towns', '@x', 'name', 'u')", ""),
    ],
    "randomize": [
        ("join('', randomize(/data/person/name, 42))", "AdaEvaIon"),
        ("count(randomize(/data/person))", 3.0),
        ("join('', randomize(/data/person/name, 'x'))", "EvaAdaIon"),
    ],
    "uuid": [("string-length(uuid())", 36.0), ("string-length(uuid(8))", 8.0), ("uuid(-1)", "")],
    "version": [("version()", "7")],
    "property": [("property('deviceid')", "")],
    "count": [("count(/data/person)", 3.0), ("count(/data/none)", 0.0)],
    "count-non-empty": [("count-non-empty(/data/person/age)", 2.0)],
    "position": [
        ("position(/data/person[name = 'Eva'])", 2.0),
        ("position(/data/none)", math.nan),
        ("position()", 1.0),
    ],
    "last": [("/data/person[position() = last()]/name", "Ion")],
    "current": [("instance('towns')/root/item[name = current()/town]/label", "Hamm")],
    "instance": [("instance('towns')/root/item[2]/label", "Unna"), ("count(instance('none')/root)", 0.0)],
    "indexed-repeat": [
        ("indexed-repeat(/data/person/name, /data/person, 2)", "Eva"),
        ("indexed-repeat(/data/person/name, /data/person, 9)", ""),
    ],
    "name": [("name(/data/person)", "person"), ("name()", "data"), ("name(/data/none)", "")],
    "local-name": [("local-name(/data/person)", "person")],
    "distance": [("distance('0 0;0 1')", 111318.85), ("distance('')", 0.0), ("distance('x y')", 0.0)],
    "area": [("area(/data/square) > 12000000000", True), ("area('0 0;0 1')", 0.0), ("area('x')", 0.0)],
    "geofence": [
        ("geofence('0.5 0.5', /data/square)", True),
        ("geofence('2 2', /data/square)", False),
        ("geofence('', '')", "refused"),
    ],
}


@pytest.mark.parametrize(("text", "expected"), [case for cases in CASES.values() for case in cases])
def test_a_function_gives_what_the_specification_says(text: str, expected: object) -> None:
    if expected == "refused":
        with pytest.raises((EvaluationError, ExpressionError)):
            evaluate(text)
    else:
        assert_gives(text, expected)


def test_once_keeps_what_a_node_holds() -> None:
    assert evaluate("once('new')", at="stored") == "kept"
    assert evaluate("once('new')", at="empty") == "new"


def test_what_is_not_needed_is_not_evaluated() -> None:
    assert evaluate("if(true(), 1, date('never'))") == 1.0
    assert evaluate("coalesce('a', date('never'))") == "a"
    assert evaluate("true() or date('never')") is True
    assert evaluate("false() and date('never')") is False


SPECIFIED = [name for names in FUNCTIONS_OF_THE_SPECIFICATION.values() for name in names.split()]


def test_the_specification_has_seventy_functions() -> None:
    assert len(SPECIFIED) == len(set(SPECIFIED)) == 70


@pytest.mark.parametrize("name", SPECIFIED + YOUNGER)
def test_no_function_of_the_specification_is_missing(name: str) -> None:
    assert name in FUNCTIONS, f"{name}() is missing"
    assert FUNCTIONS[name].section == f"#fn:{name}"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_a_case_and_its_place_in_the_specification(name: str) -> None:
    assert name in CASES, f"{name}() has no case"
    function = FUNCTIONS[name]
    assert any(f"{name}(" in text for text, _ in CASES[name])
    assert re.fullmatch(r"#[\w:-]+", function.section)
    assert function.call.__doc__


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_refuses_a_wrong_number_of_arguments(name: str) -> None:
    takes = FUNCTIONS[name].takes
    if takes and takes[-1].endswith("*"):
        count = sum(1 for kind in takes if kind[-1] not in "?*") - 1
    else:
        count = len(takes) + 1
    if count >= 0:
        with pytest.raises(ExpressionError, match="does not take"):
            evaluate(f"{name}({', '.join(['/data'] * count)})")
